"""One row of the list of techniques: how it is tried here, where in Meshlake it lives, and what it showed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.techniques.data import Data

    Trial = Callable[[Data], "Shown"]

# Of techniques that no product of a mesh has a use for.
BENCHMARK_ONLY = "benchmark only"


@dataclass(frozen=True)
class Shown:
    """What a technique showed, in figures, and whether what the list asks of it `holds`: both computed in this run."""

    told: str
    holds: bool


@dataclass(frozen=True)
class Row:
    """`technique` as the list calls it, the module it lives in, and its trial."""

    technique: str
    where: str
    trial: Trial


class CannotRunError(Exception):
    """A technique cannot be tried here; the message says why."""


ROWS: dict[str, Row] = {}


def row(technique: str, where: str = BENCHMARK_ONLY) -> Callable[[Trial], Trial]:
    """Make a function the trial of `technique`, which lives in the module `where` of the package `meshlake`."""

    def remember(trial: Trial) -> Trial:
        if technique in ROWS:
            raise ValueError(f"'{technique}' is tried twice")
        ROWS[technique] = Row(technique, where, trial)
        return trial

    return remember
