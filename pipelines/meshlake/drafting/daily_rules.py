"""The rules of a drafted contract that judge each new day by the days before it (docs/adr/0078)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from meshlake.audit.seasonal import expected
from meshlake.drafting.product_folder import Flow
from meshlake.rules.as_usual import ENGINE, FEWEST_DAYS
from meshlake.rules.measure import DayMetric

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from meshlake.drafting.observed import Observed, Seen

# Of fewer rows a day it is chance how many they are.
_ROWS_A_DAY, _MOST_WEEKDAYS = 20, 0.9
_WEEK, _WEEKDAYS = 7, 5


def of_rows(day: str, late_after_days: int | None) -> dict[str, Any]:
    """That a day, by that column, has as many rows as days like it, and none is late, if it is known when it is."""
    rule = _as_usual("rows_as_usual", DayMetric.ROWS, day)
    if late_after_days is not None:
        rule["implementation"]["lateAfterDays"] = late_after_days
    return rule


def of_column(seen: Seen, row_count: int, day: str, *, has_mean: bool) -> Iterator[dict[str, Any]]:
    """That on a day its nulls, and its mean where it `has_mean`, are as on days before."""
    if not seen.column.is_required and 0 < seen.present < row_count:
        yield _as_usual(f"{seen.column.name}_nulls_as_usual", DayMetric.NULLS, day)
    if has_mean and seen.spread:
        yield _as_usual(f"{seen.column.name}_mean_as_usual", DayMetric.MEAN, day)


def event_day(observed: Observed) -> str | None:
    """The column that says of which day each row is, where nearly all days, or workdays, of months have enough rows to
    be compared. None that comes after another, and none whose last days are thin: of what was just ordered not all is
    shipped, or promised for tomorrow."""
    later = {second for _, second in observed.orders}
    found = (name for name, seen in observed.columns.items() if _is_of_days(seen, observed.row_count))
    return next((name for name in found if name not in later), None)


def _is_of_days(seen: Seen, row_count: int) -> bool:
    if not isinstance(seen.low, date) or not isinstance(seen.high, date) or seen.present < row_count:
        return False
    is_dense = seen.weekday_count >= _MOST_WEEKDAYS * weekdays(seen.low, seen.high)
    is_known = seen.day_count >= FEWEST_DAYS and is_dense
    is_filled = row_count >= _ROWS_A_DAY * seen.day_count and not _is_thinning(seen.days)
    return is_known and seen.high <= tomorrow() and is_filled


def _is_thinning(days: Mapping[date, int]) -> bool:
    """Whether both of the last days have fewer rows than days before them let expect; one may be cut off."""
    rows = {day: float(count) for day, count in days.items()}
    found = [expected(rows, day) for day in sorted(rows)[-2:]]
    return all(each is not None and rows[each.day] < each.low for each in found) and bool(found)


def weekdays(low: date, high: date) -> int:
    """The days from Monday to Friday between two, which count."""
    weeks, rest = divmod((high - low).days + 1, _WEEK)
    return weeks * _WEEKDAYS + sum((low.weekday() + n) % _WEEK < _WEEKDAYS for n in range(rest))


def tomorrow() -> date:
    """The last day that a clock elsewhere may show."""
    return datetime.now(UTC).date() + timedelta(days=1)


def _as_usual(name: str, metric: DayMetric, day: str) -> dict[str, Any]:
    asked = Flow(asUsual=metric.value, day=day)
    return {"name": name, "type": "custom", "engine": ENGINE, "implementation": asked, "severity": "warning"}
