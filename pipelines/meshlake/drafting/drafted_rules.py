"""The rules of a drafted contract: what held for every row that has landed, with slack for the days to come.

What a row could only be by mistake is an error and keeps the build from being published: a value far from all that
were, dates in the wrong order, half of the rows gone, a column that is empty or the same everywhere. What may be news
is a warning: the first value below 0, the first date that is yet to come, other shares, means and lengths, more nulls,
unknown categories, a day without rows, or unlike days before it (docs/adr/0048, 0078).
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from meshlake.discovery.names import is_identifier, is_spoken
from meshlake.drafting.daily_rules import event_day, of_column, of_rows, tomorrow, weekdays
from meshlake.drafting.observed import FEWEST_ROWS, STANDARD_ERRORS, repeated_share_sql
from meshlake.drafting.product_folder import Flow
from meshlake.names import name_words, quote_identifier, quote_literal
from meshlake.types.tree import INTEGERS, Decimal, Scalar, is_moment, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.drafting.observed import Described, Observed, Seen

_LEAST_ROWS_LEFT = 0.7
_SPANS = 2
_DEVIATIONS = 0.25
# What the order of adding up may change in a mean.
_FLOAT_ERRORS = 1e-9
_LEAST_SHARE_SLACK = 10.0
_LEAST_NULL_SLACK = 2.0
_NEW_VALUES_PERCENT = 0.5
_REPEATED_PERCENT = 0.5
_DENSE = 2
_NEARLY_UNIQUE = 0.9
_MOSTLY = 0.98
_CALENDAR_DAYS = 10
_YEAR = timedelta(days=366)
_CALENDAR_WORDS = (
    "month quarter week weekday day hour of iso no nr num number dow doy monat woche tag mes mois"
)
_CALENDAR = frozenset(_CALENDAR_WORDS.split())
_CLOSED_WORDS = (
    "yes/no y/n true/false t/f m/w m/f male/female man/woman on/off ja/nein oui/non si/no sì/no sí/no 0/1 "
    "active/inactive open/closed"
)
_CLOSED = frozenset(_CLOSED_WORDS.replace("/", " ").split(" "))


def table_rules(observed: Observed, late_after_days: int | None = None) -> list[dict[str, Any]]:
    """The rules of all rows together; a day without rows is late after so many days, if that is known."""
    if not observed.row_count:
        return []
    least = math.ceil(_LEAST_ROWS_LEFT * observed.row_count)
    rules: list[dict[str, Any]] = [Flow(name="has_rows", metric="rowCount", mustBeGreaterOrEqualTo=least)]
    if observed.repeated_share is not None and observed.row_count >= FEWEST_ROWS:
        most = _rounded(1.5 * observed.repeated_share + _REPEATED_PERCENT)
        if most < 100:
            query = repeated_share_sql(observed.compared)
            rules.append(_warning("repeated_rows", query, mustBeLessOrEqualTo=most))
    for first, second in observed.orders:
        one, other = quote_identifier(first), quote_identifier(second)
        query = f"SELECT count(*) FROM {{object}} WHERE {one} > {other}"
        rules.append(_error(f"{first}_before_{second}", query, mustBe=0))
    day = event_day(observed)
    return [*rules, of_rows(day, late_after_days)] if day else rules


def add_column_rules(
    facts: dict[str, Any], profile: Described, observed: Observed, *, day: str | None, is_key: bool
) -> None:
    """Add to `facts`, the property of a column, what its values were found to be like; by `day`, if rows have one."""
    seen = observed.columns.get(facts["name"])
    if seen is None or seen.present < FEWEST_ROWS:
        return
    is_counter = is_key or _is_counter(seen)
    if limits := _limits(seen, is_counter=is_counter):
        facts["logicalTypeOptions"] = Flow(limits | facts.get("logicalTypeOptions", {}))
    rules = [*_filled(seen, observed.row_count), *_of_kind(seen, profile, is_counter=is_counter)]
    if _never_below_zero(seen) and facts.get("logicalTypeOptions", {}).get("minimum") != 0:
        query = "SELECT count(*) FROM {object} WHERE {property} < 0"
        rules.append(_warning(f"{seen.column.name}_not_negative", query, mustBe=0))
    if not is_key:
        rules += _varied(seen, profile)
    if day:
        rules += of_column(seen, observed.row_count, day, has_mean=_has_mean(seen, is_counter=is_counter))
    if rules:
        kept = [_with_slack(rule, observed.row_count) for rule in facts.get("quality", ())]
        facts["quality"] = kept + rules


def _has_mean(seen: Seen, *, is_counter: bool) -> bool:
    return is_number(seen.column.type) and not is_counter and not _has_no_usual_mean(seen.column.name)


def _of_kind(seen: Seen, profile: Described, *, is_counter: bool) -> Iterator[dict[str, Any]]:
    kind = seen.column.type
    if _has_mean(seen, is_counter=is_counter):
        yield from mean_rules(seen, "mean", "{property}")
    elif kind is Scalar.BOOLEAN and seen.true_share is not None:
        yield _share(seen, "true", "{property}", seen.true_share)
    elif kind is Scalar.VARCHAR:
        yield from _of_text(seen, profile)
    elif is_moment(kind):
        yield from _of_moment(seen)


def _of_text(seen: Seen, profile: Described) -> Iterator[dict[str, Any]]:
    if seen.shape is not None and seen.distinct > 1:
        arguments = {"pattern": seen.shape}
        name = f"{seen.column.name}_form"
        yield Flow(name=name, metric="invalidValues", arguments=arguments, mustBe=0, severity="warning")
    if profile.values and not profile.personal and len(profile.values) > 1:
        value, count = profile.values[0]
        is_it = f"{{property}} = {quote_literal(value)}"
        yield _share(seen, "most_frequent", is_it, count / seen.present)
    else:
        yield from mean_rules(seen, "length", "length({property})")


def _of_moment(seen: Seen) -> Iterator[dict[str, Any]]:
    name, low, high = seen.column.name, seen.low, seen.high
    if not isinstance(low, date) or not isinstance(high, date):
        return
    if high <= tomorrow():
        query = "SELECT count(*) FROM {object} WHERE CAST({property} AS DATE) > current_date + INTERVAL 1 DAY"
        yield _warning(f"{name}_not_in_future", query, mustBe=0)
    days = (high - low).days + 1
    if days < _CALENDAR_DAYS:
        return
    day = "CAST({property} AS DATE)"
    if seen.day_count == days:
        span = f"date_diff('day', min({day}), max({day})) + 1"
        query = f"SELECT {span} - count(DISTINCT {day}) FROM {{object}}"
        yield _warning(f"{name}_every_day", query, mustBe=0)
    elif seen.day_count == seen.weekday_count == weekdays(low, high):
        each = f"SELECT DISTINCT {day} AS a_day FROM {{object}} WHERE {{property}} IS NOT NULL"
        gap = f"SELECT a_day, lag(a_day) OVER (ORDER BY a_day) AS before FROM ({each}) AS days"
        late = "date_diff('day', before, a_day) > CASE WHEN isodow(a_day) = 1 THEN 3 ELSE 1 END"
        query = f"SELECT count(*) FROM ({gap}) AS gaps WHERE {late}"
        yield _warning(f"{name}_every_weekday", query, mustBe=0)


def _limits(seen: Seen, *, is_counter: bool) -> dict[str, Any]:
    low, high, kind = seen.low, seen.high, seen.column.type
    if isinstance(low, date) and isinstance(high, date) and is_moment(kind):
        return _moment_limits(low, high, kind)
    if not is_number(kind) or not isinstance(low, int | float) or not isinstance(high, int | float):
        return {}
    limits: dict[str, Any] = {}
    if seen.distinct < 2 and low == 0:
        return {}
    slack = max(_SPANS * (high - low), abs(high), abs(low))
    # The first refund is news, no mistake: below 0 is only a warning (_never_below_zero) where it is not absurd.
    limits["minimum"] = 0 if low >= 0 and is_counter else -_outward(slack + abs(low), kind)
    if not is_counter:
        limits["maximum"] = _outward(high + slack, kind) if high + slack > 0 else 0
    return {key: value for key, value in limits.items() if _can_be(value, kind)}


def _never_below_zero(seen: Seen) -> bool:
    return is_number(seen.column.type) and isinstance(seen.low, int | float) and seen.low >= 0


def _moment_limits(low: date, high: date, kind: object) -> dict[str, Any]:
    at_midnight = "" if kind is Scalar.DATE else "T00:00:00Z" if kind is Scalar.TIMESTAMPTZ else "T00:00:00"
    span = max(high - low, _YEAR)
    limits = {}
    if low.toordinal() > span.days:
        limits["minimum"] = f"{low - span}{at_midnight}"
    if high > tomorrow() and high.toordinal() + 2 * span.days < date.max.toordinal():
        limits["maximum"] = f"{high + 2 * span}{at_midnight}"
    return limits


def _outward(value: float, kind: object) -> int | float:
    """`value`, which is above 0, with two digits, and not smaller."""
    digits = 1 - math.floor(math.log10(value)) if value else 0
    if kind in INTEGERS or value >= 10:
        step = int(10 ** max(-digits, 0))
        return int(math.ceil(value / step) * step)
    scale = min(max(digits, 0), kind.scale) if isinstance(kind, Decimal) else max(digits, 0)
    return float(round(math.ceil(value * 10**scale) / 10**scale, scale))


def _can_be(value: float, kind: object) -> bool:
    """Whether a column of type `kind` holds the bound: the others say nothing beyond their type."""
    if isinstance(kind, Decimal):
        return bool(abs(value) < 10 ** (kind.precision - kind.scale))
    bits = {Scalar.TINYINT: 7, Scalar.SMALLINT: 15, Scalar.INTEGER: 31, Scalar.BIGINT: 63}
    return not isinstance(kind, Scalar) or kind not in bits or bool(abs(value) < 2 ** bits[kind])


def _is_counter(seen: Seen) -> bool:
    """Whether a number only names its row, or counts on: it has no mean that stays, nor an end."""
    if not is_number(seen.column.type) or not isinstance(seen.low, int | float):
        return False
    if is_identifier(seen.column.name):
        return True
    span = float(seen.high or 0) - float(seen.low) + 1  # type: ignore[arg-type]
    is_unique = seen.distinct >= _NEARLY_UNIQUE * seen.present
    return seen.column.type in INTEGERS and is_unique and span <= _DENSE * seen.present


def _has_no_usual_mean(name: str) -> bool:
    """Whether a number so named stands for something, or for a part of the calendar, which goes on by itself."""
    words = set(name_words(name))
    return is_spoken(name) or "year" in words or words <= _CALENDAR


def _varied(seen: Seen, profile: Described) -> Iterator[dict[str, Any]]:
    """That a column is not empty, nor the same everywhere."""
    if seen.column.type is Scalar.BOOLEAN:
        share = seen.true_share or 0.0
        is_mixed = 1 - _MOSTLY < share < _MOSTLY
    else:
        top = profile.values[0][1] / seen.present if profile.values and seen.present else 0.0
        is_mixed = seen.distinct > 1 and top < _MOSTLY
    if is_mixed:
        query = "SELECT CASE WHEN min({property}) < max({property}) THEN 2 ELSE 1 END FROM {object}"
        yield _error(f"{seen.column.name}_varied", query, mustBe=2)
    elif not seen.column.is_required:
        query = "SELECT count({property}) FROM {object}"
        yield _error(f"{seen.column.name}_has_values", query, mustBeGreaterThan=0)


def _filled(seen: Seen, row_count: int) -> Iterator[dict[str, Any]]:
    """How many nulls there may be in a column that has some."""
    share = 1 - seen.present / row_count
    if seen.column.is_required or seen.present == 0:
        return
    slack = max(
        _LEAST_NULL_SLACK, 25 * share, 100 * STANDARD_ERRORS * math.sqrt(share * (1 - share) / row_count)
    )
    most = _rounded(100 * share + min(slack, 50 * (1 - share)))
    yield Flow(
        name=f"{seen.column.name}_filled",
        metric="nullValues",
        mustBeLessOrEqualTo=most,
        unit="percent",
        severity="warning",
    )


def mean_rules(seen: Seen, word: str, value: str) -> Iterator[dict[str, Any]]:
    """Between which the mean of `value` may be; none where there is no mean, or all values are the same."""
    if seen.mean is None or not seen.spread or not math.isfinite(seen.mean) or not math.isfinite(seen.spread):
        return
    slack = max(
        seen.spread * max(_DEVIATIONS, STANDARD_ERRORS / math.sqrt(seen.present)),
        _FLOAT_ERRORS * abs(seen.mean),
    )
    query = f"SELECT avg({value}) FROM {{object}}"
    yield _warning(f"{seen.column.name}_{word}", query, mustBeBetween=_around(seen.mean, slack))


def _share(seen: Seen, word: str, is_it: str, share: float) -> dict[str, Any]:
    """Of how many in a hundred values `is_it` may be true."""
    slack = max(_LEAST_SHARE_SLACK, 100 * STANDARD_ERRORS * math.sqrt(share * (1 - share) / seen.present))
    between = (max(0, _rounded(100 * share - slack)), min(100, _rounded(100 * share + slack)))
    hundreds = f"CASE WHEN {is_it} THEN 1e2 WHEN {{property}} IS NOT NULL THEN 0e0 END"
    query = f"SELECT avg({hundreds}) FROM {{object}}"
    return _warning(f"{seen.column.name}_{word}", query, mustBeBetween=between)


def _with_slack(rule: dict[str, Any], row_count: int) -> dict[str, Any]:
    """A list of known values leaves room for a new one, unless its words leave none: yes and no."""
    valid: Sequence[str] = rule.get("arguments", {}).get("validValues", ())
    if not valid or {value.strip().lower() for value in valid} <= _CLOSED:
        return rule
    most = _rounded(max(_NEW_VALUES_PERCENT, 150 / row_count))
    kept = {key: value for key, value in rule.items() if key not in {"mustBe", "severity"}}
    return kept | {"mustBeLessOrEqualTo": most, "unit": "percent", "severity": "warning"}


def _around(value: float, slack: float) -> tuple[float, float]:
    """`value` less and more `slack`, outward to two digits of the slack.

    >>> _around(202402.5, 0.43)
    (202402.07, 202402.93)
    """
    places = 1 - math.floor(math.log10(slack))
    step = 10.0**-places
    return round(math.floor((value - slack) / step) * step, places), round(
        math.ceil((value + slack) / step) * step, places
    )


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _error(name: str, query: str, **bound: object) -> dict[str, Any]:
    return {"name": name, "type": "sql", "query": query, **bound}


def _warning(name: str, query: str, **bound: object) -> dict[str, Any]:
    return _error(name, query, **bound) | {"severity": "warning"}
