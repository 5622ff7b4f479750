"""Wall-clock times of things done in turn, so that whatever else the machine does falls on all of them alike."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def interleave(arms: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each arm in each round; every other round goes through them backwards."""
    seconds: dict[str, list[float]] = {name: [] for name in arms}
    for number in range(rounds):
        names = list(arms)[:: 1 if number % 2 == 0 else -1]
        for name in names:
            started = time.perf_counter()
            arms[name]()
            seconds[name].append(time.perf_counter() - started)
    return seconds


def ratio_figure(
    name: str,
    ours: Sequence[float],
    bare: Sequence[float],
    *,
    aim: float | None = None,
    limit: float | None = None,
    note: str = "",
) -> Figure:
    """`ours` to `bare`, round by round: the median of the ratios, and their extremes."""
    ratios = [mine / other for mine, other in zip(ours, bare, strict=True)]
    detail = f"{seconds_text(ours)} against {seconds_text(bare)}" + (f"; {note}" if note else "")
    return Figure(name, median(ratios), "x", min(ratios), max(ratios), aim, limit, detail)


def seconds_figure(
    name: str, seconds: Sequence[float], *, aim: float | None = None, note: str = ""
) -> Figure:
    """The median of `seconds`, and their extremes."""
    return Figure(name, median(seconds), "s", min(seconds), max(seconds), aim, detail=note)


def seconds_text(seconds: Sequence[float]) -> str:
    """`6.52 s (6.31-7.02)`: the median and the extremes."""
    return f"{median(seconds):.2f} s ({min(seconds):.2f}-{max(seconds):.2f})"
