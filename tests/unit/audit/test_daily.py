"""The newest day that is over is judged by days like it, and told in words, with the rows that show it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from meshlake.audit.daily import Day, judged
from meshlake.rules.measure import ByDay, DayMetric

# Thursday; days before it have 200 rows, on weekends 80, of which 10 have no amount, and 30 on average.
NEWEST = date(2026, 4, 9)
END = NEWEST + timedelta(days=3)
DAYS = {
    day: Day(rows, rows - 10, 30 + day.day % 3, 20.0)
    for day in (NEWEST - timedelta(days=n) for n in range(1, 100))
    for rows in (80 if day.weekday() > 4 else 200,)
}


def _told(metric: str, newest: dict[date, Day], last: date | None = None) -> list[str]:
    measure = ByDay("day", END, DayMetric(metric), "amount", "amount", last)
    return [each.told for each in judged(measure, DAYS | newest) if each.is_unusual]


@pytest.mark.parametrize("metric", ["rowCount", "nullValues", "mean"])
def test_a_day_like_others_is_none_to_tell(metric):
    assert _told(metric, {NEWEST: Day(201, 192, 30.5, 20.0)}) == []


@pytest.mark.parametrize(
    ("metric", "newest", "told"),
    [
        ("rowCount", Day(140), "140 rows on Thursday 2026-04-09; Thursdays have 190 to 210"),
        (
            "nullValues",
            Day(200, 150),
            "amount is null in 25 % of the rows on Thursday 2026-04-09; on Thursdays in at most 12.2 %",
        ),
        (
            "mean",
            Day(200, 190, 3000.0, 2000.0),
            "amount is 3,000 on average on Thursday 2026-04-09; on Thursdays ",
        ),
    ],
)
def test_a_day_unlike_others_is_told_in_words(metric, newest, told):
    (found,) = _told(metric, {NEWEST: newest})
    assert found.startswith(told)


def test_fewer_nulls_are_no_fault():
    assert _told("nullValues", {NEWEST: Day(200, 200)}) == []


def test_days_without_rows_are_told_between_others_and_where_rows_are_late():
    gone = {NEWEST - timedelta(days=1): Day(0), NEWEST: Day(200)}
    assert _told("rowCount", gone) == ["no rows on Wednesday 2026-04-08; Wednesdays have 190 to 210"]
    late = _told("rowCount", {NEWEST: Day(200)}, NEWEST + timedelta(days=2))
    assert [each.partition(";")[0] for each in late] == [
        "no rows on Friday 2026-04-10",
        "no rows on Saturday 2026-04-11",
    ]


def test_of_few_days_nothing_is_told():
    rows = ByDay("day", END)
    few = {day: each for day, each in DAYS.items() if day > NEWEST - timedelta(days=30)}
    (found,) = judged(rows, few | {NEWEST: Day(3)})
    assert not found.is_unusual
    assert found.told.endswith("too few days before it to compare with")
    assert judged(rows, {}) == []
