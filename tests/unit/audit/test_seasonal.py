"""What is expected of a day follows its weekday, its day of the month and the trend, and no earlier anomaly."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from benchmarks.watching import FIRST_DAY, simulated

from meshlake.audit.seasonal import expected
from meshlake.rules.as_usual import FEWEST_DAYS

DAYS = [FIRST_DAY + timedelta(days=n) for n in range(365)]


@pytest.fixture(scope="module")
def rows() -> dict[date, float]:
    return simulated(7)


def test_of_less_than_nine_weeks_nothing_is_expected(rows):
    known = {day: rows[day] for day in DAYS[: FEWEST_DAYS - 1]}
    assert expected(known, DAYS[FEWEST_DAYS]) is None
    assert expected(rows, DAYS[FEWEST_DAYS]) is not None
    assert expected({}, FIRST_DAY) is None


def test_only_days_before_count(rows):
    before = {day: number for day, number in rows.items() if day < DAYS[200]}
    assert expected(rows, DAYS[200]) == expected(before, DAYS[200])


@pytest.mark.parametrize("day", [date(2025, 10, 4), date(2025, 10, 6), date(2025, 10, 1), date(2025, 9, 30)])
def test_weekends_workdays_and_billing_days_each_have_their_own(rows, day):
    found = expected(rows, day)
    assert found.has(rows[day])
    assert not found.has(rows[day] * 0.6)
    assert not found.has(rows[day] * 1.6)
    assert found.day_of_month == (day.day if day.day in {1, 30} else None)


def test_earlier_anomalies_move_nothing_much(rows):
    broken = rows | {DAYS[n]: 0.0 for n in range(180, 200, 3)}
    sound, found = expected(rows, DAYS[203]), expected(broken, DAYS[203])
    assert found.has(rows[DAYS[203]])
    assert not found.has(rows[DAYS[203]] * 0.6)
    assert found.low == pytest.approx(sound.low, rel=0.1)


def test_equal_numbers_leave_room_for_a_few_rows():
    found = expected(dict.fromkeys(DAYS[:90], 1000.0), DAYS[90])
    assert found.has(1000)
    assert found.has(1020)
    assert not found.has(900)


def test_days_that_never_have_rows_expect_none():
    history = {day: 0.0 if day.weekday() > 4 else 800.0 for day in DAYS[:100]}
    weekend = next(day for day in DAYS[100:] if day.weekday() == 5)
    workday = next(day for day in DAYS[100:] if day.weekday() == 2)
    assert expected(history, weekend).has(0)
    assert not expected(history, weekend).has(500)
    assert not expected(history, workday).has(0)


@pytest.mark.parametrize("then", [0.0, 3000.0])
@pytest.mark.parametrize(
    ("before", "holiday"),
    [
        (date(2024, 12, 25), date(2025, 12, 25)),
        (date(2024, 3, 29), date(2025, 4, 18)),  # Good Friday
        (date(2024, 5, 3), date(2025, 4, 18)),  # that of the East
        (date(2024, 11, 28), date(2025, 11, 27)),  # Thanksgiving, the fourth Thursday of November
    ],
)
def test_a_holiday_of_the_year_before_is_expected_and_no_other_day(before, holiday, then):
    """A day without business, or of much; the business grows by half in a year."""
    first = date(2024, 1, 1)
    days = [first + timedelta(days=n) for n in range(725)]
    history = {day: 1000.0 + (day - first).days * 1.4 + day.day % 3 for day in days}
    history[before] = then
    found = expected(history, holiday)
    assert found.has(then)
    assert found.has(history[holiday - timedelta(days=1)])
    assert found.days == f"{holiday:%A}s, or this day of years before,"
    assert not found.has(8000.0)
    assert not expected(history, holiday - timedelta(days=2)).has(then)
