"""What a rule asks an audit to find out: an aggregate, a query, the columns that there are, or an expectation.

Text only, in DuckDB's dialect. An aggregate is an expression over the audited rows, so that those of many rules travel
in one query; a query is a SELECT of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class ByDay:
    """Aggregates of the rows of each day, of those before the day `end`: `day` is an expression for a row's, `values`
    are one each. The days up to `last`, if given, are to have rows."""

    day: str
    end: date
    values: tuple[str, ...] = ()
    last: date | None = None


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
