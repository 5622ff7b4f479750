"""What drafted rules say of what was seen: bounds that hold for it, at whatever size of the numbers."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from meshlake.column import Column
from meshlake.drafting.daily_rules import weekdays
from meshlake.drafting.drafted_rules import add_column_rules, mean_rules, table_rules
from meshlake.drafting.observed import Observed, Seen
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping


def bounds(mean: float, spread: float, count: int) -> tuple[float, float]:
    """Between which the drafted rule wants a mean, of a column with such values."""
    seen = Seen(Column("n", Scalar.DOUBLE), count, 9, 0.0, 9.0, mean, spread)
    (rule,) = mean_rules(seen, "mean", "{property}")
    low, high = rule["mustBeBetween"]
    return low, high


def test_a_mean_far_from_zero_is_bounded_as_finely_as_one_next_to_it() -> None:
    """Months as 202401 were held to 202400.0 to 202400.0: their mean, of four digits."""
    assert bounds(202402.5, 1.72, 10_000) == (202402.07, 202402.93)


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(20, 10**9))
def test_a_mean_may_be_what_it_was(mean: float, spread: float, count: int) -> None:
    low, high = bounds(mean, spread, count)
    assert low <= mean <= high
    assert high - low >= max(0.499 * spread, 1e-9 * abs(mean))


def test_days_of_nine_weeks_with_enough_rows_are_drafted_to_be_as_usual() -> None:
    def drafted(row_count: int, day_count: int, days: Mapping[date, int] | None = None) -> list[object]:
        ends = date(2026, 1, 1), date(2026, 4, 9)
        found = [
            Seen(
                Column(name, Scalar.DATE),
                row_count,
                99,
                *ends,
                day_count=day_count,
                weekday_count=day_count * 5 // 7,
                days=days or {},
            )
            for name in ("paid", "ordered")
        ]
        seen = {each.column.name: each for each in found}
        rules = table_rules(Observed(row_count, seen, (("ordered", "paid"),)))
        return [rule["implementation"] for rule in rules if rule.get("engine") == "meshlake"]

    assert drafted(10_000, 99) == [{"asUsual": "rowCount", "day": "ordered"}]
    thin = {date(2026, 1, 1) + timedelta(days=n): 100 if n < 96 else 20 for n in range(98)}
    assert drafted(10_000, 99, thin) == []
    assert drafted(1_000, 99) == drafted(10_000, 50) == []


def test_a_part_of_the_calendar_is_not_drafted_to_have_its_usual_mean() -> None:
    """In December a month is far from what days before it had: each year's end was a warning."""

    def drafted(name: str) -> set[str]:
        seen = Seen(Column(name, Scalar.INTEGER), 10_000, 12, 1, 12, 6.5, 3.4)
        facts: dict[str, object] = {"name": name}
        profile = SimpleNamespace(values=(), personal=None)
        add_column_rules(facts, profile, Observed(10_000, {name: seen}), day="paid_on", is_key=False)
        return {rule["name"] for rule in facts["quality"] if "mean" in rule["name"]}

    assert drafted("month") == drafted("day_of_week") == drafted("week_no") == set()
    assert drafted("weeks") == {"weeks_mean", "weeks_mean_as_usual"}


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_weekdays_are_counted_as_one_would_day_by_day(low: date, more: int) -> None:
    days = [low + timedelta(days=n) for n in range(more + 1)]
    assert weekdays(low, days[-1]) == sum(day.isoweekday() < 6 for day in days)
