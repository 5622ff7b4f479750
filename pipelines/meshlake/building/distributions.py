"""How the values of a product's columns are distributed, counted by the engine in three queries, for a picture.

Keys, columns that the contract classifies and text of many values are left out: a picture tells the values of few.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from meshlake.names import quote_identifier
from meshlake.types.tree import INTEGERS, Scalar, is_moment, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from meshlake.column import Column
    from meshlake.contract.model import Contract
    from meshlake.engines.relation import AuditRelation

# What bounds the cost: beyond it, the rows that the engine comes upon first stand for all.
MAX_ROWS = 1_000_000
MAX_COLUMNS = 24
BARS = 12
MAX_CATEGORIES = 30
SHOWN_CATEGORIES = 6
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class Distribution:
    """Of one column, the rows per bar: of equal ranges from `low` to `high`, or of the `categories` met most."""

    column: str
    counts: tuple[int, ...]
    missing: int
    low: str = ""
    high: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Distributions:
    """Those of a product's columns, counted on `row_count` rows."""

    row_count: int
    columns: tuple[Distribution, ...]


def measure_distributions(relation: AuditRelation, contract: Contract) -> Distributions:
    """Count how the values of the columns of `relation` are distributed.

    Raises:
        MeshError: the engine cannot.
    """
    columns = [_Measured(column) for column in drawn_columns(contract)]
    source = f"(SELECT * FROM {relation.table} LIMIT {MAX_ROWS})"
    listed = [expression for column in columns for expression in column.extent]
    ((row_count, *facts),) = relation.answer(f"SELECT {', '.join(['count(*)', *listed])} FROM {source} AS r")
    for position, column in enumerate(columns):
        column.found = facts[3 * position : 3 * position + 3]
    told = [column for column in columns if column.is_told]
    counted: list[dict[Any, int]] = [{} for _ in told]
    for is_range in (True, False):  # what tells the bars is a number of the one kind, and text of the other
        selects = [c.counting(i, source) for i, c in enumerate(told) if c.is_range is is_range]
        for of, value, count in relation.answer("\nUNION ALL\n".join(selects)) if selects else ():
            counted[int(str(of))][value] = int(str(count))
    rows = int(str(row_count))
    return Distributions(rows, tuple(c.drawn(n, rows) for c, n in zip(told, counted, strict=True)))


def drawn_columns(contract: Contract) -> list[Column]:
    """The columns that may be drawn, at most `MAX_COLUMNS`."""
    key = contract.primary_key if len(contract.primary_key) == 1 else ()
    drawn = [
        column
        for column in contract.columns
        if column.name not in key
        and column.classification is None
        and (_is_range(column) or column.type in (Scalar.VARCHAR, Scalar.BOOLEAN))
    ]
    return drawn[:MAX_COLUMNS]


def _is_range(column: Column) -> bool:
    return is_number(column.type) or is_moment(column.type)


class _Measured:
    """One column on its way: what `extent` gives is `found`, by which its values are then counted."""

    def __init__(self, column: Column) -> None:
        self.name, self.type = column.name, column.type
        self.is_range = _is_range(column)
        self.found: Sequence[Any] = ()
        sql = quote_identifier(column.name)
        if is_moment(column.type):
            self.sql = f"CAST(epoch({sql}) AS DOUBLE) / {_SECONDS_PER_DAY}"
        else:
            self.sql = f"CAST({sql} AS DOUBLE)" if self.is_range else sql

    @property
    def extent(self) -> tuple[str, str, str]:
        """Three expressions: how many values there are, and the ends of the range or how many differ."""
        if not self.is_range:
            return f"count({self.sql})", f"approx_count_distinct({self.sql})", "0"
        # NaN and infinity have no place in a picture.
        finite = f"CASE WHEN {self.sql} BETWEEN -1e300 AND 1e300 THEN {self.sql} END"
        return f"count({self.sql})", f"min({finite})", f"max({finite})"

    @property
    def is_told(self) -> bool:
        """Whether there is anything to draw."""
        present, first, _ = self.found
        return bool(present) and first is not None and (self.is_range or first <= MAX_CATEGORIES)

    @property
    def _bars(self) -> tuple[int, float]:
        """How many, and how wide each is."""
        low, high = self.found[1:]
        if self.type in INTEGERS or self.type is Scalar.DATE:
            steps = high - low + 1
            return (int(steps), 1.0) if steps <= BARS else (BARS, (high - low) / BARS)
        return (BARS, (high - low) / BARS) if high > low else (1, 1.0)

    def counting(self, position: int, source: str) -> str:
        """A SELECT of `position`, each bar and its rows."""
        if not self.is_range:
            return (
                f"(SELECT {position} AS c, CAST({self.sql} AS VARCHAR) AS v, count(*) AS n FROM {source} AS r "
                f"WHERE {self.sql} IS NOT NULL GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT {SHOWN_CATEGORIES})"
            )
        low, high, width = (f"CAST('{n!r}' AS DOUBLE)" for n in (*self.found[1:], self._bars[1]))
        return (
            f"SELECT {position} AS c, floor(({self.sql} - {low}) / {width}) AS v, count(*) AS n FROM {source} AS r "
            f"WHERE {self.sql} BETWEEN {low} AND {high} GROUP BY 2"
        )

    def drawn(self, counted: Mapping[Any, int], row_count: int) -> Distribution:
        """What came of it."""
        missing = row_count - int(self.found[0])
        if not self.is_range:
            met = sorted(counted.items(), key=lambda item: (-item[1], str(item[0])))
            rows = tuple(count for _, count in met)
            return Distribution(self.name, rows, missing, categories=tuple(str(value) for value, _ in met))
        counts = [0] * self._bars[0]
        for bar, count in counted.items():
            counts[min(int(bar), len(counts) - 1)] += count  # the highest value ends the last one
        low, high = self._ends()
        return Distribution(self.name, tuple(counts), missing, low, high)

    def _ends(self) -> Iterator[str]:
        for end in self.found[1:]:
            if is_moment(self.type):
                yield f"{datetime.fromtimestamp(end * _SECONDS_PER_DAY, UTC):%Y-%m-%d}"
            else:
                yield f"{end:,.0f}" if self.type in INTEGERS else f"{end:,.6g}"
