"""Landed cells that do not fit a contract, as they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.errors import LandingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.contract.model import Contract


@dataclass(frozen=True)
class BadCell:
    """A landed cell that cannot become what the contract says. `row` counts data rows of the file from 1; `value` is as
    it landed, `made` what transformLogic makes of it, where it makes something."""

    file: str
    row: int
    column: str
    value: str
    wanted_type: str
    made: str | None = None

    @property
    def told(self) -> str:
        """The cell, for people."""
        made = "" if self.made in {None, self.value} else f", of which transformLogic makes '{self.made}',"
        return f"{self.file}, row {self.row}, column {self.column}: '{self.value}'{made} is no {self.wanted_type}"


def bad_cells_error(
    contract: Contract,
    count: int,
    cells: Sequence[BadCell],
    kinds: Sequence[str] = (),
    remedies: Sequence[str] = (),
) -> LandingError:
    """`count` cells cannot be cast. `kinds` tell of many of them at once, `remedies` how to read those; of the others
    `cells` are the first."""
    shown = "".join(f"\n  {line}" for line in [*kinds, *(cell.told for cell in cells)])
    values = "1 value does not fit" if count == 1 else f"{count:,} values do not fit"
    hint = (
        "Correct them where they come from, convert them with transformLogic, or quarantine their rows: "
        "give the column the rule {metric: invalidValues, mustBe: 0, severity: warning}. "
        "Rows are counted from 1 below the header, in Excel from the top of the sheet."
    )
    written = "; ".join(remedies)
    return LandingError(
        f"{contract.name}: {values} the contract:{shown}",
        f"In the contract, {written}. {hint if cells else ''}".rstrip() if remedies else hint,
    )
