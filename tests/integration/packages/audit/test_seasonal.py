"""What is expected of a day follows its weekday, its day of the month and the trend, and no earlier anomaly."""

from __future__ import annotations

import pytest
from benchmarks.watching import judged


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_year_has_one_false_alarm_at_most_and_its_drops_are_caught(seed):
    year = judged(seed)
    assert year.judged_days > 300
    assert len(year.false_alarms) <= 1
    assert year.caught_share >= 0.95
