"""Of simulated years, the honest days told as unlike days before in nulls or mean of a column, and the breaks that are.

Days have the rows of `watching`; on weekends amounts are higher and more of them missing, and the mean follows a trend.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from meshlake.audit.daily import Day, judged
from meshlake.rules.as_usual import FEWEST_DAYS
from meshlake.rules.measure import ByDay, DayMetric

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

MOST_FALSE_ALARMS, LEAST_CAUGHT = 1, 0.95
_WEEKEND_NULLS, _NULLS = 0.08, 0.04
_LEVEL, _SPREAD, _WEEKEND, _GROWTH = 20.0, 0.95, 1.15, 0.0005
BREAKS: dict[str, tuple[DayMetric, Callable[[Day], Day]]] = {
    "a tenth more nulls": (DayMetric.NULLS, lambda day: day._replace(present=round(day.present * 0.9))),
    "amounts 30 % lower": (DayMetric.MEAN, lambda day: day._replace(mean=(day.mean or 0) * 0.7)),
    "a day without rows": (DayMetric.ROWS, lambda _: Day(0)),
    "half of the rows late": (DayMetric.ROWS, lambda day: day._replace(row_count=day.row_count // 2)),
}


@dataclass(frozen=True)
class ColumnsYear:
    """What became of one simulated year: false alarms by number, and of each break the share that was told."""

    false_alarms: dict[str, int]
    caught: dict[str, float]

    @property
    def is_good(self) -> bool:
        """At most one false alarm of each number, and nearly all breaks caught."""
        is_quiet = max(self.false_alarms.values()) <= MOST_FALSE_ALARMS
        return is_quiet and min(self.caught.values()) >= LEAST_CAUGHT


def columns_year(seed: int, rows: Mapping[date, float]) -> ColumnsYear:
    """A year of days with so many `rows`, each judged as it is and with each of `BREAKS`."""
    days = _days(seed, rows)
    alarms, caught = Counter[str](), Counter[str]()
    asked = sorted(days)[FEWEST_DAYS:]
    for day in asked:
        before = {each: found for each, found in days.items() if each < day}
        for metric in (DayMetric.NULLS, DayMetric.MEAN):
            alarms[metric] += _is_told(metric, before | {day: days[day]})
        for name, (metric, broken) in BREAKS.items():
            caught[name] += _is_told(metric, before | {day: broken(days[day])})
    return ColumnsYear(
        {metric: alarms[metric] for metric in (DayMetric.NULLS, DayMetric.MEAN)},
        {name: caught[name] / len(asked) for name in BREAKS},
    )


def _is_told(metric: DayMetric, days: Mapping[date, Day]) -> bool:
    return judged(ByDay("day", max(days), metric, "amount", "amount"), days)[-1].is_unusual


def _days(seed: int, rows: Mapping[date, float]) -> dict[date, Day]:
    chance = random.Random(seed)  # noqa: S311 - a simulation
    made = {}
    for number, (day, count) in enumerate(sorted(rows.items())):
        is_weekend = day.weekday() > 4
        share = _WEEKEND_NULLS if is_weekend else _NULLS
        nulls = round(chance.gauss(share * count, (share * (1 - share) * count) ** 0.5))
        present = int(count) - max(nulls, 0)
        level = _LEVEL * exp(_GROWTH * number) * (_WEEKEND if is_weekend else 1)
        spread = level * _SPREAD
        made[day] = Day(int(count), present, chance.gauss(level, spread / present**0.5), spread)
    return made
