"""What a number a day is expected to be: by its level and trend, its weekday and its day of the month, all by medians.

A decomposition as STL makes it (Cleveland and others, 1990), of counts in logarithms, with medians in place of its
smoothers, so that earlier anomalies move nothing; what is left over is judged by its median absolute deviation
(Iglewicz and Hoaglin, 1993). Days of the month, which are seen seldom, count only where they stand clearly apart.
A day that stood apart a year before, as a holiday does, may do so again: what it was then is expected, too; of feasts
that move, the day that is as far from Easter, or the same weekday of the month as the second Sunday of May.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING, Any

from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

from meshlake.rules.as_usual import FEWEST_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST_DAYS = 400
_LEVEL_DAYS, _TREND_DAYS, _SPREAD_DAYS = 28, 56, 120
_WEEKDAYS = 16
# A holiday is looked for so many years back, beside days of its weekday in so many weeks before and after it.
_YEARS, _WEEKS_BESIDE = 3, 4
# Days from Easter Sunday: carnival, Holy Week to Easter Monday, Ascension, Whitsun, Corpus Christi, and Fridays after.
_FROM_EASTER = (*range(-52, -45), *range(-3, 2), 39, 40, 49, 50, 60, 61)
# More of a history is of no use.
REMEMBERED_DAYS = 366 * _YEARS + 7 * _WEEKS_BESIDE
# What the slope of the last weeks may be off by, a fortnight ahead, in squared deviations.
_SLOPE_ERROR = 0.02
_ROUNDS = 2
# In deviations: beyond the first a day of the month stands apart, beyond the second a number is told.
_APART, _TOLD = 3.0, 4.3
# Nothing is expected to be more regular than this, so that ever equal numbers allow for a few rows.
_LEAST_DEVIATION = 0.01
_MAD = 1.4826


@dataclass(frozen=True)
class Expected:
    """What a day's number most likely lies between, and the day of the month that it stands apart for, if it does.

    It `has_stood_apart` on a day of a year before that it may be the same feast as, so that both are expected: that it
    does again, or does not.
    """

    day: date
    low: float
    high: float
    day_of_month: int | None = None
    has_stood_apart: bool = False

    @property
    def days(self) -> str:
        """The days that are like it, in words.

        Example:
            >>> Expected(date(2026, 11, 27), 20.2, 30.9, 27).days
            'Fridays that are day 27 of a month'
        """
        of_month = f" that are day {self.day_of_month} of a month" if self.day_of_month is not None else ""
        before = ", or this day of years before," if self.has_stood_apart else ""
        return f"{self.day:%A}s{of_month}{before}"

    def has(self, number: float) -> bool:
        """Whether `number` is no anomaly."""
        return self.low <= number <= self.high


def expected(
    history: Mapping[date, float], day: date, *, is_count: bool = True, error: float = 0.0
) -> Expected | None:
    """What the days before `day` let expect of it; None of too few of them.

    Args:
        history: the number of each day.
        day: the day that is asked of.
        is_count: whether numbers are compared by their ratio, as counts are, or else by their difference.
        error: how far the day's number may be off by chance alone, in standard errors, where that is known.

    Example:
        >>> from datetime import date, timedelta
        >>> days = [date(2026, 1, 1) + timedelta(days=n) for n in range(90)]
        >>> history = {each: 50 if each.weekday() > 4 else 1000 for each in days}
        >>> saturday = expected(history, date(2026, 4, 4))
        >>> saturday.has(50), saturday.has(1000)
        (True, False)
    """
    import numpy as np

    first = day - timedelta(days=_MOST_DAYS)
    days = sorted(each for each in history if first <= each < day)
    if len(days) < FEWEST_DAYS:
        return None
    values = np.array([history[each] for each in days], dtype=float)
    if is_count:
        values = np.log1p(np.maximum(values, 0.0))
    least = _LEAST_DEVIATION * (1.0 if is_count else float(np.median(np.abs(values))))
    offsets = np.array([(each - day).days for each in days], dtype=float)
    weekdays = np.array([each.weekday() for each in days])
    by_weekday, by_day = np.zeros(7), _MonthDays({})
    monthly = np.zeros(len(days))
    for _ in range(_ROUNDS):
        level = _level(offsets, values - by_weekday[weekdays] - monthly)
        left = values - level
        by_weekday = np.array([_median((left - monthly)[weekdays == each][-_WEEKDAYS:]) for each in range(7)])
        by_weekday -= np.median(by_weekday)
        by_day = _month_days(days, left - by_weekday[weekdays], least)
        monthly = np.array([by_day.effect(each) for each in days])
    rest = values - by_weekday[weekdays] - monthly
    left = (rest - _level(offsets, rest))[-_SPREAD_DAYS:]
    deviation = _deviation(left, least)
    centre = _ahead(offsets, rest) + float(by_weekday[day.weekday()]) + by_day.effect(day)
    same_weekday = min(int((weekdays == day.weekday()).sum()), _WEEKDAYS)
    # A median of n values is itself off by some 1.25 deviations by the root of n.
    fit = 1 + 1.57 / _LEVEL_DAYS + 1.57 / max(same_weekday, 1) + _SLOPE_ERROR
    reach = _TOLD * (max(fit * deviation**2, error**2) + by_day.deviation(day) ** 2) ** 0.5
    numbers = {each: float(np.log1p(max(n, 0.0))) if is_count else n for each, n in history.items()}
    apart = [
        end
        for then, difference in _years_before(numbers, day, by_day)
        if abs(difference) > _TOLD * deviation
        for end in (then, centre + difference - reach, centre + difference + reach)
    ]
    low, high = min([centre - reach, *apart]), max([centre + reach, *apart])
    if is_count:
        low, high = max(float(np.expm1(low)), 0.0), float(np.expm1(high))
    return Expected(day, low, high, by_day.apart(day), has_stood_apart=bool(apart))


def _years_before(
    numbers: Mapping[date, float], day: date, by_day: _MonthDays
) -> Iterator[tuple[float, float]]:
    """The number of this day of each year before, and by how much it differed from its weekday's around it."""
    for then in chain.from_iterable(_same_days(day, day.year - years) for years in range(1, _YEARS + 1)):
        weeks = (then + timedelta(weeks=n) for n in range(-_WEEKS_BESIDE, _WEEKS_BESIDE + 1) if n)
        others = [numbers[each] - by_day.effect(each) for each in weeks if each in numbers]
        if then in numbers and len(others) >= _WEEKS_BESIDE:
            yield numbers[then], numbers[then] - by_day.effect(then) - median(others)


