"""Excel workbooks: a sheet is a table, and its first row that is not empty names the columns.

Cells have the types that Excel gives them; a column of several is text. DuckDB reads a copy in Parquet, written once
per process, and Trino its own. A cell that cannot be kept as it is is an error that names it. How cells are read is
beside this, in `workbook`; why by no library, and how one of several sheets is named, in docs/adr/0020.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from meshlake.errors import LandingError
from meshlake.formats.format import ROW_COLUMN, Format, Part
from meshlake.formats.old_workbook import open_any_workbook
from meshlake.formats.reader import folder_value_sql, unique_names
from meshlake.formats.scratch import scratch_file
from meshlake.formats.workbook import Fault, cell_name
from meshlake.names import quote_identifier, quote_literal
from meshlake.stores import open_file
from meshlake.types.arrow import to_arrow
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from meshlake.formats.format import Keyed
    from meshlake.formats.old_workbook import AnyWorkbook
    from meshlake.formats.workbook import Value
    from meshlake.stores import StoredFile

_MOST_EXACT, _MOST_STORED = 2**53, 2**63
# What all cells of a column must be for it to have a type; any other mixture is text. Of whole numbers, those that a
# double tells apart are INTEGER here, longer ones BIGINT, and those that fit no type of numbers text.
_HELD = {
    Scalar.BIGINT: {Scalar.INTEGER, Scalar.BIGINT},
    Scalar.DOUBLE: {Scalar.INTEGER, Scalar.DOUBLE},
    Scalar.BOOLEAN: {Scalar.BOOLEAN},
    Scalar.DATE: {Scalar.DATE},
    Scalar.TIMESTAMP: {Scalar.DATE, Scalar.TIMESTAMP},
    Scalar.TIME: {Scalar.TIME},
}
_KINDS = {
    bool: Scalar.BOOLEAN,
    float: Scalar.DOUBLE,
    str: Scalar.VARCHAR,
    datetime: Scalar.TIMESTAMP,
    date: Scalar.DATE,
    time: Scalar.TIME,
    Fault: Scalar.VARCHAR,
}
_SHOWN_FAULTS = 3


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

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        return None  # DuckDB reads what was written here, and what is wrong with a workbook is told before


EXCEL = _Excel()


@dataclass
class _Table:
    """The cells of a sheet by column, the number of each row, and what kinds of cells each column has."""

    names: tuple[str, ...] = ()
    cells: list[list[Value | None]] = field(default_factory=list)
    kinds: list[set[Scalar]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    named: frozenset[int] = frozenset()


@dataclass(frozen=True)
class _Copy:
    """A sheet in Parquet: its columns, of which types, and what kinds of cells each has."""

    path: str
    names: tuple[str, ...]
    types: tuple[Scalar, ...]
    kinds: tuple[frozenset[Scalar], ...]

    @property
    def row_column(self) -> str:
        return unique_names([*self.names, "_row"])[-1]


def _select(
    file: StoredFile, keys: Sequence[str], among: Sequence[StoredFile], *, is_numbered: bool = False
) -> str:
    """A column has one type in all files: DuckDB, to unite them, would round numbers or make one of a truth."""
    kinds: dict[str, set[Scalar]] = {}
    for each in map(_copy, among):
        for name, found in zip(each.names, each.kinds, strict=True):
            kinds.setdefault(name.lower(), set()).update(found)
    names = {name.lower(): name for name in _copy(file).names}
    copy = _copy_of_types(file, tuple(_type_of(kinds[name]) for name in names))
    columns = [quote_identifier(name) for name in names.values()]
    columns += [
        f"{folder_value_sql(file, key)} AS {quote_identifier(key)}"
        for key in keys
        if key.lower() not in names
    ]
    if is_numbered:
        columns.append(f"{quote_identifier(copy.row_column)} AS {ROW_COLUMN}")
    return f"SELECT {', '.join(columns)} FROM read_parquet({quote_literal(copy.path)})"


@lru_cache(maxsize=10_000)
def _copy(file: StoredFile) -> _Copy:
    """The sheet of `file`, its columns of the types that hold their cells."""
    table = _read(file)
    return _write(table, tuple(map(_type_of, table.kinds)))


@lru_cache(maxsize=10_000)
def _copy_of_types(file: StoredFile, types: tuple[Scalar, ...]) -> _Copy:
    own = _copy(file)
    return own if own.types == types else _write(_read(file), types)


def _type_of(kinds: Iterable[Scalar]) -> Scalar:
    found = set(kinds)
    return next((type_ for type_, held in _HELD.items() if found and found <= held), Scalar.VARCHAR)


def _write(table: _Table, types: tuple[Scalar, ...]) -> _Copy:
    import pyarrow as pa
    from pyarrow import parquet

    path = str(scratch_file(".parquet"))
    copy = _Copy(path, table.names, types, tuple(map(frozenset, table.kinds)))
    arrays = [
        pa.array(map(_AS[type_], cells) if type_ in _AS else cells, to_arrow(type_))
        for cells, type_ in zip(table.cells, types, strict=True)
    ]
    arrays.append(pa.array(table.numbers, pa.int64()))
    parquet.write_table(pa.table(arrays, [*copy.names, copy.row_column]), path)
    return copy


def _read(file: StoredFile) -> _Table:
    """The table that `file` is.

    Raises:
        LandingError: it is damaged, does not say which of its sheets, or a cell cannot be kept as it is.
    """
    table, faults = _Table(), list[str]()
    with open_any_workbook(file.name, open_file(file)) as book:
        sheet = _sheet_of(file.name, book)
        for number, row in book.rows(sheet) if sheet is not None else ():
            faults += [
                f"cell {cell_name(column, number)} {cell.reason}"
                for column, cell in row.items()
                if isinstance(cell, Fault)
            ]
            if not table.names:
                table = _headed(row)
            else:
                faults += _add_row(table, number, row)
    if faults:
        more = f"; and {len(faults) - _SHOWN_FAULTS} more" if len(faults) > _SHOWN_FAULTS else ""
        raise LandingError(
            f"{file.name}, sheet '{sheet}': {'; '.join(faults[:_SHOWN_FAULTS])}{more}",
            "Correct it in Excel, save it there, and land it again.",
        )
    return _without_nothing(table)


def _headed(row: Mapping[int, Value]) -> _Table:
    names = unique_names(_as_text(row.get(column)) or "" for column in range(1, max(row) + 1))
    return _Table(names, [[] for _ in names], [set() for _ in names], named=frozenset(row))


def _without_nothing(table: _Table) -> _Table:
    """Without columns that have neither a name nor a value, such as those left of a table."""
    kept = [i for i, kinds in enumerate(table.kinds) if kinds or i + 1 in table.named]
    return replace(
        table,
        names=tuple(table.names[i] for i in kept),
        cells=[table.cells[i] for i in kept],
        kinds=[table.kinds[i] for i in kept],
    )


def _add_row(table: _Table, number: int, row: Mapping[int, Value]) -> list[str]:
    """Take a row into `table`; gives what of it has no place there."""
    table.numbers.append(number)
    for column, (cells, kinds) in enumerate(zip(table.cells, table.kinds, strict=True), start=1):
        cell = row.get(column)
        cells.append(cell)
        if cell is not None:
            kinds.add(_whole_kind(cell) if type(cell) is int else _KINDS[type(cell)])
    return [
        f"cell {cell_name(column, number)} stands right of the last column that has a name"
        for column in row
        if column > len(table.names)
    ]


def _whole_kind(number: int) -> Scalar:
    if abs(number) <= _MOST_EXACT:
        return Scalar.INTEGER
    return Scalar.BIGINT if -_MOST_STORED <= number < _MOST_STORED else Scalar.VARCHAR


def _as_text(value: Value | None) -> str | None:
    """A cell as text: a number in the shortest form that is just it, a time as ISO 8601 has it, after a space."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)


def _as_moment(value: Value | None) -> Value | None:
    """A day as the midnight that Arrow makes of none."""
    return datetime.combine(value, time()) if type(value) is date else value


_Converting: TypeAlias = "Callable[[Value | None], Value | None]"
_AS: Mapping[Scalar, _Converting] = {Scalar.VARCHAR: _as_text, Scalar.TIMESTAMP: _as_moment}


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
