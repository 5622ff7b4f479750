"""The tables on the way of a path, as SQL reads them, and what is made of the last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meshlake.counting import counted
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from meshlake.boosting.feature import Feature

LABELLED_ROWS = "{labelled}"


@dataclass(frozen=True)
class Hop:
    """A table on the way: `sql` is its name, `alias` what it is called, quoted.

    `on` joins it to what is before it, and to the ids asked for as `{asked}`. `moment` is its column that says from
    when on a row is known, None where nothing does; `period` is how long after it, such as `'1' MONTH`. `near` are the
    columns before it that it is joined by; `is_unique` says that no two of its rows are joined by the same.
    """

    sql: str
    alias: str
    on: str
    moment: str | None
    period: str = ""
    near: tuple[str, ...] = ()
    is_unique: bool = False

    @property
    def moment_sql(self) -> str:
        """From when on its rows are known."""
        return self.known_sql(f"{self.alias}.")

    @property
    def known_at(self) -> str:
        """The same in words."""
        number, _, unit = self.period.replace("'", "").partition(" ")
        return f"{self.moment} and {counted(int(number), unit.lower())}" if self.period else str(self.moment)

    def known_sql(self, prefix: str = "") -> str:
        """From when on a row is known, of columns with a `prefix`."""
        cell = f"{prefix}{quote_identifier(self.moment or '')}"
        return f"(CAST({cell} AS DATE) + INTERVAL {self.period})" if self.period else cell


@dataclass(frozen=True)
class Shared:
    """What others share with somebody: column `by` of the first hop, and of the rows of others, `whose` says whose each
    is."""

    by: str
    whose: str


@dataclass(frozen=True)
class Source:
    """The features of one path.

    `name` is that of its CTEs, `told` the path in words, `entity` the columns of the labelled product that it begins
    with. `cells` are the columns of its rows, by name, as SQL over the hops, with `{cutoff}` for the cut-off.
    `is_lookup` says that there is one row at most for each entity, `is_by_day` that rows are counted by day first. Of
    the rows of `others` the first hop says what is shared. All labelled rows are read as `{labelled}`, see `reading`.
    """

    name: str
    told: str
    entity: tuple[str, ...]
    hops: tuple[Hop, ...]
    cells: tuple[tuple[str, str], ...]
    features: tuple[Feature, ...]
    is_lookup: bool
    is_by_day: bool = False
    others: Shared | None = None

    @property
    def moments(self) -> list[Hop]:
        """The tables whose rows are known from a moment on; the age of a row is that of the last."""
        return [hop for hop in self.hops if hop.moment is not None]

    def reading(self, labelled: str) -> Source:
        """It with all labelled rows read from the relation `labelled`."""
        hops = tuple(replace(hop, sql=hop.sql.replace(LABELLED_ROWS, labelled)) for hop in self.hops)
        return replace(self, hops=hops)

    def joins(self, asked: str) -> list[str]:
        """Its tables, each joined to what is before it, from the ids of the relation `asked` on."""
        return [
            f"INNER JOIN {hop.sql} AS {hop.alias}\n    ON {hop.on.replace('{asked}', asked)}"
            for hop in self.hops
        ]
