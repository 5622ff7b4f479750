"""Newly landed rows are told to differ where neither chance nor what batches before differ by accounts for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meshlake.audit.batches import Batch, ColumnCounts, merged
from meshlake.audit.shifts import shifts

EDGES = (0.0, 10.0, 20.0, 30.0)
PLANS = ColumnCounts("text", 100, distinct=3, values={"basic": 60, "plus": 35, "max": 5})
AMOUNTS = ColumnCounts("numbers", 100, 0, 90, 1.0, 39.0, (0, 40, 30, 20, 10), EDGES)


def batch(column: ColumnCounts, rows: int = 100, **unknown: str) -> Batch:
    return Batch(rows, unknown, {"c": column})


def told(new: Batch, *earlier: Batch) -> list[str]:
    return [shift.message for shift in shifts(new, earlier)]


def test_what_is_as_before_is_not_told():
    assert told(batch(PLANS), batch(PLANS)) == []
    assert told(batch(AMOUNTS), batch(AMOUNTS), batch(AMOUNTS)) == []


def test_columns_that_come_go_or_are_written_otherwise():
    assert told(batch(PLANS, tier="VARCHAR"), batch(PLANS)) == [
        "tier is new (VARCHAR), and not in the contract"
    ]
    assert told(Batch(100, {}, {}), batch(PLANS)) == ["c is missing"]
    assert told(Batch(3, {}, {}), batch(replace(PLANS, present=10))) == []  # three rows may well have none
    text = replace(AMOUNTS, kind="text")
    assert told(batch(text), batch(AMOUNTS)) == ["c is written as text, before as numbers"]
    assert told(batch(text), batch(AMOUNTS), batch(text)) == []


@pytest.mark.parametrize(("present", "is_told"), [(98, False), (93, False), (60, True)])
def test_more_rows_without_a_value(present, is_told):
    before = [batch(replace(AMOUNTS, present=n)) for n in (99, 97, 98)]
    found = told(batch(replace(AMOUNTS, present=present)), *before)
    assert found == (["c: 40.0% of the rows have no value, before 3 % at most"] if is_told else [])


def test_shares_that_go_up_and_down_may_go_up_a_little_further():
    before = [batch(replace(AMOUNTS, present=4 * n), 400) for n in (75, 90, 60, 80, 50, 95)]
    assert told(batch(replace(AMOUNTS, present=160), 400), *before) == []
    assert told(batch(replace(AMOUNTS, present=40), 400), *before) == [
        "c: 90.0% of the rows have no value, before 50 % at most"
    ]


def test_values_that_do_not_fit_are_told_apart_from_none():
    found = told(batch(replace(AMOUNTS, present=70, bad=30)), batch(AMOUNTS))
    assert found == ["c: 30.0% of the rows have a value that does not fit, before 0 % at most"]


@pytest.mark.parametrize(("count", "is_told"), [(1, False), (4, True)])
def test_a_new_value_is_told_where_chance_would_have_shown_it_before(count, is_told):
    values = {"basic": 60, "plus": 35, "max": 5 - count, "trial": count}
    found = told(batch(replace(PLANS, values=values)), *[batch(PLANS)] * 30)
    assert found == ([f"c: new value 'trial' in {count} of 100 rows"] if is_told else [])


def test_values_that_often_come_are_none_to_tell():
    months = [replace(PLANS, values={f"2026-{n:02}": 60, f"2026-{n - 1:02}": 40}) for n in range(2, 10)]
    assert told(batch(months[-1]), *map(batch, months[:-1])) == []


def test_far_from_all_before():
    far = replace(AMOUNTS, high=3900.0)
    (shift,) = shifts(batch(far), [batch(AMOUNTS)])
    assert shift.message == "c is from 1 to 3,900, before 1 to 39"
    assert shift.limits == (-189.0, 229.0)
    assert told(batch(replace(AMOUNTS, high=80.0)), batch(AMOUNTS)) == []


def test_numbers_that_count_on_are_not_far():
    first = replace(AMOUNTS, low=1.0, high=100.0)
    last = replace(AMOUNTS, low=101.0, high=900.0, bins=(0, 0, 0, 0, 100))
    assert told(batch(last), batch(first)) == []


def test_another_distribution_is_told_by_the_range_that_shows_it():
    other = replace(AMOUNTS, bins=(0, 5, 5, 20, 70))
    (found,) = told(batch(other), batch(AMOUNTS))
    assert found.startswith("c is distributed otherwise: 70 % of the values are above 30, before 10 %")


def test_days_that_differ_among_themselves_may_differ_again():
    weekend = replace(AMOUNTS, bins=(0, 5, 5, 20, 70))
    days = [batch(AMOUNTS)] * 5 + [batch(weekend)] * 2
    assert told(batch(weekend), *days) == []


def test_few_rows_tell_nothing():
    few = ColumnCounts("text", 10, distinct=1, values={"odd": 10})
    assert told(batch(few, 10), batch(PLANS)) == []


def test_what_says_of_which_day_a_file_is_has_no_distribution():
    days = [ColumnCounts("text", 100, distinct=1, values={day: 100}) for day in ("Mon", "Tue", "Wed", "Thu")]
    assert told(batch(days[3]), *map(batch, days[:3])) == []
    always = [batch(days[0])] * 3
    assert told(batch(days[1]), *always) == ["c: new value 'Tue' in 100 of 100 rows"]


def test_batches_are_merged_by_their_rows():
    both = merged([batch(PLANS), batch(replace(PLANS, present=40, values={"basic": 40}), 50)])
    assert both.row_count == 150
    assert both.columns["c"].values == {"basic": 100, "plus": 35, "max": 5}
