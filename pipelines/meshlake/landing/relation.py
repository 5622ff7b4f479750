"""The SQL relation that reads a landed dataset in DuckDB, and the columns it gives.

CSV and JSON come as text (a contract casts them), Parquet with its own types. Columns meet by name. Errors
that come up while DuckDB reads are put into words by `failures`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from meshlake.errors import LandingError
from meshlake.landing.csv_dialect import CsvDialect, detect_dialect
from meshlake.landing.failures import explained
from meshlake.landing.samples import head, is_compressed, refuse_other_formats
from meshlake.landing.storage import duckdb_reader
from meshlake.landing.zone import Dataset, Format
from meshlake.names import quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import duckdb

    from meshlake.landing.storage import StoredFile

FILE_COLUMN = "_file"
ROW_COLUMN = "_row"
_Key = TypeVar("_Key")


def relation_sql(dataset: Dataset, *, lineage: bool = False) -> str:
    """A parenthesised SELECT that gives every row of `dataset`.

    With `lineage` each row also has `_file` (the file's name below the landing zone) and `_row` (from 1).
    That is slower and needs DuckDB's `preserve_insertion_order`; it is for naming bad cells.

    Raises:
        LandingError: a file is damaged or cannot be read as what its name says, or none has columns.
    """
    readers = {Format.PARQUET: _parquet_selects, Format.CSV: _csv_selects, Format.JSON: _json_selects}
    read = readers[dataset.format]
    if not lineage:
        selects = read(dataset, dataset.files)
    else:
        selects = [
            f"SELECT *, {quote_literal(file.name)} AS {FILE_COLUMN}, row_number() OVER () AS {ROW_COLUMN} "
            f"FROM ({select})"
            for file in dataset.files
            for select in read(dataset, [file])
        ]
    if not selects:
        raise LandingError(
            f"{dataset.name} is empty: no file of it has columns", "Land a file that has at least a header."
        )
    return "(" + "\nUNION ALL BY NAME\n".join(selects) + ")"


def columns(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> dict[str, str]:
    """Names and DuckDB types of the columns of `dataset`, in order.

    Raises:
        LandingError: as `relation_sql`, and when a Parquet file is damaged.
    """
    with explained([dataset]):
        rows = connection.execute(f"DESCRIBE SELECT * FROM {relation_sql(dataset)}").fetchall()
    return {row[0]: row[1] for row in rows}


def paths_sql(files: Iterable[StoredFile]) -> str:
    """The list of `files` that DuckDB's readers take, each name taken as it is written."""
    return "[" + ", ".join(quote_literal(_escape_glob(file.path)) for file in files) + "]"


def _parquet_selects(dataset: Dataset, files: Sequence[StoredFile]) -> list[str]:
    return [
        f"SELECT * FROM read_parquet({paths_sql(group)}, union_by_name = true{_hive_options(keys)})"
        for keys, group in _grouped(files, dataset.partition_keys)
    ]


def _csv_selects(dataset: Dataset, files: Sequence[StoredFile]) -> list[str]:
    dialects = {file: dialect for file in files if (dialect := detect_dialect(file))}
    groups = _grouped(dialects, lambda file: (dialects[file], *_layout(dataset, file)))
    return [_csv_select(dialect, keys, group) for (dialect, keys, _), group in groups]


def _csv_select(dialect: CsvDialect, keys: Sequence[str], files: Sequence[StoredFile]) -> str:
    options = {
        "delim": quote_literal(dialect.delimiter),
        "quote": quote_literal(dialect.quote),
        "escape": quote_literal(dialect.escape),
        "encoding": quote_literal(dialect.encoding),
        "columns": _text_columns(dialect.columns),
        "compression": _compression(files),
    }
    given = ", ".join(f"{name} = {value}" for name, value in options.items())
    # An empty cell is null, a quoted empty one is empty text.
    fixed = "header = true, auto_detect = false, strict_mode = true, nullstr = '', allow_quoted_nulls = false"
    selected = map(quote_identifier, [*dialect.columns, *_new(keys, dialect.columns)])
    return f"SELECT {', '.join(selected)} FROM read_csv({paths_sql(files)}, {given}, {fixed}{_hive_options(keys)})"


def _json_selects(dataset: Dataset, files: Sequence[StoredFile]) -> list[str]:
    for file in files:
        _check_json(file)
    names = _json_names(dataset)
    if not names:
        return []
    # Without `records`, a line that is no object can become a value of the first column.
    options = f"format = 'newline_delimited', records = true, columns = {_text_columns(names)}"
    return [
        f"SELECT {', '.join(map(quote_identifier, [*names, *_new(keys, names)]))} "
        f"FROM read_json({paths_sql(group)}, {options}, compression = {_compression(group)}{_hive_options(keys)})"
        for (keys, _), group in _grouped(files, lambda file: _layout(dataset, file))
    ]


def _layout(dataset: Dataset, file: StoredFile) -> tuple[tuple[str, ...], bool]:
    """What files that one reader reads have in common: partition keys, and whether they are compressed."""
    return dataset.partition_keys(file), is_compressed(file)


def _compression(files: Sequence[StoredFile]) -> str:
    """DuckDB itself knows the ending .gz only in small letters."""
    return "'gzip'" if is_compressed(files[0]) else "'uncompressed'"


def _check_json(file: StoredFile) -> None:
    sample, _ = head(file)
    refuse_other_formats(file, sample)
    if sample.startswith(b"\xef\xbb\xbf"):
        raise LandingError(
            f"{file.name}: it begins with a byte order mark", "Save the file as UTF-8 without one."
        )
    if sample.lstrip().startswith(b"["):
        raise LandingError(
            f"{file.name}: it is one JSON array, not JSON lines",
            f"Write one object per line: jq -c '.[]' {file.name.rpartition('/')[2]} > lines.jsonl",
        )


@lru_cache(maxsize=1_000)
def _json_names(dataset: Dataset) -> tuple[str, ...]:
    """The keys of all objects, in the order objects hold them; every line is read, once per process."""
    objects = " UNION ALL ".join(
        f"SELECT json FROM read_ndjson_objects({paths_sql(group)}, compression = {_compression(group)})"
        for _, group in _grouped(dataset.files, is_compressed)
    )
    query = f"""
        SELECT key FROM (
            SELECT unnest(keys) AS key, generate_subscripts(keys, 1) AS position FROM (
                SELECT DISTINCT json_keys(json) AS keys FROM ({objects})
            )
        ) GROUP BY key ORDER BY min(position), key"""
    with explained([dataset]), duckdb_reader(dataset.files[0]) as connection:
        names = [row[0] for row in connection.execute(query).fetchall()]
    _refuse_unusable(names, dataset)
    return tuple(names)


def _refuse_unusable(names: Sequence[str], dataset: Dataset) -> None:
    seen: dict[str, str] = {}
    for name in names:
        if not name:
            raise LandingError(f"{dataset.name}: a JSON key is empty", "Name the key before the file lands.")
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise LandingError(
                f"{dataset.name}: the JSON keys '{other}' and '{name}' are the same column in SQL",
                "Rename one of them before the file lands.",
            )


def _text_columns(names: Iterable[str]) -> str:
    return "{" + ", ".join(f"{quote_literal(name)}: 'VARCHAR'" for name in names) + "}"


def _hive_options(keys: Sequence[str]) -> str:
    return ", hive_partitioning = true, hive_types_autocast = false" if keys else ""


def _new(keys: Iterable[str], names: Iterable[str]) -> list[str]:
    taken = {name.lower() for name in names}
    return [key for key in keys if key.lower() not in taken]


def _grouped(
    files: Iterable[StoredFile], key: Callable[[StoredFile], _Key]
) -> list[tuple[_Key, list[StoredFile]]]:
    """Files with equal `key` together, in order of their first file."""
    groups: dict[_Key, list[StoredFile]] = {}
    for file in files:
        groups.setdefault(key(file), []).append(file)
    return list(groups.items())


def _escape_glob(path: str) -> str:
    return "".join(f"[{character}]" if character in "[*?" else character for character in path)
