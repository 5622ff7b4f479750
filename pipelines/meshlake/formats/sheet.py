"""A sheet of a workbook, looked through once: its columns, what kinds of cells each has, and what cannot be kept.

Its rows are held where they are few. Of a sheet of more, whoever writes them reads them once more, some at a time, so
that memory does not grow with the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias

from meshlake.errors import LandingError
from meshlake.formats.cells import Fault, Hidden, cell_name, column_letters
from meshlake.formats.reader import unique_names
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
_LOOKED_AT_FOR_NAMES = 30
_SHOWN_CELLS, _SHOWN_CHARACTERS = 5, 60


@dataclass(frozen=True)
class Sheet:
    """The columns of a sheet: names, where each stands (from 1), what kinds of cells it has.

    `rows` are those below the names, each with its number; `None` where they are too many to be held. `above` are the
    rows above the names, such as a title, and `names_row` is the number of theirs. `unnamed` are the positions of
    columns without a name, `merged` the ranges of cells that are shown as one, `hidden` what Excel does not show,
    `empty_rows` the first of those that stand together between others.
    """

    names: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()
    kinds: tuple[frozenset[Scalar], ...] = ()
    rows: tuple[Row, ...] | None = ()
    above: tuple[Row, ...] = ()
    names_row: int = 0
    unnamed: tuple[int, ...] = ()
    merged: tuple[str, ...] = ()
    hidden: Hidden = field(default_factory=Hidden)
    empty_rows: tuple[int, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said of the table, for people."""
        told = (self._above_told, self._unnamed_told, self._gaps_told, self._merged_told, self._hidden_told)
        return tuple(filter(None, told))

    @property
    def _above_told(self) -> str:
        if not self.above:
            return ""
        texts = [as_text(cell) or "" for _, row in self.above for cell in row.values()]
        shown = _first(f"'{text[:_SHOWN_CHARACTERS]}'" for text in texts)
        return f"its names stand in row {self.names_row}; above it, and no part of it: {shown}"

    @property
    def _unnamed_told(self) -> str:
        by_position = dict(zip(self.positions, self.names, strict=True))
        told = _first(f"{column_letters(i)} is {by_position[i]}" for i in self.unnamed)
        if not self.names_row and told:
            return f"its first row is taken for values, since no text is in it; columns have no names: {told}"
        return f"columns have values and no name in row {self.names_row}: {told}" if told else ""

    @property
    def _gaps_told(self) -> str:
        between = range(self.positions[0], self.positions[-1]) if self.positions else ()
        told = _first(map(column_letters, sorted({*between}.difference(self.positions))))
        rows = _first(map(str, self.empty_rows))
        parts = [f"column {told}" if told else "", f"row {rows}" if rows else ""]
        empty = " and ".join(filter(None, parts))
        return f"empty, between others that may be tables of their own: {empty}" if empty else ""

    @property
    def _merged_told(self) -> str:
        told = _first(self.merged)
        return (
            f"merged cells hold their value in the first of them alone, as Excel has it: {told}"
            if told
            else ""
        )

    @property
    def _hidden_told(self) -> str:
        rows = _first(map(str, self.hidden.rows))
        held = sorted({i for span in self.hidden.columns for i in self.positions if i in span})
        columns = _first(map(column_letters, held))
        parts = ["the sheet" if self.hidden.is_sheet else "", f"row {rows}" if rows else ""]
        told = "; ".join(filter(None, [*parts, f"column {columns}" if columns else ""]))
        return f"hidden in Excel, and read: {told}" if told else ""


def _first(told: Iterable[str]) -> str:
    """Some of what is told, and how many more."""
    every = list(told)
    more = f" and {len(every) - _SHOWN_CELLS:,} more" if len(every) > _SHOWN_CELLS else ""
    return f"{', '.join(every[:_SHOWN_CELLS])}{more}"


