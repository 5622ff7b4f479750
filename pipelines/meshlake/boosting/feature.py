"""A feature as SQL: what is counted of the rows of one thing that were known before a cut-off, and what is made of it.

Rows have `age_days`, from when they were known to the cut-off, and of one thing the newest `newest_age_days`; where no
date says when they were known, neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

AGE, NEWEST = "age_days", "newest_age_days"
DISTINCT = "DISTINCT"


@dataclass(frozen=True)
class Over:
    """What is counted of rows: `function` of the SQL `cell`, of the last `days`, the `after_days` newest of them left
    out, or of the newest day, where that is said.

    `COUNT` counts rows, or cells that are not null; `DISTINCT` counts different cells.
    """

    function: str
    cell: str = ""
    days: int | None = None
    is_newest: bool = False
    after_days: int | None = None

    @property
    def sql(self) -> str:
        """It as an aggregate over the rows of one thing and cut-off."""
        cell = self.cell
        if self.days is not None:
            later = "" if self.after_days is None else f" AND {AGE} > {self.after_days}"
            cell = f"CASE WHEN {AGE} <= {self.days}{later} THEN {cell or 1} END"
        elif self.is_newest:
            cell = f"CASE WHEN {AGE} = {NEWEST} THEN {cell} END"
        if self.function == DISTINCT:
            return f"COUNT(DISTINCT {cell})"
        return f"{self.function}({cell or '*'})"


@dataclass(frozen=True)
class Feature:
    """A column of the drafted product: what is counted (`over`) in a formula, `told` in words.

    `formula` has {0}, {1} for what is counted, and is SQL as it stands where nothing is. `is_count` is 0 where there
    are no rows; what `is_to_peers` is told as a multiple of its mean over all rows of the same cut-off.
    """

    name: str
    formula: str
    told: str
    over: tuple[Over, ...] = ()
    is_count: bool = False
    is_number: bool = True
    is_to_peers: bool = False

    @property
    def sql(self) -> str:
        """It over the rows of one thing and cut-off."""
        return self.said([each.sql for each in self.over])

    def said(self, counted: Sequence[str]) -> str:
        """The formula with SQL for what is counted."""
        return self.formula.format(*counted) if self.over else self.formula
