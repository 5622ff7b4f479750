"""What is unusual of how many rows a snapshot has, and of how old its newest ones are."""

from __future__ import annotations

from datetime import date

import pytest

from meshlake.audit.batches import Batch, ColumnCounts
from meshlake.audit.history import newest_age, row_step

GROWING = [1000, 1010, 1021, 1030, 1040, 1049, 1060, 1071]
# Workdays of 1,000, weekends of 300, from a Thursday on.
WEEKLY = [1000, 1004, 300, 302, 990, 1000, 1010, 1001, 998]
DAY = date(2026, 11, 2).toordinal() - date(1970, 1, 1).toordinal()


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (GROWING, 1080, None),
        (GROWING, 1150, None),
        (GROWING, 900, "900 rows, before 1,071, 16 % fewer; builds before changed it by 1.1 % at most"),
        (GROWING, 2142, "2,142 rows, before 1,071, 100 % more; builds before changed it by 1.1 % at most"),
        (GROWING, 0, "0 rows, before 1,071, 100 % fewer; builds before changed it by 1.1 % at most"),
        (WEEKLY, 299, None),
        (WEEKLY, 60, "60 rows, before 998, 94 % fewer; builds before changed it by 3.3 times at most"),
        (GROWING[:7], 1, None),
        ([0] * 8, 500, "500 rows, before none; builds before changed it by 0.0 % at most"),
    ],
)
def test_a_step_is_unusual_where_none_before_was_half_as_far(before, now, told):
    assert row_step([*before, now]) == told


def built(day: int, newest: int) -> Batch:
    """At six in the morning."""
    end = float(DAY + newest)
    return Batch(10, {}, {"sold_on": ColumnCounts("", 10, high=end)}, (DAY + day) * 86_400.0 + 21_600)


@pytest.mark.parametrize(("newest", "told"), [(7, False), (6, True), (0, True)])
def test_the_newest_row_is_told_where_it_is_older_than_usual(newest, told):
    batches = [*(built(day, day - 1) for day in range(8)), built(8, newest)]
    found = newest_age(batches)
    assert (found is not None) is told
    if newest == 6:
        assert found == "sold_on ends 2.2 days before this build, in others 1.2 days at most"


def test_a_build_of_an_early_day_alone_says_nothing_of_the_newest():
    batches = [*(built(day, day - 1) for day in range(9)), built(9, 2)]
    assert newest_age(batches, is_of_days=False)
    assert newest_age([*batches[:-1], built(9, 8)], is_of_days=True) is None
    assert newest_age([*batches[:-1], built(8, 2)], is_of_days=True) is None
