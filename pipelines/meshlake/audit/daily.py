"""Whether the newest day of a product is like days before it (`ByDay`): its rows, their nulls, a mean.

Only days that are over are judged, and those without a row between the last two that have some, or up to the day that
rows are late from. One query for all rules of a table counts them by day.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from meshlake.audit.numbers import MAX_SAMPLES, reason_of
from meshlake.audit.samples import jsonable
from meshlake.audit.seasonal import REMEMBERED_DAYS, Expected, expected
from meshlake.counting import counted
from meshlake.errors import BuildError
from meshlake.rules.measure import ByDay, DayMetric
from meshlake.rules.result import CheckResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from meshlake.engines.relation import AuditRelation
    from meshlake.rules.rule import Rule

_TOGETHER = 100
_SHOWN_DIGITS = 3
# Of a hundred rows: fewer nulls more than usual are not worth telling.
_LEAST_POINTS = 1.0
_TOO_FEW = "too few days before it to compare with"


class Day(NamedTuple):
    """The rows of a day; of a column how many have a value, their mean and standard deviation."""

    row_count: int
    present: int = 0
    mean: float | None = None
    spread: float | None = None


@dataclass(frozen=True)
class Judged:
    """A day with its number, what was to be expected of it, and both in words."""

    day: date
    number: float
    expected: Expected | None
    told: str
    is_unusual: bool


def check_daily(relation: AuditRelation, stated: Sequence[tuple[Rule, ByDay]]) -> dict[str, CheckResult]:
    """What is found of every rule, by its name.

    Raises:
        MeshError: the engine itself failed.
    """
    results: dict[str, CheckResult] = {}
    for day in dict.fromkeys((measure.day, measure.end) for _, measure in stated):
        alike = [(rule, measure) for rule, measure in stated if (measure.day, measure.end) == day]
        for first in range(0, len(alike), _TOGETHER):
            results |= _checked(relation, alike[first : first + _TOGETHER])
    return results


def _checked(relation: AuditRelation, stated: Sequence[tuple[Rule, ByDay]]) -> dict[str, CheckResult]:
    started = time.perf_counter()
    one = stated[0][1]
    values = list(dict.fromkeys(value for _, measure in stated for value in measure.aggregates))
    listed = ", ".join([f"{one.day} AS a_day", "count(*)", *values])
    query = (
        f"SELECT {listed} FROM {relation.table} WHERE {one.day} < DATE '{one.end}' "
        f"GROUP BY {one.day} ORDER BY 1 DESC LIMIT {REMEMBERED_DAYS}"
    )
    try:
        rows: list[Any] = relation.answer(query)
    except BuildError as error:
        told, seconds = reason_of(relation, error), time.perf_counter() - started
        return {rule.name: CheckResult(rule, False, None, told, seconds=seconds) for rule, _ in stated}
    seconds = time.perf_counter() - started
    results = {}
    for rule, measure in stated:
        places = [2 + values.index(value) for value in measure.aggregates]
        days = {row[0]: Day(row[1], *(row[place] for place in places)) for row in rows}
        results[rule.name] = _result(relation, rule, measure, judged(measure, days), seconds)
    return results


def _result(
    relation: AuditRelation, rule: Rule, measure: ByDay, found: Sequence[Judged], seconds: float
) -> CheckResult:
    if not found:
        return CheckResult(rule, True, None, "no day that is over has rows", seconds=seconds)
    unusual = [each for each in found if each.is_unusual]
    told = "; ".join(each.told for each in unusual or found[-1:])
    observed = (unusual or found)[-1].number
    find = measure.failing_sql(relation.table, unusual[-1].day) if unusual else None
    rows = relation.rows(find, MAX_SAMPLES) if find else ()
    samples = tuple(jsonable(row) for row in rows)
    count = relation.count(find) if find else None
    return CheckResult(rule, not unusual, observed, told, count, samples, find, seconds)


def judged(measure: ByDay, days: Mapping[date, Day]) -> list[Judged]:
    """The days of `days` that are to be judged, the newest last."""
    if not days:
        return []
    if measure.metric is DayMetric.ROWS:
        return _judged_rows(days, measure.last)
    newest = max(days)
    judge = _judged_nulls if measure.metric is DayMetric.NULLS else _judged_mean
    found = judge(measure.name, {day: each for day, each in days.items() if each.row_count}, newest)
    return [found] if found else []


def _judged_rows(days: Mapping[date, Day], last: date | None) -> list[Judged]:
    newest = max(days)
    end = max(newest, last) if last else newest
    numbers = {day: float(days[day].row_count if day in days else 0) for day in _days(min(days), end)}
    gap = takewhile(
        lambda day: not numbers[day], (newest - timedelta(days=n) for n in range(1, len(numbers)))
    )
    asked = sorted([*gap, newest, *_days(newest + timedelta(days=1), end)])
    return [told_rows(day, int(numbers[day]), expected(numbers, day)) for day in asked]


def told_rows(day: date, row_count: int, found: Expected | None) -> Judged:
    """The rows of a day: `4,210 rows on Friday 2026-11-27; Fridays have 9,800 to 11,200`."""
    told = f"{counted(row_count, 'row') if row_count else 'no rows'} on {day:%A %Y-%m-%d}"
    if found is None:
        return Judged(day, row_count, None, f"{told}; {_TOO_FEW}", False)
    low, high = _rounded(found.low, floor, 1.0), _rounded(found.high, ceil, 1.0)
    told += f"; {found.days} have {low:,.0f} to {high:,.0f}"
    return Judged(day, row_count, found, told, not found.has(row_count))


def _judged_nulls(column: str, days: Mapping[date, Day], day: date) -> Judged:
    """Fewer nulls than usual are no fault."""
    shares = {each: 100 * (1 - found.present / found.row_count) for each, found in days.items()}
    before = [found for each, found in days.items() if each < day]
    rows, present = sum(each.row_count for each in before), sum(each.present for each in before)
    usual = (rows - present + 1) / (rows + 2)
    error = 100 * sqrt(usual * (1 - usual) / days[day].row_count)
    found = expected(shares, day, is_count=False, error=error)
    told = f"{column} is null in {shares[day]:.3g} % of the rows on {day:%A %Y-%m-%d}"
    if found is None:
        return Judged(day, shares[day], None, f"{told}; {_TOO_FEW}", False)
    high = max(found.high, 100 * usual + _LEAST_POINTS)
    told += f"; on {found.days} in at most {min(high, 100.0):.3g} %"
    return Judged(day, shares[day], found, told, shares[day] > high)


def _judged_mean(column: str, days: Mapping[date, Day], day: date) -> Judged | None:
    means = {each: float(found.mean) for each, found in days.items() if found.mean is not None}
    if day not in means:
        return None
    now = days[day]
    error = float(now.spread or 0.0) / sqrt(now.present)
    found = expected(means, day, is_count=False, error=error)
    told = f"{column} is {_number(means[day])} on average on {day:%A %Y-%m-%d}"
    if found is None:
        return Judged(day, means[day], None, f"{told}; {_TOO_FEW}", False)
    low, high = _rounded(found.low, floor), _rounded(found.high, ceil)
    told += f"; on {found.days} {low:,.10g} to {high:,.10g}"
    return Judged(day, means[day], found, told, not found.has(means[day]))


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range(max((last - first).days + 1, 0)))


def _number(value: float) -> str:
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _rounded(value: float, how: Callable[[float], int], least: float = 0.0) -> float:
    """To three digits, outwards, or to so much."""
    before_point = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    unit = max(10.0 ** (before_point - _SHOWN_DIGITS), least)
    return how(value / unit) * unit
