"""A sheet of a workbook, looked through once: its columns, what kinds of cells each has, and what cannot be kept.

Its rows are held where they are few. Of a sheet of more, whoever writes them reads them once more, some at a time, so
that memory does not grow with the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, TypeAlias

from meshlake.errors import LandingError
from meshlake.formats.cells import Fault, cell_name
from meshlake.formats.reader import unique_names
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from meshlake.formats.cells import Value

    Row: TypeAlias = tuple[int, dict[int, Value]]

_MOST_HELD_CELLS = 1_000_000
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


@dataclass(frozen=True)
class Sheet:
    """The columns of a sheet: names, where each stands (from 1), what kinds of cells it has.

    `rows` are those below the names, each with its number; `None` where they are too many to be held.
    """

    names: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()
    kinds: tuple[frozenset[Scalar], ...] = ()
    rows: tuple[Row, ...] | None = ()


def look_through(where: str, rows: Iterator[Row]) -> Sheet:
    """What is in `rows`, of which the first has the names.

    Raises:
        LandingError: a cell cannot be kept as it is; `where` is what the sheet is called then.
    """
    head = next(rows, None)
    if head is None:
        return Sheet()
    looking = _Looking(*head)
    for number, row in rows:
        looking.add(number, row)
    looking.refuse_faults(where)
    return looking.sheet()


class _Looking:
    """A sheet while it is looked through."""

    def __init__(self, number: int, head: dict[int, Value]) -> None:
        self._head, self._last = head, max(head)
        self._kinds: dict[int, set[Scalar]] = {}
        self._rows: list[Row] | None = []
        self._cells = self._fault_count = 0
        self._faults: list[str] = []
        self._note_faults(number, head)

    def add(self, number: int, row: dict[int, Value]) -> None:
        """Look at a row."""
        self._note_faults(number, row)
        for position, cell in row.items():
            kind = _whole_kind(cell) if type(cell) is int else _KINDS[type(cell)]
            self._kinds.setdefault(position, set()).add(kind)
        self._cells += len(row) + 1
        if self._cells > _MOST_HELD_CELLS:
            self._rows = None
        if self._rows is not None:
            self._rows.append((number, row))

    def sheet(self) -> Sheet:
        """All of it, without columns that have neither a name nor a value, such as those left of a table."""
        names = unique_names(as_text(self._head.get(column)) or "" for column in range(1, self._last + 1))
        kept = [i for i in range(1, self._last + 1) if i in self._head or i in self._kinds]
        return Sheet(
            tuple(names[i - 1] for i in kept),
            tuple(kept),
            tuple(frozenset(self._kinds.get(i, ())) for i in kept),
            None if self._rows is None else tuple(self._rows),
        )

    def refuse_faults(self, where: str) -> None:
        """Refuse the sheet if a cell of it cannot be kept.

        Raises:
            LandingError: so it is.
        """
        if self._fault_count:
            more = self._fault_count - len(self._faults)
            raise LandingError(
                f"{where}: {'; '.join(self._faults)}{f'; and {more} more' if more else ''}",
                "Correct it in Excel, save it there, and land it again.",
            )

    def _note_faults(self, number: int, row: Mapping[int, Value]) -> None:
        for told in self._found(number, row):
            self._fault_count += 1
            if len(self._faults) < _SHOWN_FAULTS:
                self._faults.append(told)

    def _found(self, number: int, row: Mapping[int, Value]) -> Iterator[str]:
        for column, cell in row.items():
            if isinstance(cell, Fault):
                yield f"cell {cell_name(column, number)} {cell.reason}"
        if max(row) > self._last:
            for column in row:
                if column > self._last:
                    yield f"cell {cell_name(column, number)} stands right of the last column that has a name"


def type_of(kinds: Iterable[Scalar]) -> Scalar:
    """The type that holds cells of all these kinds."""
    found = set(kinds)
    return next((type_ for type_, held in _HELD.items() if found and found <= held), Scalar.VARCHAR)


def as_text(value: Value | None) -> str | None:
    """A cell as text: a number in the shortest form that is just it, a time as ISO 8601 has it, after a space."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)


def _whole_kind(number: int) -> Scalar:
    if abs(number) <= _MOST_EXACT:
        return Scalar.INTEGER
    return Scalar.BIGINT if -_MOST_STORED <= number < _MOST_STORED else Scalar.VARCHAR
