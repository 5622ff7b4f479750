"""What a search found: each table that was looked at, and what they come to together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.boosting.evidence import Evidence
    from meshlake.boosting.hops import Source
    from meshlake.boosting.model_start import ModelStart
    from meshlake.boosting.paths import Path
    from meshlake.boosting.predicted import Predicted
    from meshlake.boosting.sources import Found
    from meshlake.drafting.product_folder import Drafted
    from meshlake.ml_assets.blocks.selection import Judged, Selection
    from meshlake.names import ProductName

UNDATED, SUSPECT, CANNOT, NOTHING = "undated", "suspect", "cannot be read", "nothing to count"
NOT_REACHED = "not reached"


@dataclass(frozen=True)
class Considered:
    """One table that was looked at: how it is joined, what was found of it, and why its columns were left out.

    `verdict` is one of `selection`'s, or that it is undated, suspect, cannot be read, has nothing to count, or was not
    reached; `judged` its gains, where it was tried. `columns` are the features that were tried, `features` those that
    stay, `withheld` the columns left out with the reason; `seconds` are the CPU seconds, of all threads, that making
    features took. `doubts` are those of `features` of which a reviewer is asked whether they were known then, with the
    reason.
    """

    path: str
    table: str
    verdict: str
    why: str = ""
    containment: float = 0.0
    judged: Judged | None = None
    found: Found | None = None
    columns: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    withheld: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    doubts: dict[str, str] = field(default_factory=dict)

    @property
    def known_at(self) -> str | None:
        """The columns that say from when on its rows are known, or that these are planned."""
        if self.found is None or self.found.source is None:
            return None
        moments = ", ".join(hop.known_at for hop in self.found.source.moments)
        planned = self.found.known.ahead if self.found.known.is_planned else ()
        return ", ".join(filter(None, (moments, *(f"{name} (planned)" for name in planned)))) or None

    @property
    def called(self) -> str:
        """What it is called without its path: the table, and whether its rows are of others."""
        source = self.found.source if self.found else None
        return f"{self.table} of others" if source and source.others else self.table

    @property
    def source(self) -> Source:
        """What its features are made of.

        Raises:
            ValueError: it has none.
        """
        if self.found is None or self.found.source is None:
            raise ValueError(f"{self.path} has no features")
        return self.found.source


def not_reached(path: Path, why: str) -> Considered:
    """What is told of a path before it is looked at, and why where it is not."""
    held = min(step.containment for step in path.steps)
    return Considered(path.told, path.table, NOT_REACHED, why=why, containment=held)


@dataclass(frozen=True)
class Boosted:
    """What a search found: all tables `considered`, the `selection` among them, and the products `drafted` of it.

    `predicted` is what its label is, `base` are its columns beside key, label and cut-off that are drafted with what is
    found, `excluded` those that are no features, with the reason. `periods` are the cut-offs of each period that rows
    were looked at by; `evidence` is what a reviewer asks to see, by the path of each table that is kept. `apart` are
    the tables that no join leads to. `start` is the model that the search is for, if it is for one, and `change` that
    of its file, a patch.
    """

    product: ProductName
    predicted: Predicted
    cutoff: str | None
    key: tuple[str, ...]
    base: tuple[str, ...]
    considered: tuple[Considered, ...]
    selection: Selection | None
    row_count: int
    seconds: float
    periods: Mapping[int, str] = field(default_factory=dict)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    excluded: Mapping[str, str] = field(default_factory=dict)
    apart: tuple[str, ...] = ()
    start: ModelStart | None = None
    drafted: tuple[Drafted, ...] = ()
    change: str = ""

    @property
    def label(self) -> str:
        """The column that is predicted."""
        return self.predicted.label

    @property
    def kept(self) -> list[Considered]:
        """The tables that make the model better."""
        return [each for each in self.considered if each.features]

    @property
    def tried(self) -> int:
        """How many tables were tried in models."""
        return sum(each.judged is not None and each.verdict != NOT_REACHED for each in self.considered)

    @property
    def last(self) -> str:
        """The rows that chose nothing, in words."""
        newest = max(self.periods, default=0)
        return f"the last cut-off ({self.periods[newest]})" if newest else "a quarter of the keys"
