"""`python -m benchmarks.watching`: of simulated years, the honest days told as unusual, and the drops that are.

Each year has a trend, weekdays and weekends, billing peaks on two days of the month and at its end, and noise of 5 %.
Every day after the first nine weeks is judged by the days before it, as it is and with 30 % of its rows gone; so are
the nulls and the mean of a column, and days without rows.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp

from benchmarks.landed_days import tell_landed_days
from benchmarks.watched_columns import columns_year
from meshlake.audit.seasonal import expected
from meshlake.rules.as_usual import FEWEST_DAYS

FIRST_DAY = date(2025, 1, 1)
WEEK = (1.0, 1.05, 1.02, 1.1, 1.3, 0.5, 0.35)
PEAKS = {1: 2.5, 15: 1.8}
NOISE, DAY_S_GROWTH, DROP = 0.05, 0.0008, 0.3
LAST_DAY_S_PEAK = 1.5
MOST_FALSE_ALARMS, LEAST_CAUGHT = 1, 0.95


@dataclass(frozen=True)
class Year:
    """What became of one simulated year."""

    seed: int
    judged_days: int
    false_alarms: tuple[date, ...]
    caught_share: float

    @property
    def is_good(self) -> bool:
        """At most one false alarm, and nearly all drops caught."""
        return len(self.false_alarms) <= MOST_FALSE_ALARMS and self.caught_share >= LEAST_CAUGHT


def simulated(seed: int, noise: float = NOISE) -> dict[date, float]:
    """The rows of each of 365 days."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    base = chance.randint(500, 20_000)
    days = [FIRST_DAY + timedelta(days=n) for n in range(365)]
    rows = {}
    for n, day in enumerate(days):
        is_last = (day + timedelta(days=1)).day == 1
        peak = PEAKS.get(day.day, LAST_DAY_S_PEAK if is_last else 1.0)
        mean = base * WEEK[day.weekday()] * (1 + DAY_S_GROWTH * n) * peak
        rows[day] = float(round(mean * exp(chance.gauss(0, noise))))
    return rows


def judged(seed: int) -> Year:
    """One simulated year, each of its days judged twice."""
    rows = simulated(seed)
    days = sorted(rows)[FEWEST_DAYS:]
    false_alarms, caught = [], 0
    for day in days:
        found = expected(rows, day)
        if found is None:
            continue
        if not found.has(rows[day]):
            false_alarms.append(day)
        caught += not found.has(rows[day] * (1 - DROP))
    return Year(seed, len(days), tuple(false_alarms), caught / len(days))


def main() -> int:
    """Judge the years of some seeds; exit status 1 when one misses the aim."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=10)
    years, is_good = [], True
    for seed in range(parser.parse_args().years):
        years.append(judged(seed))
        told = ", ".join(map(str, years[-1].false_alarms)) or "none"
        columns = columns_year(seed, simulated(seed))
        is_good &= columns.is_good
        told_columns = "; ".join(f"{name} {share:.1%}" for name, share in columns.caught.items())
        print(
            f"columns of year {seed}: false alarms {columns.false_alarms}; caught {told_columns}", flush=True
        )
        print(
            f"year {seed}: false alarms {told}; {years[-1].caught_share:.1%} of drops by {DROP:.0%} caught",
            flush=True,
        )
    alarms = sum(len(year.false_alarms) for year in years)
    caught = sum(year.caught_share for year in years) / len(years)
    print(f"{len(years)} years: {alarms / len(years):.2f} false alarms a year, {caught:.1%} of drops caught")
    is_good &= all(year.is_good for year in years)
    return 0 if tell_landed_days(len(years)) and is_good else 1


if __name__ == "__main__":
    raise SystemExit(main())
