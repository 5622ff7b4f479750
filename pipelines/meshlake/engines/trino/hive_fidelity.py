"""Whether Trino's Hive connector reads landed files just as DuckDB does; if not, why.

Told from the files' names, heads and footers where that is enough. Lines of text have to be looked at one by one:
Trino does that, of files not seen before, against a pattern of which both readers make the same. What is then done
about it is for `trino_landing`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from meshlake.engines.trino.hive_types import hive_column, is_hive_name
from meshlake.landing.csv_dialect import CsvDialect, detect_dialect
from meshlake.landing.relation import paths_sql
from meshlake.landing.zone import Format
from meshlake.names import quote_literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb

    from meshlake.landing.zone import Dataset

# A query names each file, and Trino takes a query of a million characters, in which a dataset may stand several times.
MOST_PATH_CHARACTERS = 200_000
_FOLDER = re.compile(r"[a-z_][a-z0-9_]*=[A-Za-z0-9.-][A-Za-z0-9._-]*")
_JSON_NAME = re.compile(r"[A-Za-z0-9_ -]+")
_WIDER = {
    "TINYINT": ("SMALLINT", "INTEGER", "BIGINT"),
    "SMALLINT": ("INTEGER", "BIGINT"),
    "INTEGER": ("BIGINT",),
    "FLOAT": ("DOUBLE",),
}
_IS_UTF8 = "from_utf8(to_utf8(line)) = line"
_TEXT = r'"[^"\\\x00-\x1f]*"'
# Numbers that both readers give back as they are written: 1.50 and 1e3 are not among them.
_NUMBER = r"0|-?[1-9][0-9]*|-?[1-9][0-9]{0,8}\.(?:0|[0-9]{0,5}[1-9])|0\.0|-?0\.[0-9]{0,3}[1-9]"
_MEMBER = rf"{_TEXT}\s*:\s*(?:{_TEXT}|true|false|null|{_NUMBER})"
_OBJECT = rf"^\s*\{{\s*(?:{_MEMBER}(?:\s*,\s*{_MEMBER})*\s*)?\}}\s*$"
_KEYS = r"""regexp_extract_all(line, '"([^"]*)"\s*:', 1)"""
# What one column of a Parquet file was written as, then what is nested in it, each as: name, physical, logical and
# DuckDB type, number of parts.
_Written: TypeAlias = "tuple[tuple[Any, ...], ...]"


@dataclass(frozen=True)
class Layout:
    """How a dataset's files are read where they lie.

    `partition_keys` are those of its folders, `dialect` that of all its CSV files, and `line_condition` Trino's SQL
    that is true for a `line` of which both readers make the same; `None` where no line needs a look.
    """

    partition_keys: tuple[str, ...]
    dialect: CsvDialect | None
    line_condition: str | None


class UnfaithfulError(Exception):
    """The Hive connector would read other rows than DuckDB; the text says why."""


def layout(connection: duckdb.DuckDBPyConnection, dataset: Dataset, columns: Mapping[str, str]) -> Layout:
    """How `dataset`, in which DuckDB finds `columns`, is read by the Hive connector as it lies.

    Raises:
        UnfaithfulError: it cannot be.
        LandingError: a file is damaged.
    """
    if sum(len(file.path) for file in dataset.files) > MOST_PATH_CHARACTERS:
        raise UnfaithfulError("it has too many files to name each in a query")
    keys = _partition_keys(dataset)
    _refuse_names([name for name in columns if name not in keys])
    if dataset.format is Format.PARQUET:
        _refuse_drift(connection, dataset, {n: t for n, t in columns.items() if n not in keys})
        return Layout(keys, None, None)
    if any(file.name.lower().endswith(".gz") and not file.name.endswith(".gz") for file in dataset.files):
        raise UnfaithfulError("Trino unpacks only files whose names end in .gz, in small letters")
    if dataset.format is Format.CSV:
        dialect = _common_dialect(dataset, keys)
        return Layout(keys, dialect, _csv_condition(dialect))
    if not all(_JSON_NAME.fullmatch(name) for name in columns):
        raise UnfaithfulError("a JSON key is not made of plain letters, digits, spaces, _ and -")
    return Layout(keys, None, _json_condition())


def _partition_keys(dataset: Dataset) -> tuple[str, ...]:
    """The keys of the `key=value` folders, which must be the same for all files, and the only folders."""
    folders = {file: file.name.split("/")[2:-1] for file in dataset.files}
    if not any("=" in folder for path in folders.values() for folder in path):
        return ()
    keys = {dataset.partition_keys(file) for file in dataset.files}
    is_regular = all(_FOLDER.fullmatch(folder) for path in folders.values() for folder in path)
    if len(keys) > 1 or not is_regular or any(len(set(one)) < len(one) for one in keys):
        raise UnfaithfulError("its folders are not all of the same plain key=value form")
    return keys.pop()


def _refuse_names(names: Sequence[str]) -> None:
    if not names:
        raise UnfaithfulError("it has no column but those of its folders")
    if wrong := next((name for name in names if not is_hive_name(name)), None):
        raise UnfaithfulError(f"Hive cannot hold a column named '{wrong}'")


def _common_dialect(dataset: Dataset, keys: Iterable[str]) -> CsvDialect:
    dialects = {dialect for file in dataset.files if (dialect := detect_dialect(file))}
    if len(dialects) != 1:
        raise UnfaithfulError("its CSV files differ in columns, delimiter, quotes or encoding")
    dialect = dialects.pop()
    if (dialect.encoding, dialect.quote, dialect.escape) != ("utf-8", '"', '"'):
        raise UnfaithfulError("it is not UTF-8 with plain double quotes")
    if set(keys) & {name.lower() for name in dialect.columns}:
        raise UnfaithfulError("a folder and a column have the same name")
    return dialect


def _csv_condition(dialect: CsvDialect) -> str:
    r"""Every line a whole row: no quoted line break, no `""` for empty text, no backslash, no cell too few."""
    width = len(dialect.columns)
    delimiter = re.escape(dialect.delimiter)
    cell = rf'(?:[^"\\{delimiter}\x00]*|"(?:[^"\\\x00]|"")+")'
    row = quote_literal(rf"^{cell}(?:{delimiter}{cell}){{{width - 1}}}$")
    # Most lines have no quotes, and to split one costs a fraction of matching it.
    return (
        f"line <> '' AND {_IS_UTF8} AND CASE WHEN strpos(line, '\"') > 0 THEN regexp_like(line, {row}) "
        f"ELSE strpos(line, '\\') = 0 AND strpos(line, chr(0)) = 0 "
        f"AND cardinality(split(line, {quote_literal(dialect.delimiter)})) = {width} END"
    )


def _json_condition() -> str:
    """Every line one flat object without a key twice, its values written in the one way that both give back."""
    return (
        f"{_IS_UTF8} AND regexp_like(line, {quote_literal(_OBJECT)}) "
        f"AND cardinality(array_distinct({_KEYS})) = cardinality({_KEYS})"
    )


def _refuse_drift(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, columns: Mapping[str, str]
) -> None:
    """Refuse Parquet columns that Trino would not read as DuckDB's type of them."""
    written: dict[str, set[_Written]] = {}
    for file in _written_columns(connection, dataset):
        names = [column[0][0].lower() for column in file]
        if len(set(names)) < len(names):
            raise UnfaithfulError("a file has columns whose names differ only in case")
        for name, column in zip(names, file, strict=True):
            written.setdefault(name, set()).add(column)
    for name, duckdb_type in columns.items():
        if not _is_read_alike(duckdb_type, written.get(name.lower(), set())):
            raise UnfaithfulError(f"Trino may read column {name}, {duckdb_type}, differently from DuckDB")


