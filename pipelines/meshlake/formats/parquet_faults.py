"""Parquet files that are broken, or hold values that DuckDB would read as other ones."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import duckdb

from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats import refuse_pages
from meshlake.formats.nanoseconds import may_be_cut, refuse_cut, refuse_cut_int96
from meshlake.formats.reader import paths_sql
from meshlake.formats.samples import sample_of
from meshlake.formats.unreadable import FoundBrokenError
from meshlake.stores import duckdb_reader, open_file
from meshlake.types.tree import MAX_DECIMAL_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

    from meshlake.stores import StoredFile

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
# Files whose pages were found broken while they were read: all are read for that, so not before it happens.
_BROKEN: set[StoredFile] = set()
_FOOTERS_OF_A_BATCH = 1_000
# Beside a column of a type that a library defines for itself; those of Arrow's own (json, uuid) DuckDB knows.
_EXTENSION, _ARROWS_OWN = b"ARROW:extension:name", "arrow."
_UNITS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
# From so many on the next are looked for among all files at once, not each by another reading that fails.
_FEW = 2


@dataclass(frozen=True)
class Footer:
    """How the columns of a file are written: a number that is equal where they are, the first decimal of too many
    digits in words, and whether they may hold what is finer than microseconds."""

    columns: int
    long_decimal: str | None
    is_finer: bool


@lru_cache(maxsize=1_000)
def footers_of(files: tuple[StoredFile, ...]) -> Mapping[str, Footer] | None:
    """The footers by the files' paths, all read at once, and once per process; None where one cannot be read."""
    if not files:
        return {}
    query = f"""
        SELECT
            file_name,
            bit_xor(md5_number(to_json((
                column_id, name, type, type_length, repetition_type, num_children, converted_type, scale, precision,
                logical_type, duckdb_type
            ))::VARCHAR)),
            min(name || ' has decimals of ' || precision || ' digits') FILTER (precision > {MAX_DECIMAL_DIGITS}),
            coalesce(bool_or(
                type = 'INT96'
                OR logical_type SIMILAR TO '(TimeType|TimestampType.isAdjustedToUTC=1).*NANOS=NanoSeconds.*'
            ), false)
        FROM parquet_schema({paths_sql(files)})
        GROUP BY file_name
    """
    found: dict[str, Footer] = {}
    kept: dict[Footer, Footer] = {}  # of many files nearly all are alike
    with duckdb_reader(files[0]) as connection, suppress(duckdb.Error):  # told by who reads the rows
        rows = connection.execute(query)
        while batch := rows.fetchmany(_FOOTERS_OF_A_BATCH):
            for path, *facts in batch:
                footer = Footer(*facts)
                found[path] = kept.setdefault(footer, footer)
        return found
    return None


def are_alike(files: Sequence[StoredFile]) -> bool:
    """Whether the columns of all `files` are written alike, as far as their footers can be read."""
    return len(files) < 2 or len(set((footers_of(tuple(files)) or {}).values())) == 1


def refuse_long_decimals(files: Sequence[StoredFile]) -> None:
    """DuckDB reads decimals of more digits than it has as floats, and as other numbers."""
    found = footers_of(tuple(files)) or {}
    for file in files:
        if file.path in found and (told := found[file.path].long_decimal):
            raise LandingError(
                f"{file.name}: column {told}, of which {MAX_DECIMAL_DIGITS} can be read",
                "Write it with fewer digits, or as text.",
            )


@lru_cache(maxsize=1_000)
def refuse_cut_times(files: tuple[StoredFile, ...]) -> None:
    """As `refuse_cut`, once per process, and reading only columns written in nanoseconds."""
    found = footers_of(files) or {}
    for file in files:
        if file.path in found and found[file.path].is_finer:
            with suppress(OSError, ValueError):  # told by who reads the rows, too
                _refuse_cut(file)


def _refuse_cut(file: StoredFile) -> None:
    from pyarrow import parquet

    with open_file(file) as stream:
        stored = parquet.ParquetFile(stream)
        for field in filter(lambda field: may_be_cut(field.type), stored.schema_arrow):
            for batch in stored.iter_batches(columns=[field.name]):
                refuse_cut(file.name, batch)
        leaves = (stored.schema.column(at) for at in range(len(stored.schema)))
        old = sorted({leaf.path.partition(".")[0] for leaf in leaves if leaf.physical_type == "INT96"})
    if old:
        _refuse_cut_int96(file, old)


def _refuse_cut_int96(file: StoredFile, names: list[str]) -> None:
    """Of the columns `names`: of moments so written only a second reading tells what is cut."""
    from pyarrow import parquet

    with open_file(file) as fine, open_file(file) as coarse:
        finer, coarser = (
            parquet.ParquetFile(stream, coerce_int96_timestamp_unit=unit).iter_batches(columns=names)
            for stream, unit in ((fine, "ns"), (coarse, "us"))
        )
        for each, other in zip(finer, coarser, strict=True):
            refuse_cut_int96(file.name, each, other)


