"""What a contract promises of times, as Dagster has it."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import pytest

from meshlake.contract.model import ServiceLevels
from meshlake.orchestration.conditions import automation_condition, freshness_policy, promised_times

MONTH = 30 * 86_400.0


@pytest.mark.parametrize(
    ("cron", "interval"),
    [
        ("5 * * * *", timedelta(hours=1)),
        ("0 3 * * *", timedelta(days=1)),
        ("0 3 * * 1", timedelta(weeks=1)),
        ("0 3 * * sun", timedelta(weeks=1)),
    ],
)
def test_what_comes_at_equal_intervals_is_watched(cron, interval):
    assert freshness_policy(ServiceLevels(schedule_cron=cron)) == dg.FreshnessPolicy.cron(cron, interval)


@pytest.mark.parametrize("cron", ["0 3 * * 1-5", "0 3 1 * *", "0 8,20 * * *", "0 3 * * 1,4"])
def test_what_does_not_is_not_watched_since_it_would_alarm_in_vain(cron):
    assert freshness_policy(ServiceLevels(schedule_cron=cron)) is None


def test_a_latency_is_watched_by_the_time_of_the_last_build():
    levels = ServiceLevels(freshness_seconds=MONTH, freshness_column="at", schedule_cron="0 3 * * *")
    assert freshness_policy(levels) == dg.FreshnessPolicy.time_window(timedelta(days=30))
    # Dagster cannot watch what is shorter than a minute.
    assert freshness_policy(ServiceLevels(freshness_seconds=30.0, freshness_column="at")) is None


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        (ServiceLevels(), {}),
        (ServiceLevels(schedule_cron="0 3 * * *"), {"frequency": "cron 0 3 * * * (UTC)"}),
        (
            ServiceLevels(freshness_seconds=MONTH, freshness_column="at"),
            {"latency": "the newest at is at most 30 d old"},
        ),
        (
            ServiceLevels(freshness_seconds=5400.0, freshness_column="at"),
            {"latency": "the newest at is at most 90 min old"},
        ),
    ],
)
def test_both_are_told_in_words(levels, told):
    assert promised_times(levels) == told


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        (None, "on changes of what it reads"),
        ("0 3 * * *", "on changes, and cron 0 3 * * * (UTC)"),
    ],
)
def test_a_condition_says_in_words_when_a_product_is_built(cron, words):
    assert automation_condition(cron, reads_days=False).get_label() == words