def look_through(where: str, rows: Iterable[Row]) -> Sheet:
    """What is in `rows`, of which the first below a title has the names.

    Raises:
        LandingError: a name cannot be kept as it is; `where` is what the sheet is called then.
    """
    rows = iter(rows)
    first = list(islice(rows, _LOOKED_AT_FOR_NAMES))
    if not first:
        return Sheet()
    names = _names_position(first)
    number, head = first[names]
    if str not in map(type, head.values()):  # of values alone, as of a sheet without names
        names, number, head = -1, 0, {}
    if told := faults_told(number, head):
        raise LandingError(f"{where}: {told}", "Correct it in Excel, save it there, and land it again.")
    looking = _Looking(head)
    for below in chain(first[names + 1 :], rows):
        looking.add(below)
    return replace(looking.sheet(), above=tuple(first[: max(names, 0)]), names_row=number)


def _names_position(rows: Sequence[Row]) -> int:
    """Which of the first rows has the names: the first, but for titles and names of groups over all the others.

    Those fill at most half as many cells as most rows do, and below them stands a row of names, all of words.
    """
    counts = [len(row) for _, row in rows]
    usual = max(counts, key=lambda count: (counts.count(count), count))
    wide = next((place for place, count in enumerate(counts) if count * 2 > usual), 0)
    return wide if all(map(_is_word, rows[wide][1].values())) else 0


def _is_word(cell: Value) -> bool:
    return isinstance(cell, str) and any(map(str.isalpha, cell))


class _Looking:
    """A sheet while it is looked through."""

    def __init__(self, head: dict[int, Value]) -> None:
        self._head = head
        self._kinds: dict[int, set[Scalar]] = {}
        self._rows: list[Row] | None = []
        self._cells = 0
        self._last_row, self._gaps = 0, list[int]()

    def add(self, below: Row) -> None:
        """Look at a row; one that is kept aside has no part in what kinds of cells a column has."""
        number, row = below
        if self._last_row and number > self._last_row + 1:
            self._gaps.append(self._last_row + 1)
        self._last_row = number
        if not is_kept_aside(row):
            for position, cell in row.items():
                kind = _whole_kind(cell) if type(cell) is int else _KINDS[type(cell)]
                self._kinds.setdefault(position, set()).add(kind)
        self._cells += len(row) + 1
        if self._cells > _MOST_HELD_CELLS:
            self._rows = None
        if self._rows is not None:
            self._rows.append(below)

    def sheet(self) -> Sheet:
        """All of it, without columns that have neither a name nor a value, such as those left of a table."""
        last = max([*self._head, *self._kinds], default=0)
        names = unique_names(as_text(self._head.get(column)) or "" for column in range(1, last + 1))
        kept = [i for i in range(1, last + 1) if i in self._head or i in self._kinds]
        return Sheet(
            tuple(names[i - 1] for i in kept),
            tuple(kept),
            tuple(frozenset(self._kinds.get(i, ())) for i in kept),
            None if self._rows is None else tuple(self._rows),
            empty_rows=tuple(self._gaps),
            unnamed=tuple(i for i in kept if not (as_text(self._head.get(i)) or "").strip()),
        )


def is_kept_aside(row: Mapping[int, Value]) -> bool:
    """Whether a cell of the row cannot be kept as it is."""
    return Fault in map(type, row.values())


def faults_told(number: int, row: Mapping[int, Value]) -> str:
    """Which cells of a row cannot be kept, the first of them, and why; empty when all can."""
    told = [
        f"cell {cell_name(column, number)} {cell.reason}"
        for column, cell in row.items()
        if isinstance(cell, Fault)
    ]
    more = [f"and {len(told) - _SHOWN_FAULTS} more"] if len(told) > _SHOWN_FAULTS else []
    return "; ".join([*told[:_SHOWN_FAULTS], *more])


def row_text(row: Mapping[int, Value]) -> str:
    """A row as text, its cells one after the other, for people."""
    return ", ".join(as_text(row.get(column)) or "" for column in range(1, max(row) + 1))


def type_of(kinds: Iterable[Scalar]) -> Scalar:
    """The type that holds cells of all these kinds."""
    found = set(kinds)
    return next((type_ for type_, held in _HELD.items() if found and found <= held), Scalar.VARCHAR)


def as_text(value: Value | None) -> str | None:
    """A cell as text: a number in the shortest form that is just it, a time as ISO 8601 has it, after a space."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Fault):
        return "?"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)


def _whole_kind(number: int) -> Scalar:
    if abs(number) <= _MOST_EXACT:
        return Scalar.INTEGER
    return Scalar.BIGINT if -_MOST_STORED <= number < _MOST_STORED else Scalar.VARCHAR
