"""Parquet: columns with the types that the files give them, by name."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb

from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats import refuse_pages
from meshlake.formats.format import Format, HiveLayout, UnfaithfulError
from meshlake.formats.merged_types import described, refuse_changed
from meshlake.formats.reader import grouped, hive_options_sql, paths_sql
from meshlake.formats.samples import sample_of
from meshlake.stores import duckdb_reader, open_file
from meshlake.types.duckdb import parse
from meshlake.types.tree import MAX_DECIMAL_DIGITS, Decimal, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from meshlake.formats.format import Keyed
    from meshlake.stores import StoredFile
    from meshlake.types.tree import Type

# Errors that say nothing of a damaged file, whatever file they name.
_NOT_ABOUT_FILES = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.HTTPException,
    duckdb.OutOfMemoryException,
    duckdb.ParserException,
    duckdb.InterruptException,
)
_WIDER: dict[Type, tuple[Type, ...]] = {
    Scalar.TINYINT: (Scalar.SMALLINT, Scalar.INTEGER, Scalar.BIGINT),
    Scalar.SMALLINT: (Scalar.INTEGER, Scalar.BIGINT),
    Scalar.INTEGER: (Scalar.BIGINT,),
    Scalar.FLOAT: (Scalar.DOUBLE,),
}
# What one column of a file was written as, then what is nested in it, each as: name, physical, logical and DuckDB type,
# number of parts.
_Written: TypeAlias = "tuple[tuple[Any, ...], ...]"


class _Parquet(Format):
    name = "parquet"
    title = "Parquet"
    endings = (".parquet", ".pq")
    magic = b"PAR1"

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        _refuse_long_decimals(tuple(among))
        _refuse_cut_times(tuple(among))
        _refuse_changed(tuple(among))
        return [_select(group, keys) for keys, group in grouped(files, lambda file: files[file])]

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        if isinstance(error, duckdb.ConversionException):
            return _types_error(message, files)
        if isinstance(error, _NOT_ABOUT_FILES):
            return None
        # Not all of DuckDB's errors name the file, and a value may be called like one: the files are asked. Those of
        # no class of DuckDB's own are of what it reads Parquet's pages with.
        likely = [file for file in files if file.path in message or type(error) is duckdb.Error]
        damaged = next((file for file in files if not _has_footer(file)), None)
        damaged = damaged or next((file for file in likely if not _is_readable(file)), None)
        return None if damaged is None else _damage(damaged)

    def damaged(self, files: Sequence[StoredFile]) -> Mapping[StoredFile, DamagedFileError]:
        return _damaged(tuple(files))

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
def _refuse_long_decimals(files: tuple[StoredFile, ...]) -> None:
    """DuckDB reads decimals of more digits than it has as floats, and as other numbers; once per process."""
    for path, column, digits in _long_decimals(files) or ():
        name = next((file.name for file in files if file.path == path), path)
        raise LandingError(
            f"{name}: column {column} has decimals of {digits} digits, of which {MAX_DECIMAL_DIGITS} can be read",
            "Write it with fewer digits, or as text.",
        )


@lru_cache(maxsize=1_000)
def _long_decimals(files: tuple[StoredFile, ...]) -> list[tuple[str, str, int]] | None:
    """The first decimals of too many digits, of all the files' footers; None where those cannot be read."""
    if not files:
        return []
    query = (
        f"SELECT file_name, name, precision FROM parquet_schema({paths_sql(files)}) "
        f"WHERE precision > {MAX_DECIMAL_DIGITS} ORDER BY file_name, name LIMIT 1"
    )
    with duckdb_reader(files[0]) as connection, suppress(duckdb.Error):  # told by who reads the rows
        return connection.execute(query).fetchall()
    return None


@lru_cache(maxsize=1_000)
def _refuse_cut_times(files: tuple[StoredFile, ...]) -> None:
    """DuckDB cuts times of day to microseconds; once per process, and reading only columns written in nanoseconds."""
    if not files:
        return
    query = (
        f"SELECT DISTINCT file_name FROM parquet_schema({paths_sql(files)}) "
        "WHERE logical_type LIKE 'TimeType(%NANOS=NanoSeconds%' ORDER BY file_name"
    )
    finer: set[str] = set()
    with duckdb_reader(files[0]) as connection, suppress(duckdb.Error):  # told by who reads the rows
        finer = {name for (name,) in connection.execute(query).fetchall()}
    for file in files:
        column = _cut_time(file) if file.path in finer else None
        if column is not None:
            raise LandingError(
                f"{file.name}: column {column} has times of day with nanoseconds, of which microseconds can be read",
                "Write it with microseconds, or as text.",
            )


def _cut_time(file: StoredFile) -> str | None:
    """The first column whose times are finer than a microsecond; one in which such times are nested counts as one."""
    import pyarrow as pa
    from pyarrow import compute, parquet

    with open_file(file) as stream:
        stored = parquet.ParquetFile(stream)
        for field in stored.schema_arrow:
            if field.type != pa.time64("ns"):
                if "time64[ns]" in str(field.type):
                    return str(field.name)
                continue
            for batch in stored.iter_batches(columns=[field.name]):
                count = batch.column(0).cast(pa.int64())
                whole = compute.multiply(compute.divide(count, 1_000), 1_000)
                if compute.any(compute.not_equal(count, whole)).as_py():
                    return str(field.name)
    return None


@lru_cache(maxsize=1_000)
def _damaged(files: tuple[StoredFile, ...]) -> dict[StoredFile, DamagedFileError]:
    """Those without a footer that can be read: looked for by halves, since all together are read anyway."""
    if _long_decimals(files) is not None:
        return {}
    if len(files) == 1:
        return {} if _has_footer(files[0]) else {files[0]: _damage(files[0])}
    half = len(files) // 2
    return _damaged(files[:half]) | _damaged(files[half:])


def _damage(file: StoredFile) -> DamagedFileError:
    """What is wrong with a file that is no Parquet."""
    try:
        refuse_pages(file.name, sample_of(file))
    except DamagedFileError as error:
        return error
    cause = "it is cut off, damaged, or no Parquet file" if file.size_bytes else "it is empty"
    return DamagedFileError(f"{file.name}: {cause}", "Land the file again, whole; or remove it.")


@lru_cache(maxsize=1_000)
def _refuse_changed(files: tuple[StoredFile, ...]) -> None:
    """As `refuse_changed`, once per process."""
    if len(files) < 2:
        return
    with (
        duckdb_reader(files[0]) as connection,
        suppress(duckdb.Error),
    ):  # what cannot be read is told by who reads it
        refuse_changed(
            connection, {file.path: file.name for file in files}, lambda: _columns(connection, files)
        )


def _select(files: Sequence[StoredFile], keys: Sequence[str] = ()) -> str:
    return f"SELECT * FROM read_parquet({paths_sql(files)}, union_by_name = true{hive_options_sql(keys)})"


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


def _columns(connection: duckdb.DuckDBPyConnection, files: Sequence[StoredFile]) -> dict[str, str]:
    return described(connection, _select(files))


def _has_footer(file: StoredFile) -> bool:
    return _runs(file, f"SELECT count(*) FROM parquet_file_metadata({paths_sql([file])})")


def _is_readable(file: StoredFile) -> bool:
    return _runs(file, f"SELECT bit_xor(hash(every)) FROM ({_select([file])}) AS every")


def _runs(file: StoredFile, query: str) -> bool:
    with duckdb_reader(file) as connection:
        try:
            connection.execute(query).fetchall()
        except _NOT_ABOUT_FILES:
            return True
        except duckdb.Error:
            return False
    return True


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
