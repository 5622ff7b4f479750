"""Of simulated days of a shop's orders, which land as a file each, those told as unlike the days before them.

The shop has weekends (other plans, higher amounts, more of them missing), billing peaks, a trend, a rare plan, numbers
that count on, and columns that say of which day a file is. Each day after the first fortnight is judged as it is, and
once with each of `BREAKS`.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp
from typing import TYPE_CHECKING, Any

from meshlake.audit.batches import MOST_VALUES, Batch, ColumnCounts, range_ends
from meshlake.audit.shifts import shifts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FIRST_DAY, DAYS, LEARNT_DAYS, KEPT_DAYS = date(2025, 1, 1), 365, 14, 56
MOST_FALSE_ALARMS, LEAST_CAUGHT = 1, 0.95
_PLANS = ("basic", "plus", "max", "student", "family")
_WORKDAYS, _WEEKENDS = (50, 30, 15, 4, 1), (40, 30, 20, 8, 2)

Rows = dict[str, list[Any]]
BREAKS: dict[str, Callable[[Rows, random.Random], Rows]] = {
    "a fifth without amount": lambda rows, chance: _where(rows, "amount", chance, 0.2, lambda _: None),
    "amounts in cents": lambda rows, chance: _where(rows, "amount", chance, 1, lambda x: x and x * 100),
    "amounts doubled": lambda rows, chance: _where(rows, "amount", chance, 1, lambda x: x and x * 2),
    "a new plan in a tenth": lambda rows, chance: _where(rows, "plan", chance, 0.1, lambda _: "trial"),
    "all on one plan": lambda rows, chance: _where(rows, "plan", chance, 1, lambda _: "basic"),
    "minutes and amount swapped": lambda rows, _: (
        rows | {"amount": rows["minutes"], "minutes": rows["amount"]}
    ),
    "codes cut to four signs": lambda rows, chance: _where(rows, "code", chance, 1, lambda x: x[:4]),
}


@dataclass(frozen=True)
class Year:
    """What became of one simulated year: the honest days that were told, and of each break the share that was."""

    false_alarms: tuple[str, ...]
    caught: dict[str, float]


def tell_landed_days(years: int) -> bool:
    """Print what became of so many years, and say whether all of them are as they should be."""
    is_good = True
    for seed in range(years):
        year = judged(seed)
        caught = ", ".join(f"{name} {share:.1%}" for name, share in year.caught.items())
        print(f"files of year {seed}: {len(year.false_alarms)} honest days told; {caught}", flush=True)
        is_good &= len(year.false_alarms) <= MOST_FALSE_ALARMS
        is_good &= sum(year.caught.values()) / len(year.caught) >= LEAST_CAUGHT
    return is_good


def judged(seed: int, days: int = DAYS) -> Year:
    """One simulated year of files."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    scale = chance.randint(60, 1500)
    history: list[Batch] = []
    edges: dict[str, tuple[float, ...]] = {}
    alarms: list[str] = []
    caught = Counter[str]()
    for n in range(days):
        day = FIRST_DAY + timedelta(days=n)
        rows = _rows(day, n, scale, chance)
        batch = _batch(rows, edges)
        if n >= LEARNT_DAYS:
            alarms += [f"{day} {shift.message}" for shift in shifts(batch, history)]
            for name, broken in BREAKS.items():
                caught[name] += bool(shifts(_batch(broken(rows, chance), edges), history))
        history = [*history, batch][-KEPT_DAYS:]
    return Year(tuple(alarms), {name: caught[name] / (days - LEARNT_DAYS) for name in BREAKS})


def _rows(day: date, number: int, scale: int, chance: random.Random) -> Rows:
    is_weekend, is_peak = day.weekday() > 4, day.day in {1, 15}
    count = round(scale * (0.5 if is_weekend else 1) * (2 if is_peak else 1) * exp(chance.gauss(0, 0.05)))
    level = 3 + 0.0005 * number + (0.15 if is_weekend else 0) + (0.2 if is_peak else 0)
    nulls = 0.08 if is_weekend else 0.04
    return {
        "plan": chance.choices(_PLANS, _WEEKENDS if is_weekend else _WORKDAYS, k=count),
        "amount": [None if chance.random() < nulls else exp(chance.gauss(level, 0.8)) for _ in range(count)],
        "minutes": [chance.gammavariate(2, 30) for _ in range(count)],
        "order": [number * 10_000 + i for i in range(count)],
        "day": [day.toordinal()] * count,
        "weekday": [f"{day:%A}"] * count,
        "code": [f"C{chance.randint(1, 99_999):05}" for _ in range(count)],
    }


def _where(
    rows: Rows, column: str, chance: random.Random, share: float, change: Callable[[Any], Any]
) -> Rows:
    return rows | {column: [change(x) if chance.random() < share else x for x in rows[column]]}


def _batch(rows: Rows, edges: dict[str, tuple[float, ...]]) -> Batch:
    columns = {name: _counts(name, values, edges) for name, values in rows.items()}
    return Batch(len(rows["order"]), {}, columns)


def _counts(name: str, values: Sequence[Any], edges: dict[str, tuple[float, ...]]) -> ColumnCounts:
    """As the rows of files are counted in SQL."""
    present = [value for value in values if value is not None]
    distinct = len(set(present))
    numbers = sorted(len(each) if isinstance(each, str) else float(each) for each in present)
    tenths = [numbers[(len(numbers) - 1) * n // 10] for n in range(11)]
    ends = edges.setdefault(name, range_ends(tenths))
    bins = [0] * (len(ends) + 1)
    for number in numbers:
        bins[bisect_left(ends, number)] += 1
    found = ColumnCounts("text", len(present), 0, distinct, numbers[0], numbers[-1], tuple(bins), ends)
    if isinstance(present[0], str):
        named = Counter(present) if distinct <= 2 * MOST_VALUES else None
        return replace(found, low=None, high=None, values=named)
    return replace(found, kind="numbers")
