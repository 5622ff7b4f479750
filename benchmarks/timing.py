"""Times of things done in turn, so that whatever else the machine does falls on all of them alike."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True)
class Times:
    """Seconds of one thing, round by round: by the clock, and of this process on all cores.

    The second tells what the first hides where other processes are busy; it knows nothing of waiting for the disk.
    """

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self, action: Callable[[], object]) -> None:
        """Do `action` once more."""
        wall, cpu = time.perf_counter(), time.process_time()
        action()
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(time.process_time() - cpu)


def interleave(arms: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """Times of each arm; every other round goes through them backwards."""
    times = {name: Times() for name in arms}
    for number in range(rounds):
        for name in list(arms)[:: 1 if number % 2 == 0 else -1]:
            times[name].measure(arms[name])
    return times


def ratio_figure(
    name: str,
    ours: Times,
    bare: Times,
    *,
    aim: float | None = None,
    limit: float | None = None,
    note: str = "",
) -> Figure:
    """`ours` to `bare` by the clock, round by round: the median of the ratios, and their extremes."""
    ratios = _ratios(ours.wall, bare.wall)
    detail = (
        f"{seconds_text(ours.wall)} against {seconds_text(bare.wall)}; "
        f"in CPU seconds {median(_ratios(ours.cpu, bare.cpu)):.2f} x"
    )
    detail += f"; {note}" if note else ""
    return Figure(name, median(ratios), "x", min(ratios), max(ratios), aim, limit, detail)


def seconds_figure(
    name: str, seconds: Sequence[float], *, aim: float | None = None, note: str = ""
) -> Figure:
    """The median of `seconds`, and their extremes."""
    return Figure(name, median(seconds), "s", min(seconds), max(seconds), aim, detail=note)


def seconds_text(seconds: Sequence[float]) -> str:
    """`6.52 s (6.31-7.02)`: the median and the extremes."""
    return f"{median(seconds):.2f} s ({min(seconds):.2f}-{max(seconds):.2f})"


def _ratios(ours: Sequence[float], bare: Sequence[float]) -> list[float]:
    return [mine / other for mine, other in zip(ours, bare, strict=True)]
