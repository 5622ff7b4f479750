"""How the rows that were found differ from those expected: only the rows that do, and of these the cells."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Row = dict[str, Any]
RELATIVE_TOLERANCE = 1e-9
_MOST_COLUMNS_TO_KNOW_A_ROW_BY = 4


@dataclass(frozen=True)
class ChangedRow:
    """A row that was found with other values in `columns`; `found` has all its columns."""

    expected: Row
    found: Row
    columns: tuple[str, ...]


@dataclass(frozen=True)
class RowDifferences:
    """What keeps rows from being those expected, in any order, in the columns expected; nothing when it is empty.

    Example:
        >>> found = compare([{"id": 1, "n": 2}, {"id": 3, "n": 4}], [{"id": 1, "n": 5}, {"id": 6, "n": 7}], ("id",))
        >>> print(found.text())
        2 of 2 rows expected differ; columns that differ: n
        changed: id 1
            n: expected 2, found 5
        missing: id 3, n 4
        unexpected: id 6, n 7
    """

    changed: tuple[ChangedRow, ...] = ()
    missing: tuple[Row, ...] = ()
    unexpected: tuple[Row, ...] = ()
    expected_count: int = 0
    key: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed or self.missing or self.unexpected)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in which rows differ."""
        return tuple(dict.fromkeys(column for row in self.changed for column in row.columns))

    def as_dict(self) -> dict[str, object]:
        """As JSON-able facts."""
        return {
            "columns": list(self.columns),
            "changed": [
                {"columns": list(row.columns), "expected": row.expected, "found": row.found}
                for row in self.changed
            ],
            "missing": list(self.missing),
            "unexpected": list(self.unexpected),
        }

    def text(self, width: int = 80) -> str:
        """In words, folded to `width`; empty when nothing differs."""
        return "\n".join(line for told in self._told() for line in _folded(told, width))

    def _told(self) -> Iterator[str]:
        if not self:
            return
        wrong = len(self.changed) + len(self.missing)
        rows = "row" if self.expected_count == 1 else "rows"
        of = f"{wrong} of {self.expected_count} {rows} expected differ{'s' if wrong == 1 else ''}"
        if not wrong:
            of = f"{self.expected_count} {rows} expected, and more found"
        yield of + (f"; columns that differ: {', '.join(self.columns)}" if self.columns else "")
        for row in self.changed:
            yield f"changed: {_cells(row.found, self._known_by(row))}".rstrip(": ")
            for column in row.columns:
                found = _shown(row.found[column]) if column in row.found else "no such column"
                yield f"    {column}: expected {_shown(row.expected[column])}, found {found}"
        for name, rows_told in (("missing", self.missing), ("unexpected", self.unexpected)):
            for each in rows_told:
                yield f"{name}: {_cells(each, list(each))}"

    def _known_by(self, row: ChangedRow) -> list[str]:
        """The columns by which a person knows the row: its key, else some that are as expected."""
        same = [column for column in row.expected if column not in row.columns]
        return [column for column in self.key if column in same] or same[:_MOST_COLUMNS_TO_KNOW_A_ROW_BY]


def compare(expected: Sequence[Row], found: Sequence[Row], key: Sequence[str] = ()) -> RowDifferences:
    """How `found` differs from `expected`, in any order, in the columns that each expected row names.

    Rows that differ are put together by the columns of `key` where they are named, else by how many cells are equal.
    """
    left, missing = list(found), []
    for row in expected:
        match = next((other for other in left if not _wrong(row, other)), None)
        if match is None:
            missing.append(row)
        else:
            left.remove(match)
    changed = []
    for row, other in _pairs(missing, left, key):
        changed.append(ChangedRow(row, other, _wrong(row, other)))
        missing.remove(row)
        left.remove(other)
    named = list(dict.fromkeys(column for row in expected for column in row))
    unexpected = [{column: row.get(column) for column in named or row} for row in left]
    return RowDifferences(tuple(changed), tuple(missing), tuple(unexpected), len(expected), tuple(key))


def _pairs(missing: Sequence[Row], left: Sequence[Row], key: Sequence[str]) -> list[tuple[Row, Row]]:
    """Rows expected and rows found that are most likely one row, each once, in the order of those expected."""
    candidates = sorted(
        (len(_wrong(row, other)), i, j)
        for i, row in enumerate(missing)
        for j, other in enumerate(left)
        if _is_one(row, other, key) or (len(missing) == len(left) == 1 and not _has_key(row, key))
    )
    chosen: dict[int, int] = {}
    for _, i, j in candidates:
        if i not in chosen and j not in chosen.values():
            chosen[i] = j
    return [(missing[i], left[j]) for i, j in sorted(chosen.items())]


def _is_one(expected: Row, found: Row, key: Sequence[str]) -> bool:
    """Whether two rows may be one: they have one key, or at least one equal cell where no key is known."""
    wrong = _wrong(expected, found)
    if _has_key(expected, key):
        return not set(key).intersection(wrong)
    return len(wrong) < len(expected)


def _has_key(expected: Row, key: Sequence[str]) -> bool:
    return bool(key) and all(column in expected for column in key)


def _wrong(expected: Row, found: Row) -> tuple[str, ...]:
    return tuple(
        name for name, value in expected.items() if name not in found or not _is_equal(value, found[name])
    )


def _is_equal(expected: Any, given: Any) -> bool:
    if isinstance(given, datetime):
        return isinstance(expected, date) and _moment(expected) == _moment(given)
    if isinstance(expected, bool) or isinstance(given, bool):
        return expected is given
    if isinstance(expected, int | float) and isinstance(given, int | float | Decimal):
        return math.isclose(expected, given, rel_tol=RELATIVE_TOLERANCE)
    return bool(expected == given)


def _moment(value: date) -> datetime:
    """A date is its midnight, and a time without a zone is in UTC, as the engine has it."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _cells(row: Mapping[str, Any], columns: Sequence[str]) -> str:
    return ", ".join(f"{column} {_shown(row.get(column))}" for column in columns)


def _shown(value: Any) -> str:
    """A value as a person tells it from others: texts in quotes, and what is not there as null."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | dict | list):
        return repr(value)
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)


def _folded(line: str, width: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True)
