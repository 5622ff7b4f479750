"""Parquet: columns with the types that the files give them, by name."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb

from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats.format import Format, HiveLayout, UnfaithfulError
from meshlake.formats.merged_types import described, refuse_changed
from meshlake.formats.parquet_faults import (
    are_alike,
    broken,
    damaged,
    footers_of,
    refuse_cut_times,
    refuse_long_decimals,
    schema_notes,
)
from meshlake.formats.reader import grouped, hive_options_sql, paths_sql, told_of_files
from meshlake.stores import duckdb_reader
from meshlake.types.duckdb import parse
from meshlake.types.tree import Decimal, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from meshlake.formats.format import Keyed
    from meshlake.stores import StoredFile
    from meshlake.types.tree import Type

_WIDER: dict[Type, tuple[Type, ...]] = {
    Scalar.TINYINT: (Scalar.SMALLINT, Scalar.INTEGER, Scalar.BIGINT),
    Scalar.SMALLINT: (Scalar.INTEGER, Scalar.BIGINT),
    Scalar.INTEGER: (Scalar.BIGINT,),
    Scalar.FLOAT: (Scalar.DOUBLE,),
}
# What DuckDB's error of a moment in milliseconds begins with that it has no microseconds for.
_FAR_MOMENT = "Could not convert Timestamp(MS) to Timestamp(US)"
# What one column of a file was written as, then what is nested in it, each as: name, physical, logical and DuckDB type,
# number of parts.
_Written: TypeAlias = "tuple[tuple[Any, ...], ...]"


class _Parquet(Format):
    name = "parquet"
    title = "Parquet"
    endings = (".parquet", ".pq")
    magic = b"PAR1"
    is_columnar = True

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        refuse_long_decimals(among)
        refuse_cut_times(tuple(among))
        _refuse_changed(tuple(among))
        return [_select(group, keys) for keys, group in grouped(files, lambda file: files[file])]

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        if isinstance(error, duckdb.ConversionException):
            return _far_moment(files) if message.startswith(_FAR_MOMENT) else _types_error(message, files)
        return broken(error, message, files)

    def damaged(self, files: Sequence[StoredFile]) -> Mapping[StoredFile, DamagedFileError]:
        return damaged(files)

    def notes(self, files: Sequence[StoredFile]) -> list[str]:
        return told_of_files(schema_notes(files))

    def schema_keys(self, files: Sequence[StoredFile]) -> Mapping[StoredFile, int]:
        """By their footers."""
        found = footers_of(tuple(files)) or {}
        return {file: found[file.path].columns for file in files if file.path in found}

    def hive_layout(
        self, connection: duckdb.DuckDBPyConnection, files: Keyed, columns: Mapping[str, Type]
    ) -> HiveLayout:
        written: dict[str, set[_Written]] = {}
        for file in _written_columns(connection, files):
            names = [column[0][0].lower() for column in file]
            if len(set(names)) < len(names):
                raise UnfaithfulError("a file has columns whose names differ only in case")
            for name, column in zip(names, file, strict=True):
                written.setdefault(name, set()).add(column)
        for name, kind in columns.items():
            if not _is_read_alike(kind, written.get(name.lower(), set())):
                raise UnfaithfulError(f"Trino may read column {name}, {kind}, differently from DuckDB")
        return HiveLayout("PARQUET", tuple(columns))


PARQUET = _Parquet()


@lru_cache(maxsize=1_000)
def _refuse_changed(files: tuple[StoredFile, ...]) -> None:
    """As `refuse_changed`, once per process."""
    if are_alike(files):
        return
    with (
        duckdb_reader(files[0]) as connection,
        suppress(duckdb.Error),
    ):  # what cannot be read is told by who reads it
        refuse_changed(
            connection, {file.path: file.name for file in files}, lambda: _columns(connection, files)
        )


def _select(files: Sequence[StoredFile], keys: Sequence[str] = ()) -> str:
    _refuse_folders_above(files[0], keys)
    # Asked to unite columns, DuckDB opens all files before it reads one.
    united = "" if are_alike(files) else ", union_by_name = true"
    return f"SELECT * FROM read_parquet({paths_sql(files)}{united}{hive_options_sql(keys)})"


def _refuse_folders_above(file: StoredFile, keys: Sequence[str]) -> None:
    """Refuse what lies below a folder such as `env=prod` of which DuckDB, with those of `keys`, makes a column, too."""
    folders = (part for part in file.path.split("/")[:-1] if keys and "=" in part)
    if above := next((part for part in folders if part.partition("=")[0] not in keys), None):
        raise LandingError(
            f"{file.name}: the landing zone lies below the folder {above}, which would be read as a column",
            "Move the mesh to where no folder above it has = in its name.",
        )


def _types_error(message: str, files: Sequence[StoredFile]) -> LandingError | None:
    """Which column of which file has a type that the other files' cannot become."""
    for file in files:
        start = f'Error while reading file "{file.path}": failed to cast column '
        if not message.startswith(start):
            continue
        with duckdb_reader(file) as connection:
            own, common = (_columns(connection, each) for each in ([file], files))
        for name, kind in own.items():
            if message.startswith(f'"{name}" from type {kind} to {common[name]}: ', len(start)):
                return LandingError(
                    f"{file.name}: column {name} is {kind} in it and {common[name]} in other files",
                    "Land files of such different types as different datasets.",
                )
    return None


def _far_moment(files: Sequence[StoredFile]) -> LandingError | None:
    """Which file holds a moment that is too far away, and which of its columns may; the statistics of one fail all."""
    for file in files:
        with duckdb_reader(file) as connection:
            try:
                connection.execute(f"SELECT max(COLUMNS(*)) FROM ({_select([file])})").fetchall()
            except duckdb.ConversionException:
                names = connection.execute(
                    f"SELECT string_agg(name, ' or ') FROM parquet_schema({paths_sql([file])}) "
                    "WHERE concat(converted_type, logical_type) SIMILAR TO '.*(TIMESTAMP_MILLIS|MILLIS=Milli).*'"
                ).fetchone()
                return LandingError(
                    f"{file.name}: column {names and names[0]} holds moments after the year 294246, "
                    "which no column can hold",
                    "Write the column as text, or other values for what means no end.",
                )
    return None


def _columns(connection: duckdb.DuckDBPyConnection, files: Sequence[StoredFile]) -> dict[str, str]:
    return described(connection, _select(files))


def _is_read_alike(kind: Type, written: set[_Written]) -> bool:
    if not written:
        return False
    if any(len(column) > 1 for column in written):
        return len(written) == 1
    return all(
        physical != "INT96" and "NANOS=Nano" not in (logical or "") and _fits(found, kind)
        for ((_, physical, logical, found, _),) in written
    )


def _fits(found_text: str | None, wanted: Type) -> bool:
    if found_text is None:
        return False
    found = parse(found_text)
    if isinstance(found, Decimal) and isinstance(wanted, Decimal):
        return True
    return found == wanted or wanted in _WIDER.get(found, ())


def _written_columns(
    connection: duckdb.DuckDBPyConnection, files: Iterable[StoredFile]
) -> Iterator[list[_Written]]:
    """The columns in each file's footer."""
    rows = connection.execute(
        "SELECT file_name, name, type, logical_type, duckdb_type, coalesce(num_children, 0) "
        f"FROM parquet_schema({paths_sql(files)}) ORDER BY file_name, column_id"
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
