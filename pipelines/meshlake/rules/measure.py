"""What a rule asks an audit to find out: an aggregate, a query, the columns that there are, or an expectation.

Text only, in DuckDB's dialect. An aggregate is an expression over the audited rows, so that those of many rules travel
in one query; a query is a SELECT of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from meshlake.column import Column
    from meshlake.types.tree import Type


@dataclass(frozen=True)
class AuditedTable:
    """The rows a rule is measured on.

    `sql` is their quoted SQL name, `columns` are those of the contract, and ages are counted back from `now_seconds`,
    in seconds since 1970 UTC.
    """

    sql: str
    columns: tuple[Column, ...]
    now_seconds: float

    def type_of(self, name: str | None) -> Type:
        """The type that the contract gives the column called `name`.

        Raises:
            KeyError: it has no such column.
        """
        return self._types[name]

    @cached_property
    def _types(self) -> Mapping[str | None, Type]:
        return {column.name: column.type for column in self.columns}


@dataclass(frozen=True)
class Aggregate:
    """A number that an expression over the audited rows gives.

    It is that of the failing rows when `is_row_count`; else the rows of `failing_sql`, if any, have to be counted.
    """

    expression: str
    failing_sql: str | None = None
    is_row_count: bool = False


@dataclass(frozen=True)
class Query:
    """The one number that a SELECT gives; `failing_sql` and `is_row_count` are as those of an `Aggregate`.

    `expression` gives the same number over the audited rows, where one does.
    """

    select: str
    failing_sql: str | None = None
    is_row_count: bool = False
    expression: str | None = None


@dataclass(frozen=True)
class ActualColumns:
    """What `differences` finds wrong, in words, with the columns as they are: their types by name."""

    differences: Callable[[Mapping[str, Type]], Sequence[str]]


@dataclass(frozen=True)
class Expected:
    """An expectation of Great Expectations' own, which runs it."""

    type: str
    kwargs: Mapping[str, Any]


class DayMetric(StrEnum):
    """What is judged of a day: its rows, or of a column its nulls or its mean."""

    ROWS = "rowCount"
    NULLS = "nullValues"
    MEAN = "mean"


@dataclass(frozen=True)
class ByDay:
    """That the newest day is like days before it.

    `day` is an expression for the day of a row, of which those before `end` count; the days up to `last`, if given,
    are to have rows. `value` is an expression for what nulls or the mean are of, which is told as `name`.
    """

    day: str
    end: date
    metric: DayMetric = DayMetric.ROWS
    value: str = ""
    name: str = ""
    last: date | None = None

    @property
    def aggregates(self) -> tuple[str, ...]:
        """What is asked of each day beside the number of its rows."""
        if self.metric is DayMetric.ROWS:
            return ()
        count = f"count({self.value})"
        if self.metric is DayMetric.NULLS:
            return (count,)
        number = f"CAST({self.value} AS DOUBLE)"
        return count, f"avg({number})", f"stddev_samp({number})"

    def failing_sql(self, table: str, day: date) -> str | None:
        """The rows of a day that show what is unusual of it; None where it is their number."""
        if self.metric is DayMetric.ROWS:
            return None
        is_null = "IS NULL" if self.metric is DayMetric.NULLS else "IS NOT NULL"
        return f"SELECT * FROM {table} WHERE {self.day} = DATE '{day}' AND {self.value} {is_null}"


Measure = Aggregate | Query | ActualColumns | Expected | ByDay


def failing_rows(predicate: str, table: AuditedTable) -> Aggregate:
    """The number of rows for which `predicate` is true."""
    return Aggregate(
        count_where(predicate), f"SELECT * FROM {table.sql} WHERE {predicate}", is_row_count=True
    )


def count_where(predicate: str) -> str:
    """An expression for the number of rows for which `predicate` is true.

    Of many aggregates with a FILTER in one statement, DuckDB keeps for each what all of them read.
    """
    return f"count(CASE WHEN {predicate} THEN 1 END)"
