"""Newly landed rows are told to differ where neither chance nor what batches before differ by accounts for it."""

from __future__ import annotations

from benchmarks.landed_days import judged


def test_honest_days_tell_nothing_and_breaks_are_told():
    year = judged(3, days=100)
    assert year.false_alarms == ()
    assert min(year.caught.values()) > 0.9
