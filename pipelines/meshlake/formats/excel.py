"""Excel workbooks: a sheet is a table, and its first row that is not empty, nor a title, names the columns.

Cells have the types that Excel gives them; a column of several is text. DuckDB reads a copy in Parquet, written once
per process, and Trino its own. A row with a cell that cannot be kept as it is is kept aside, and the cell named. How
cells are read is beside this, in `workbook`; why by no library, and how one of several sheets is named, in
docs/adr/0020.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from itertools import dropwhile, islice
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, TypeAlias

from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats.format import ROW_COLUMN, Format, Part
from meshlake.formats.old_workbook import open_any_workbook
from meshlake.formats.reader import folder_columns_sql, unique_names
from meshlake.formats.scratch import scratch_file
from meshlake.formats.sheet import (
    Sheet,
    as_text,
    faults_told,
    is_kept_aside,
    look_through,
    row_text,
    type_of,
)
from meshlake.formats.unreadable import Unreadable, keep_aside, kept_aside
from meshlake.names import quote_identifier, quote_literal
from meshlake.stores import open_file
from meshlake.types.arrow import to_arrow
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb
    import pyarrow as pa

    from meshlake.formats.cells import Value
    from meshlake.formats.format import Keyed
    from meshlake.formats.old_workbook import AnyWorkbook
    from meshlake.formats.sheet import Row
    from meshlake.stores import StoredFile

_CELLS_OF_A_BATCH = 200_000


class _Excel(Format):
    name = "excel"
    title = "Excel"
    endings = (".xlsx", ".xlsm", ".xls")
    magic = b"PK\x03\x04"

    def parts(self, source: Path) -> tuple[Part, ...]:
        """A sheet each, if several hold something: the workbook under a name that ends in `#SHEET`."""
        with open_any_workbook(str(source), source.open("rb")) as book:
            sheets = [] if _named_sheet(str(source), book) else book.filled_sheets
        if len(sheets) < 2:
            return super().parts(source)
        return tuple(Part(sheet, f"{source.stem}#{sheet}{source.suffix}") for sheet in sheets)

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        return [_select(file, keys, among) for file, keys in files.items() if self.has_columns(file)]

    def numbered(self, file: StoredFile, keys: tuple[str, ...], among: Sequence[StoredFile]) -> list[str]:
        """As `selects`, each row with its number in the sheet."""
        return [_select(file, keys, among, is_numbered=True)] if self.has_columns(file) else []

    def has_columns(self, file: StoredFile) -> bool:
        return bool(_copy(file).names)

    def notes(self, files: Sequence[StoredFile]) -> list[str]:
        told = {file: _copy(file).notes for file in files if self.has_columns(file)}
        return [f"{PurePosixPath(file.name).name}: {note}" for file, notes in told.items() for note in notes]

    def damaged(self, files: Sequence[StoredFile]) -> dict[StoredFile, DamagedFileError]:
        found = {file: _damage(file) for file in files}
        return {file: error for file, error in found.items() if error}

    def unreadable(self, connection: duckdb.DuckDBPyConnection, files: Sequence[StoredFile]) -> Unreadable:
        copies = {file: _copy(file) for file in files}
        return Unreadable(
            sum(copy.aside_count for copy in copies.values()),
            lambda: (
                line
                for file, copy in copies.items()
                if copy.aside_count
                for line in kept_aside(copy.aside_path, file.name)
            ),
        )

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        return None  # DuckDB reads what was written here, and what is wrong with a workbook is told before


EXCEL = _Excel()


@dataclass(frozen=True)
class _Copy:
    """A sheet in Parquet: its columns, of which types, and what kinds of cells each has.

    At `aside_path` are the `aside_count` rows that are not in it.
    """

    path: str
    aside_path: str
    aside_count: int
    names: tuple[str, ...]
    types: tuple[Scalar, ...]
    kinds: tuple[frozenset[Scalar], ...]
    notes: tuple[str, ...]


def _row_column(names: Sequence[str]) -> str:
    return unique_names([*names, "_row"])[-1]


def _select(
    file: StoredFile, keys: Sequence[str], among: Sequence[StoredFile], *, is_numbered: bool = False
) -> str:
    """A column has one type in all files: DuckDB, to unite them, would round numbers or make one of a truth."""
    kinds: dict[str, set[Scalar]] = {}
    for each in map(_copy, among):
        for name, found in zip(each.names, each.kinds, strict=True):
            kinds.setdefault(name.lower(), set()).update(found)
    names = {name.lower(): name for name in _copy(file).names}
    copy = _copy_of_types(file, tuple(type_of(kinds[name]) for name in names))
    columns = [quote_identifier(name) for name in names.values()]
    columns += folder_columns_sql(file, keys, names)
    if is_numbered:
        columns.append(f"{quote_identifier(_row_column(copy.names))} AS {ROW_COLUMN}")
    return f"SELECT {', '.join(columns)} FROM read_parquet({quote_literal(copy.path)})"


@lru_cache(maxsize=10_000)
def _copy(file: StoredFile) -> _Copy:
    """The sheet of `file`, its columns of the types that hold their cells."""
    sheet = _read(file)
    return _write(file, sheet, tuple(map(type_of, sheet.kinds)))


@lru_cache(maxsize=10_000)
def _damage(file: StoredFile) -> DamagedFileError | None:
    """How `file` is broken; what else is wrong with it is told when it is read."""
    try:
        _copy(file)
    except DamagedFileError as error:
        return error
    except LandingError:
        return None
    return None


@lru_cache(maxsize=10_000)
def _copy_of_types(file: StoredFile, types: tuple[Scalar, ...]) -> _Copy:
    own = _copy(file)
    return own if own.types == types else _write(file, _read(file), types)


def _read(file: StoredFile) -> Sheet:
    with _opened(file) as (book, name):
        if name is None:
            return Sheet()
        sheet = look_through(f"{file.name}, sheet '{name}'", book.rows(name))
        return replace(sheet, merged=tuple(book.merged), hidden=book.hidden)


def _write(file: StoredFile, sheet: Sheet, types: tuple[Scalar, ...]) -> _Copy:
    """A copy of the sheet, so many cells at a time."""
    import pyarrow as pa
    from pyarrow import parquet

    path, aside_path = str(scratch_file(".parquet")), scratch_file(".csv")
    fields = [pa.field(name, to_arrow(type_)) for name, type_ in zip(sheet.names, types, strict=True)]
    schema = pa.schema([*fields, pa.field(_row_column(sheet.names), pa.int64())])
    row_count, aside_count = max(1, _CELLS_OF_A_BATCH // len(schema)), 0
    with (
        parquet.ParquetWriter(path, schema) as writer,
        aside_path.open("w", encoding="utf-8", newline="") as aside,
        _below_names(file, sheet) as rows,
    ):
        while batch := list(islice(rows, row_count)):
            kept = [row for row in batch if not is_kept_aside(row[1])]
            if len(kept) < len(batch):
                aside_count += len(batch) - len(kept)
                _keep_aside(aside, batch)
            writer.write_batch(_record_batch(kept, sheet.positions, types, schema))
    return _Copy(path, str(aside_path), aside_count, sheet.names, types, sheet.kinds, sheet.notes)


def _keep_aside(aside: IO[str], rows: Sequence[Row]) -> None:
    for number, row in rows:
        if told := faults_told(number, row):
            keep_aside(aside, number, f"is a row of Excel whose {told}", row_text(row).encode())


def _record_batch(
    rows: Sequence[Row], positions: Sequence[int], types: Sequence[Scalar], schema: pa.Schema
) -> pa.RecordBatch:
    import pyarrow as pa

    arrays = [
        pa.array(_cells(rows, position, type_), to_arrow(type_))
        for position, type_ in zip(positions, types, strict=True)
    ]
    return pa.record_batch([*arrays, pa.array([number for number, _ in rows], pa.int64())], schema)


def _cells(rows: Sequence[Row], position: int, type_: Scalar) -> list[Value | None]:
    cells = (row.get(position) for _, row in rows)
    return list(map(_AS[type_], cells) if type_ in _AS else cells)


@contextmanager
def _below_names(file: StoredFile, sheet: Sheet) -> Iterator[Iterator[Row]]:
    """The rows of the sheet that `file` is, but for its names: those that are held, else read once more."""
    if sheet.rows is not None:
        yield iter(sheet.rows)
        return
    with _opened(file) as (book, name):
        rows = book.rows(name) if name is not None else iter(())
        yield dropwhile(lambda row: row[0] <= sheet.names_row, rows)


@contextmanager
def _opened(file: StoredFile) -> Iterator[tuple[AnyWorkbook, str | None]]:
    """The workbook, and the name of the sheet that `file` is.

    Raises:
        LandingError: it is damaged, or does not say which of its sheets.
    """
    with open_any_workbook(file.name, open_file(file)) as book:
        yield book, _sheet_of(file.name, book)


def _as_moment(value: Value | None) -> Value | None:
    """A day as the midnight that Arrow makes of none."""
    return datetime.combine(value, time()) if type(value) is date else value


_Converting: TypeAlias = "Callable[[Value | None], Value | None]"
_AS: Mapping[Scalar, _Converting] = {Scalar.VARCHAR: as_text, Scalar.TIMESTAMP: _as_moment}


def _named_sheet(name: str, book: AnyWorkbook) -> str | None:
    """The sheet that the name of a file says, `book#SHEET.xlsx`; `None` when it says none.

    Raises:
        LandingError: there is no such sheet.
    """
    stem = PurePosixPath(name).stem
    said = [stem[i + 1 :] for i, character in enumerate(stem) if character == "#"]
    found = next((sheet for sheet in said if sheet in book.sheets), None)
    if said and found is None:
        raise LandingError(
            f"{name}: it has no sheet '{said[0]}', as its name says behind #",
            f"Name the file after one of its sheets: {', '.join(book.sheets)}.",
        )
    return found


def _sheet_of(name: str, book: AnyWorkbook) -> str | None:
    """The sheet that a file is; `None` when none holds anything."""
    if (named := _named_sheet(name, book)) is not None:
        return named
    filled = book.filled_sheets
    if len(filled) > 1:
        path = PurePosixPath(name)
        raise LandingError(
            f"{name}: it holds the sheets {', '.join(filled)}, and does not say which of them",
            f"`mesh land` makes a dataset of each; or name the file {path.stem}#{filled[0]}{path.suffix}.",
        )
    return filled[0] if filled else None
