"""One measured figure, and whether it is as good as it was meant to be. Nothing is measured here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How a figure stands against its aim and its limit; only a missed limit is a failure."""

    MET = "aim met"
    WITHIN_LIMIT = "aim missed, within limit"
    AIM_MISSED = "aim missed"
    LIMIT_MISSED = "LIMIT MISSED"
    NONE = ""


@dataclass(frozen=True)
class Figure:
    """`value` of `unit` (the median of what was measured; `low` and `high` are its extremes); smaller is better
    wherever there is an aim."""

    name: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    aim: float | None = None
    limit: float | None = None
    detail: str = ""

    @property
    def verdict(self) -> Verdict:
        """The aim is met up to and including its value, and the limit likewise."""
        if self.aim is None and self.limit is None:
            return Verdict.NONE
        if self.limit is not None and self.value > self.limit:
            return Verdict.LIMIT_MISSED
        if self.aim is None or self.value <= self.aim:
            return Verdict.MET
        return Verdict.AIM_MISSED if self.limit is None else Verdict.WITHIN_LIMIT

    def as_dict(self) -> dict[str, Any]:
        """The figure as JSON can hold it."""
        return {**asdict(self), "verdict": self.verdict.value}
