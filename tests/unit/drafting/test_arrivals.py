"""When rows are late is learnt from when files arrived, where many did; an outage teaches nothing."""

from __future__ import annotations

from datetime import date, timedelta

from meshlake.drafting.arrivals import longest_wait

DAYS = [date(2026, 3, 2) + timedelta(days=n) for n in range(28)]


def test_a_wait_is_as_long_as_the_longest_that_is_no_outage():
    assert longest_wait({day: day - timedelta(days=1) for day in DAYS}) == 2
    assert longest_wait({day: day for day in DAYS}) == 1
    weekly = {DAYS[0] + timedelta(weeks=n): DAYS[0] + timedelta(days=7 * n - 1) for n in range(15)}
    assert longest_wait(weekly) == 8
    assert longest_wait({day: day - timedelta(days=1) for day in DAYS if not 9 < day.day < 16}) == 2


def test_of_few_arrivals_nothing_is_known():
    assert longest_wait({}) is None
    assert longest_wait({day: day for day in DAYS[:13]}) is None
