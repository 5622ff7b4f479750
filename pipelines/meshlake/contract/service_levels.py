"""Service levels of a contract: retention, schedule, the query time consumers can count on, and those that are rules.

Properties this platform does not act on (availability, support, ...) stay documentation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.contract.model import ServiceLevels
from meshlake.rules.durations import read_seconds
from meshlake.rules.facts import FactError, MistypedError, UnheldError
from meshlake.rules.kinds import rule_levels, service_level_rule
from meshlake.suggest import mistyped, nearest

if TYPE_CHECKING:
    from open_data_contract_standard.model import ServiceLevelAgreementProperty

    from meshlake.column import Column
    from meshlake.rules.rule import Rule

LEVELS = {
    "retention": "retention_seconds",
    "frequency": "schedule_cron",
    "queryResponseTime": "query_p95_seconds",
}
# Other words for one of ours; and words of ODCS's that are near one of ours, and documentation.
_ALSO = {"freshness": "latency", "ly": "latency", "re": "retention", "fy": "frequency"}
_DOCUMENTATION = frozenset(
    (
        "availability",
        "generalAvailability",
        "throughput",
        "errorRate",
        "endOfSupport",
        "endOfLife",
        "responseTime",
    )
)
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


def read_level(
    item: ServiceLevelAgreementProperty, default_element: str | None, columns: tuple[Column, ...]
) -> tuple[dict[str, object], Rule | None]:
    """What one service level sets in `ServiceLevels`, and the rule it states, if any.

    Raises:
        FactError: for a mistyped property, and a value, unit, schedule or element that cannot be.
    """
    word = _ALSO.get(item.property or "", item.property or "")
    item = item.model_copy(update={"property": word})
    if word in _DOCUMENTATION:
        return {}, None
    if word not in (*LEVELS, *rule_levels()):
        known = (*LEVELS, *rule_levels())
        if (hint := nearest(word, known)) is not None:
            told = MistypedError if mistyped(word, known) else FactError
            raise told("property", f"service level '{word}' is unknown", hint)
        return {}, None
    rule = service_level_rule(item, default_element, columns)
    if rule is not None:
        return dict(rule.promises), rule
    if word == "frequency":
        if item.unit != "cron":
            raise UnheldError(
                "unit", f"frequency '{item.value}' is not cron", "Write value: '0 3 * * *', unit: cron."
            )
        return {"schedule_cron": check_cron(item.value)}, None
    return {LEVELS[word]: read_seconds(item)}, None


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
