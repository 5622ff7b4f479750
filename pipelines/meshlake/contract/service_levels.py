"""Service levels of a contract: freshness, retention, schedule and the query time consumers can count on.

Properties this platform does not act on (availability, support, ...) stay documentation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.column import Column, Severity
from meshlake.contract.facts import FactError, rule_name
from meshlake.contract.model import Bounds, Rule, RuleKind, ServiceLevels
from meshlake.suggest import nearest

if TYPE_CHECKING:
    from open_data_contract_standard.model import ServiceLevelAgreementProperty

LEVELS = ("latency", "retention", "frequency", "queryResponseTime")
_SECONDS = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "week", "weeks"), 7 * 86_400),
    **dict.fromkeys(("y", "yr", "year", "years"), 365 * 86_400),
}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_CRON_FIELDS: tuple[tuple[str, int, int, list[str]], ...] = (
    ("minute", 0, 59, []),
    ("hour", 0, 23, []),
    ("day of month", 1, 31, []),
    ("month", 1, 12, ["", *_MONTHS]),
    ("day of week", 0, 7, _DAYS),
)
_CRON_PART = re.compile(r"(?:\*|(?P<low>\w+)(?:-(?P<high>\w+))?)(?:/(?P<step>\d+))?")
_TEMPORAL = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")


def read_level(
    item: ServiceLevelAgreementProperty, default_element: str | None, columns: tuple[Column, ...]
) -> tuple[dict[str, object], Rule | None]:
    """What one service level sets in `ServiceLevels`, and the rule it means (freshness only).

    Raises:
        FactError: for a mistyped property, and a value, unit, schedule or element that cannot be.
    """
    word = item.property or ""
    if word not in LEVELS:
        hint = nearest(word, LEVELS)
        if hint is not None:
            raise FactError("property", f"service level '{word}' is unknown", hint)
        return {}, None
    if word == "frequency":
        if item.unit != "cron":
            raise FactError(
                "unit", f"frequency has unit '{item.unit}', not cron", "Write value: '0 3 * * *', unit: cron."
            )
        return {"schedule_cron": check_cron(item.value)}, None
    seconds = _seconds(item)
    if word == "retention":
        return {"retention_seconds": seconds}, None
    if word == "queryResponseTime":
        return {"query_p95_seconds": seconds}, None
    column = _freshness_column(item.element or default_element, columns)
    rule = Rule(
        rule_name(f"{column}_freshness"),
        RuleKind.FRESHNESS,
        column,
        {"maximum_age_seconds": seconds},
        Bounds(at_most=seconds),
        # Keeping rows back would only make what readers see older still.
        Severity.WARNING,
        description=item.description or f"The newest {column} is at most {item.value} {item.unit} old",
        dimension="timeliness",
    )
    return {"freshness_seconds": seconds, "freshness_column": column}, rule


def service_levels(facts: dict[str, object]) -> ServiceLevels:
    """The service levels gathered by `read_level`."""
    return ServiceLevels(**facts)  # type: ignore[arg-type]


def check_cron(text: object) -> str:
    """`text`, when it is a five-field cron schedule.

    Raises:
        FactError: when it is not; the message names the field.
    """
    fields = str(text).split()
    hint = "Write minute, hour, day of month, month and day of week, for example '0 3 * * *'."
    if len(fields) != len(_CRON_FIELDS):
        raise FactError("value", f"cron '{text}' has {len(fields)} fields, not 5", hint)
    for field, (name, low, high, words) in zip(fields, _CRON_FIELDS, strict=True):
        for part in field.split(","):
            if not _is_cron_part(part, low, high, words):
                raise FactError("value", f"cron '{text}': '{part}' is not a {name}", hint)
    return " ".join(fields)


def _is_cron_part(part: str, low: int, high: int, words: list[str]) -> bool:
    match = _CRON_PART.fullmatch(part.lower())
    if match is None or match["step"] == "0":
        return False
    numbers = []
    for text in (match["low"], match["high"]):
        if text is not None:
            number = words.index(text) if text in words else int(text) if text.isdecimal() else -1
            if not low <= number <= high:
                return False
            numbers.append(number)
    return numbers == sorted(numbers)


def _seconds(item: ServiceLevelAgreementProperty) -> float:
    value, unit = item.value, item.unit
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise FactError("value", f"{item.property} {value!r} is not a duration", "Write value: 30, unit: d.")
    if unit not in _SECONDS:
        raise FactError("unit", f"unit '{unit}' is not a unit of time", "Use ms, s, min, h, d, w or y.")
    return value * _SECONDS[unit]


def _freshness_column(element: str | None, columns: tuple[Column, ...]) -> str:
    if not element:
        raise FactError(
            "property", "latency names no element to measure it on", "Add element: <product>.<column>."
        )
    name = element.rpartition(".")[2]
    column = next((c for c in columns if c.name == name), None)
    if column is None:
        raise FactError(
            "element", f"'{name}' is no column of the product", nearest(name, [c.name for c in columns])
        )
    if column.type not in _TEMPORAL:
        raise FactError("element", f"'{name}' is of type {column.type}, not a date or timestamp")
    return name
