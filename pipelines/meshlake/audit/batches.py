"""What rows that landed together are like: counts of each column, that of several batches add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import inf, nextafter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Of a column of more values each is none that is known by name.
MOST_VALUES = 60


@dataclass(frozen=True)
class ColumnCounts:
    """What one column of a batch is like.

    Args:
        kind: of what kind it landed (number, text ...); empty where nothing tells.
        present: rows with a value.
        bad: rows with a value that the contract's type does not have.
        distinct: how many values, about.
        low: the lowest value as a number, of a moment in days; None of what has no order.
        high: the highest.
        bins: rows in each range of `edges`, which end it.
        edges: the same for all batches.
        values: the rows of each value of a column of few.
    """

    kind: str
    present: int
    bad: int = 0
    distinct: int = 0
    low: float | None = None
    high: float | None = None
    bins: tuple[int, ...] = ()
    edges: tuple[float, ...] = ()
    values: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Batch:
    """Rows that came together, by a file or by a build.

    `unknown` are landed columns that the contract does not use, with their types; `at` is when a build made them, in
    seconds since 1970 UTC.
    """

    row_count: int
    unknown: Mapping[str, str]
    columns: Mapping[str, ColumnCounts]
    at: float = 0.0


def range_ends(tenths: Sequence[float]) -> tuple[float, ...]:
    """The `edges` of ranges by the lowest value, each tenth and the highest: one range is below, and one above all."""
    return tuple(sorted({nextafter(tenths[0], -inf), *map(float, tenths)}))


def merged(batches: Sequence[Batch]) -> Batch:
    """All their rows together."""
    names = {name: None for batch in batches for name in batch.columns}
    return Batch(
        sum(batch.row_count for batch in batches),
        {name: kind for batch in batches for name, kind in batch.unknown.items()},
        {name: together([b.columns[name] for b in batches if name in b.columns]) for name in names},
    )


def together(batches: Sequence[ColumnCounts]) -> ColumnCounts:
    """Those of one column in several batches."""
    lows = [each.low for each in batches if each.low is not None]
    highs = [each.high for each in batches if each.high is not None]
    edges = next((each.edges for each in batches if each.edges), ())
    bins = [each.bins for each in batches if each.edges == edges and each.bins]
    return ColumnCounts(
        next((each.kind for each in batches if each.kind), ""),
        sum(each.present for each in batches),
        sum(each.bad for each in batches),
        max((each.distinct for each in batches), default=0),
        min(lows, default=None),
        max(highs, default=None),
        tuple(sum(rows) for rows in zip(*bins, strict=True)),
        edges,
        _values(batches),
    )


def _values(batches: Sequence[ColumnCounts]) -> dict[str, int] | None:
    """The rows of each value; None where a batch has too many to be counted."""
    found = Counter[str]()
    for each in batches:
        if each.values is None and each.present:
            return None
        found.update(each.values or {})
    return dict(found)
