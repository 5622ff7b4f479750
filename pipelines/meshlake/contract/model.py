"""What a contract says, in the platform's own few words: columns and the rules that hold for them.

`read.py` makes these from ODCS YAML; everything after it (write schema, audit, catalog, docs) reads only
these, so that one declaration drives them all. No I/O and no SQL here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from meshlake.column import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.column import Column
    from meshlake.names import ProductName


class RuleKind(StrEnum):
    """The kinds of rule a contract can state; `Rule.arguments` holds what each needs."""

    COLUMNS = "columns"  # names and types are exactly the contract's; arguments: {}
    REQUIRED = "required"  # column has no null
    UNIQUE = "unique"  # column has no value twice
    PRIMARY_KEY = "primary_key"  # arguments: columns; none null, no combination twice
    RANGE = "range"  # arguments: minimum, maximum, exclusiveMinimum, exclusiveMaximum (those given)
    LENGTH = "length"  # arguments: minLength, maxLength (those given)
    PATTERN = "pattern"  # arguments: pattern, which must be found by SQL regexp_matches
    FRESHNESS = "freshness"  # arguments: maximum_age_seconds; newest value of column against now
    NULL_VALUES = "nullValues"  # library metrics of ODCS; arguments: bounds, and what the metric takes
    MISSING_VALUES = "missingValues"
    INVALID_VALUES = "invalidValues"
    DUPLICATE_VALUES = "duplicateValues"
    ROW_COUNT = "rowCount"
    SQL = "sql"  # arguments: query (one number; {object} and {property} stand for table and column), bounds
    EXPECTATION = "expectation"  # arguments: type, kwargs: any Great Expectations expectation
    VIOLATING_ROWS = "violating_rows"  # arguments: query: checks/*.sql; every row it returns violates


@dataclass(frozen=True)
class Bounds:
    """What a measured number must satisfy; a `None` side is open. `unit` is `rows` or `percent`."""

    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    must_not_be: float | None = None
    must_not_be_between: tuple[float, float] | None = None
    unit: str = "rows"

    def __str__(self) -> str:
        """In words: `at least 1, at most 5 percent`."""
        words = {
            "at least": self.at_least,
            "at most": self.at_most,
            "above": self.above,
            "below": self.below,
            "other than": self.must_not_be,
        }
        parts = [f"{word} {value}" for word, value in words.items() if value is not None]
        if self.at_least is not None and self.at_least == self.at_most:
            parts[:2] = [f"{self.at_least}"]
        if self.must_not_be_between is not None:
            parts.append("not between {} and {}".format(*self.must_not_be_between))
        return ", ".join(parts) + (" percent" if self.unit == "percent" else "")

    @property
    def has_upper(self) -> bool:
        """Whether a value can be too large, so that what it counts are failures."""
        return self.at_most is not None or self.below is not None

    def is_met_by(self, value: float) -> bool:
        """Whether `value` lies within every bound given."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
            and (self.must_not_be is None or value != self.must_not_be)
            and (
                self.must_not_be_between is None
                or not self.must_not_be_between[0] <= value <= self.must_not_be_between[1]
            )
        )


@dataclass(frozen=True)
class Rule:
    """One check of a product. `name` is unique within it and is the name of its Dagster asset check.

    `is_day_by_day` is said of a query that finds the violating rows of a day in that day's rows alone.
    """

    name: str
    kind: RuleKind
    column: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    bounds: Bounds = Bounds(at_most=0)
    severity: Severity = Severity.ERROR
    description: str = ""
    dimension: str | None = None
    is_day_by_day: bool = False


@dataclass(frozen=True)
class ServiceLevels:
    """What the contract promises its consumers; `None` where it promises nothing."""

    query_p95_seconds: float | None = None
    retention_seconds: float | None = None
    freshness_seconds: float | None = None
    freshness_column: str | None = None
    schedule_cron: str | None = None


@dataclass(frozen=True)
class LandingDatabase:
    """Where a dataset lives that is a table of an operational database; the table is called as the dataset."""

    database: str | None
    schema: str


@dataclass(frozen=True)
class Contract:
    """A product's contract: who owns it, what its rows are, what holds for them."""

    name: ProductName
    version: str
    status: str
    title: str
    description: str
    grain: str
    owner: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    service_levels: ServiceLevels = ServiceLevels()
    tags: tuple[str, ...] = ()
    source: str | None = None
    landing_database: LandingDatabase | None = None
    row_filter: str | None = None
    is_deduplicated: bool = False
    lookback_days: int = 0

    @property
    def day_column(self) -> str | None:
        """The DATE column that the product is partitioned by, when it is; `read.py` lets no other partitioning pass."""
        return next((c.name for c in self.columns if c.partition_position is not None), None)

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The key columns in key order; empty when the contract names none."""
        keyed = [c for c in self.columns if c.primary_key_position is not None]
        return tuple(c.name for c in sorted(keyed, key=lambda c: c.primary_key_position or 0))

    def column(self, name: str) -> Column:
        """The column called `name`.

        Raises:
            KeyError: when there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