def _same_days(day: date, year: int) -> set[date]:
    """The days of `year` that may be the same feast."""
    found = {(day - timedelta(days=(day.month, day.day) == (2, 29))).replace(year=year)}
    for kind in (EASTER_WESTERN, EASTER_ORTHODOX):
        from_easter = day - easter(day.year, kind)
        if from_easter.days in _FROM_EASTER:
            found.add(easter(year, kind) + from_easter)
    first = day.replace(year=year, day=1)
    weekday = first + timedelta(days=(day.weekday() - first.weekday()) % 7)
    return found | {weekday + timedelta(weeks=(day.day - 1) // 7)}


@dataclass(frozen=True)
class _MonthDays:
    """The days of the month that stand apart, by how far and how surely; the last is -1, the one before it -2."""

    known: Mapping[int, tuple[float, float]]

    def _key(self, day: date) -> int | None:
        known = [key for key in _keys(day) if key in self.known]
        return min(known, key=lambda key: self.known[key][1], default=None)

    def effect(self, day: date) -> float:
        key = self._key(day)
        return 0.0 if key is None else self.known[key][0]

    def deviation(self, day: date) -> float:
        key = self._key(day)
        return 0.0 if key is None else self.known[key][1]

    def apart(self, day: date) -> int | None:
        return None if self._key(day) is None else day.day


@cache
def _keys(day: date) -> tuple[int, int]:
    """Its number from the begin of its month, and from the end where that is near."""
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day.day, (day - following).days


def _month_days(days: list[date], left: Any, least: float) -> _MonthDays:
    deviation = _deviation(left, least)
    seen: dict[int, list[float]] = {}
    for day, value in zip(days, left.tolist(), strict=True):
        begin, end = _keys(day)
        seen.setdefault(begin, []).append(value)
        if end >= -2:
            seen.setdefault(end, []).append(value)
    known = {}
    for key, values in seen.items():
        middle = median(values)
        spread = median(abs(value - middle) for value in values) * _MAD
        # The 30th is the last day of some months only: what comes and goes is no day of the month's own.
        if len(values) >= 2 and abs(middle) > max(_APART * deviation, 2 * spread):
            known[key] = (middle, max(spread, deviation) / len(values) ** 0.5)
    return _MonthDays(known)


def _deviation(values: Any, least: float) -> float:
    """How far values lie from their median, as of a normal distribution."""
    import numpy as np

    return max(float(np.median(np.abs(values - np.median(values)))) * _MAD, least)


def _median(values: Any) -> float:
    import numpy as np

    return float(np.median(values)) if len(values) else 0.0


def _level(offsets: Any, values: Any) -> Any:
    """The running median around each day, which follows a trend."""
    import numpy as np

    half = _LEVEL_DAYS // 2
    gap = np.full(half, np.nan)
    around = [
        np.lib.stride_tricks.sliding_window_view(np.concatenate([gap, each, gap]), 2 * half + 1)
        for each in (values, offsets)
    ]
    # At both ends a window leans to one side: its median is that of its middle, from where the slope leads on.
    return np.nanmedian(around[0], axis=1) + _slope(offsets, values) * (
        offsets - np.nanmean(around[1], axis=1)
    )


def _slope(offsets: Any, values: Any) -> float:
    """How much a day adds, by the median of all pairs that are a week or more apart (Theil and Sen)."""
    import numpy as np

    x, y = offsets[-_TREND_DAYS:], values[-_TREND_DAYS:]
    one, other = np.triu_indices(len(x), k=7)
    return float(np.median((y[other] - y[one]) / (x[other] - x[one])))


def _ahead(offsets: Any, values: Any) -> float:
    """The level of the day that is asked of, as its last weeks and their slope lead to it."""
    import numpy as np

    x, y = offsets[-_LEVEL_DAYS:], values[-_LEVEL_DAYS:]
    return float(np.median(y - _slope(offsets, values) * x))