def _is_read_alike(duckdb_type: str, written: set[_Written]) -> bool:
    if not hive_column(duckdb_type).is_as_found or not written:
        return False
    if any(len(column) > 1 for column in written):
        return len(written) == 1
    return all(
        physical != "INT96" and "NANOS=Nano" not in (logical or "") and _fits(found, duckdb_type)
        for ((_, physical, logical, found, _),) in written
    )


def _fits(found: str | None, wanted: str) -> bool:
    if found is not None and found.startswith("DECIMAL") and wanted.startswith("DECIMAL"):
        return True
    return found == wanted or wanted in _WIDER.get(found or "", ())


def _written_columns(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> Iterator[list[_Written]]:
    """The columns in each file's footer."""
    rows = connection.execute(
        "SELECT file_name, name, type, logical_type, duckdb_type, coalesce(num_children, 0) "
        f"FROM parquet_schema({paths_sql(dataset.files)}) ORDER BY file_name, column_id"
    ).fetchall()
    for _, of_file in groupby(rows, key=itemgetter(0)):
        parts = [row[1:] for row in of_file][1:]  # the first is the whole row's
        columns = []
        while parts:
            length, missing = 0, 1
            while missing:
                missing += parts[length][-1] - 1
                length += 1
            columns.append(tuple(parts[:length]))
            del parts[:length]
        yield columns