def schema_notes(files: Sequence[StoredFile]) -> dict[str, list[StoredFile]]:
    """What is told of columns that are read by another name, or as another type than they had in Arrow; of which files.

    Of those, such as durations, only the schema of Arrow beside the footer says so. Of files whose columns are written
    alike one is asked.
    """
    alike: dict[int, list[StoredFile]] = {}
    footers = footers_of(tuple(files)) or {}
    for file in files:
        if file.path in footers:
            alike.setdefault(footers[file.path].columns, []).append(file)
    named: dict[str, list[StoredFile]] = {}
    for group in alike.values():
        for note in _schema_notes_of(group[0]):
            named.setdefault(note, []).extend(group)
    return named


@lru_cache(maxsize=1_000)
def _schema_notes_of(file: StoredFile) -> tuple[str, ...]:
    from pyarrow import ArrowException, parquet

    try:
        with open_file(file) as stream:
            schema = parquet.read_schema(stream)
    except (OSError, ValueError, ArrowException):  # told by who reads the rows
        return ()
    return tuple(filter(None, [*_renamed(schema.names), *map(_arrow_note, schema)]))


def _renamed(names: Sequence[str]) -> Iterator[str]:
    """What is told of names that are one in SQL, to which DuckDB adds a number."""
    seen: dict[str, str] = {}
    for name in names:
        if other := seen.get(name.lower()):
            yield f"columns '{other}' and '{name}' are the same in SQL: those after the first have a number behind them"
        seen.setdefault(name.lower(), name)


def _arrow_note(field: pa.Field) -> str:
    import pyarrow as pa
    from pyarrow import types

    if types.is_duration(field.type):
        unit = _UNITS[field.type.unit]
        return f"column {field.name} has durations, which Parquet has not: it is the whole number of {unit}"
    if isinstance(field.type, pa.BaseExtensionType):  # of a library that is imported
        extension, stored = field.type.extension_name, field.type.storage_type
    else:
        extension, stored = (field.metadata or {}).get(_EXTENSION, b"").decode(errors="replace"), field.type
    if extension and not extension.startswith(_ARROWS_OWN):
        return (
            f"column {field.name} is of the type {extension}, which is not known here: {stored} is read of it"
        )
    return ""


def damaged(files: Sequence[StoredFile]) -> dict[StoredFile, DamagedFileError]:
    """Those of `files` without a footer, and those whose pages were found broken in this process."""
    return _without_footer(tuple(files)) | {file: _damage(file) for file in files if file in _BROKEN}


def broken(error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
    """Which of `files` an error of DuckDB, with its own `message`, came up on since it is broken; `None` if on none.

    Where others can be read it is a `FoundBrokenError`: made anew, SELECTs leave it out.
    """
    if isinstance(error, _NOT_ABOUT_FILES):
        return None
    if found := _without_footer(tuple(files)):
        return next(iter(found.values()))
    # Not all of DuckDB's errors name the file, and a value may be called like one: the files are asked. Those of
    # no class of DuckDB's own are of what it reads Parquet's pages with.
    is_any_likely = type(error) is duckdb.Error or len(_BROKEN) >= _FEW
    likely = (file for file in files if is_any_likely or file.path in message)
    unread = [file for file in likely if not _is_readable(file)]
    if not unread:
        return None
    is_known = unread[0] in _BROKEN
    _BROKEN.update(unread)
    return _damage(unread[0]) if is_known else FoundBrokenError(_damage(unread[0]))


@lru_cache(maxsize=1_000)
def _without_footer(files: tuple[StoredFile, ...]) -> dict[StoredFile, DamagedFileError]:
    """Those without a footer that can be read: looked for by halves, since all together are read anyway."""
    if footers_of(files) is not None:
        return {}
    if len(files) == 1:
        return {} if _has_footer(files[0]) else {files[0]: _damage(files[0])}
    half = len(files) // 2
    return _without_footer(files[:half]) | _without_footer(files[half:])


def _damage(file: StoredFile) -> DamagedFileError:
    """What is wrong with a file that is no Parquet."""
    try:
        refuse_pages(file.name, sample_of(file))
    except DamagedFileError as error:
        return error
    cause = "it is cut off, damaged, or no Parquet file" if file.size_bytes else "it is empty"
    return DamagedFileError(f"{file.name}: {cause}", "Land the file again, whole; or remove it.")


def _has_footer(file: StoredFile) -> bool:
    return _runs(file, f"SELECT count(*) FROM parquet_file_metadata({paths_sql([file])})")


def _is_readable(file: StoredFile) -> bool:
    return _runs(file, f"SELECT bit_xor(hash(every)) FROM read_parquet({paths_sql([file])}) AS every")


def _runs(file: StoredFile, query: str) -> bool:
    with duckdb_reader(file) as connection:
        try:
            connection.execute(query).fetchall()
        except _NOT_ABOUT_FILES:
            return True
        except duckdb.Error:
            return False
    return True
