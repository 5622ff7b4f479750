"""How the values of a product's columns are distributed, counted by the engine in a few queries, for a picture.

Keys, columns that the contract classifies and text of many values are left out: a picture tells the values of few.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from meshlake.names import quote_identifier
from meshlake.types.tree import FLOATS, INTEGERS, Scalar, is_moment, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from meshlake.column import Column
    from meshlake.contract.model import Contract
    from meshlake.engines.relation import AuditRelation

# What bounds the cost: of more rows, the first ones that the engine comes upon stand for all.
MAX_ROWS = 1_000_000
FIRST_ROWS = 200_000
MAX_COLUMNS = 24
BARS = 12
MAX_CATEGORIES = 30
SHOWN_CATEGORIES = 6
_EXACT_IN_DOUBLES = 2**53
_SECONDS_PER_DAY = 86_400
_EPOCH = date(1970, 1, 1)
_FIRST_DAY, _LAST_DAY = (date.min - _EPOCH).days, (date.max - _EPOCH).days


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
    """Those of a product's columns, counted on `row_count` of `of_rows` rows."""

    row_count: int
    of_rows: int
    columns: tuple[Distribution, ...]


def measure_distributions(relation: AuditRelation, contract: Contract) -> Distributions:
    """Count how the values of the columns of `relation` are distributed.

    Raises:
        MeshError: the engine cannot.
    """
    columns = [_Measured(column) for column in drawn_columns(contract)]
    if not columns:
        return Distributions(0, 0, ())
    ((count,),) = relation.answer(f"SELECT count(*) FROM {relation.table}")
    of_rows = int(str(count))
    source, limited = relation.table, ""
    if of_rows > MAX_ROWS:
        # Read once: of a whole table Parquet answers in part without being read.
        names = ", ".join(column.quoted for column in columns)
        source, limited = "r", f"WITH r AS (SELECT {names} FROM {relation.table} LIMIT {FIRST_ROWS})\n"
    extents = ", ".join(expression for column in columns for expression in column.extent)
    (facts,) = relation.answer(f"{limited}SELECT {extents} FROM {source}")
    for position, column in enumerate(columns):
        column.found = facts[3 * position : 3 * position + 3]
    told = [column for column in columns if column.is_told]
    counted = _counted(relation, told, source, limited)
    row_count = FIRST_ROWS if limited else of_rows
    drawn = tuple(c.drawn(n, row_count) for c, n in zip(told, counted, strict=True))
    return Distributions(row_count, of_rows, drawn)


def _counted(
    relation: AuditRelation, columns: Sequence[_Measured], source: str, limited: str
) -> list[dict[Any, int]]:
    """Of each of `columns` the rows per bar; `limited` are the words that `source` is defined by, if it has to be."""
    counted: list[dict[Any, int]] = [{} for _ in columns]
    for is_range in (True, False):  # what tells the bars is a number of the one kind, and text of the other
        selects = [c.counting(i, source) for i, c in enumerate(columns) if c.is_range is is_range]
        for of, value, rows in relation.answer(limited + "\nUNION ALL\n".join(selects)) if selects else ():
            counted[int(str(of))][value] = int(str(rows))
    return counted


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
        self.quoted = quote_identifier(column.name)

    def _number(self, sql: str) -> str:
        """A value of the column as the number that it is drawn by, of a moment the days since 1970."""
        if is_moment(self.type):
            return f"CAST(epoch({sql}) AS DOUBLE) / {_SECONDS_PER_DAY}"
        return f"CAST({sql} AS DOUBLE)"

    @property
    def extent(self) -> tuple[str, str, str]:
        """Three expressions: how many values there are, and the ends of the range or how many differ."""
        value = self.quoted
        if not self.is_range:
            return f"count({value})", f"approx_count_distinct({value})", "0"
        if self.type in FLOATS:  # NaN and infinity have no place in a picture
            value = f"CASE WHEN {value} BETWEEN -1e300 AND 1e300 THEN {value} END"
        return f"count({self.quoted})", self._number(f"min({value})"), self._number(f"max({value})")

    @property
    def is_told(self) -> bool:
        """Whether there is anything to draw; dates of no calendar (DuckDB has infinite ones) are not."""
        present, *ends = self.found
        if not present or None in ends:
            return False
        if is_moment(self.type):
            return all(_FIRST_DAY <= end <= _LAST_DAY for end in ends)
        return self.is_range or ends[0] <= MAX_CATEGORIES

    @property
    def _bars(self) -> tuple[int, float]:
        """How many, and how wide each is."""
        low, high = self.found[1:]
        if self.type in INTEGERS or self.type is Scalar.DATE:
            steps = high - low + 1
            return (int(steps), 1.0) if steps <= BARS else (BARS, (high - low) / BARS)
        width = (high - low) / BARS
        return (BARS, width) if width > 0 else (1, 1.0)

    def counting(self, position: int, source: str) -> str:
        """A SELECT of `position`, each bar and its rows."""
        if not self.is_range:
            return (
                f"(SELECT {position} AS c, CAST({self.quoted} AS VARCHAR) AS v, count(*) AS n "
                f"FROM {source} WHERE {self.quoted} IS NOT NULL "
                f"GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT {SHOWN_CATEGORIES})"
            )
        number = self._number(self.quoted)
        low, high, width = (f"CAST('{n!r}' AS DOUBLE)" for n in (*self.found[1:], self._bars[1]))
        return (
            f"SELECT {position} AS c, floor(({number} - {low}) / {width}) AS v, count(*) AS n "
            f"FROM {source} WHERE {number} BETWEEN {low} AND {high} GROUP BY 2"
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
                yield (_EPOCH + timedelta(days=int(end // 1))).isoformat()
            else:
                is_exact = self.type in INTEGERS and abs(end) < _EXACT_IN_DOUBLES
                yield f"{end:,.0f}" if is_exact else f"{end:,.6g}"
