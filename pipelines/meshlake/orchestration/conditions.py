"""When a product is built by itself, and by when it has to have been: what the contract promises, as Dagster has it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from meshlake.contract.model import ServiceLevels

_EVERY_HOUR = re.compile(r"\d+ \* \* \* \*")
_EVERY_DAY = re.compile(r"\d+ \d+ \* \* \*")
_EVERY_WEEK = re.compile(r"\d+ \d+ \* \* \w+")
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_SHORTEST = timedelta(minutes=1)  # that Dagster watches


def automation_condition(cron: str | None, *, reads_days: bool) -> dg.AutomationCondition[dg.AssetKey]:
    """Builds a product when what it reads has other rows than before, and by `cron`; its label says so in words.

    The asset's page has room for some 38 characters of it.
    """
    condition = dg.AutomationCondition
    eager = condition.eager()
    if reads_days:
        # A day without rows is no reason to wait.
        eager = eager.without(~condition.any_deps_missing())
    # What was looked at again and found unchanged is materialized with the data version that it had: no news.
    news: dg.AutomationCondition[Any] = condition.data_version_changed()
    news = news & ~condition.executed_with_root_target()
    changed: dg.AutomationCondition[Any] = eager.replace("newly_updated_without_root", news)
    # eager() does not look at blocking checks of what it reads.
    changed = changed & condition.all_deps_blocking_checks_passed()
    if cron is None:
        return changed.with_label("on changes of what it reads")
    # on_cron() would wait until all it reads is updated, which nothing watches of what is no file.
    due = condition.on_cron(cron).without(condition.all_deps_updated_since_cron(cron))
    due = due & condition.all_deps_blocking_checks_passed()
    return (changed | due).with_label(f"on changes, and cron {cron} (UTC)")


def freshness_policy(levels: ServiceLevels) -> dg.FreshnessPolicy | None:
    """What the contract promises of a product's age, as far as Dagster can watch it: by when it was last built.

    Rows of a product that was not built for longer than its latency are older than that. Of a `frequency` Dagster can
    watch what comes at equal intervals; of any other it would be alarmed at the first tick after a longer one.
    """
    latency = timedelta(seconds=levels.freshness_seconds or 0)
    if latency >= _SHORTEST:
        return dg.FreshnessPolicy.time_window(fail_window=latency)
    interval = _interval(levels.schedule_cron or "")
    return (
        dg.FreshnessPolicy.cron(levels.schedule_cron, interval) if levels.schedule_cron and interval else None
    )


def promised_times(levels: ServiceLevels) -> dict[str, str]:
    """The contract's `frequency` and `latency` in words, for the asset's page."""
    told = {}
    if levels.schedule_cron:
        told["frequency"] = f"cron {levels.schedule_cron} (UTC)"
    if levels.freshness_seconds:
        told["latency"] = (
            f"the newest {levels.freshness_column} is at most {in_words(levels.freshness_seconds)} old"
        )
    return told


def in_words(seconds: float) -> str:
    """A time as short as it can be told exactly, such as `36 h`."""
    size, unit = next(each for each in _UNITS if seconds % each[0] == 0 or each[0] == 1)
    return f"{seconds / size:g} {unit}"


def _interval(cron: str) -> timedelta | None:
    """The time between any two ticks of `cron`; `None` where it is not always the same."""
    for pattern, interval in (
        (_EVERY_HOUR, timedelta(hours=1)),
        (_EVERY_DAY, timedelta(days=1)),
        (_EVERY_WEEK, timedelta(weeks=1)),
    ):
        if pattern.fullmatch(cron):
            return interval
    return None
