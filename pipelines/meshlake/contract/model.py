"""What a contract says, in the platform's own few words: columns and the rules that hold for them.

`read.py` makes these from ODCS YAML; everything after it (write schema, audit, catalog, docs) reads only
these, so that one declaration drives them all. No I/O and no SQL here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from meshlake.column import Severity

if TYPE_CHECKING:
    from meshlake.column import Column
    from meshlake.errors import Fault
    from meshlake.names import ProductName
    from meshlake.rules.rule import Rule
    from meshlake.sources import Place


@dataclass(frozen=True)
class ServiceLevels:
    """What the contract promises its consumers; `None` where it promises nothing."""

    query_p95_seconds: float | None = None
    retention_seconds: float | None = None
    freshness_seconds: float | None = None
    freshness_column: str | None = None
    schedule_cron: str | None = None


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
    landing_place: Place | None = None
    row_filter: str | None = None
    is_deduplicated: bool = False
    lookback_days: int = 0
    max_unreadable_percent: float = 1.0
    # How much it weighs that newly landed files are not like those before: a severity, or off.
    landed_alike: str = Severity.WARNING.value
    snapshot_alike: str = Severity.WARNING.value
    # What it says and is not held to.
    notes: tuple[Fault, ...] = ()

    @classmethod
    def unread(cls, name: ProductName) -> Self:
        """That of a product whose contract cannot be read at all: it promises nothing."""
        return cls(name, "", "", str(name), "", "", "", (), ())

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
