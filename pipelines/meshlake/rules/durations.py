"""Durations of a contract's service levels, in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.rules.facts import FactError

if TYPE_CHECKING:
    from open_data_contract_standard.model import ServiceLevelAgreementProperty

_SECONDS = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "week", "weeks"), 7 * 86_400),
    **dict.fromkeys(("y", "yr", "year", "years"), 365 * 86_400),
}


def read_seconds(item: ServiceLevelAgreementProperty) -> float:
    """The seconds that value and unit of a service level are.

    Raises:
        FactError: they are no duration.
    """
    value, unit = item.value, item.unit
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise FactError("value", f"{item.property} {value!r} is not a duration", "Write value: 30, unit: d.")
    if unit not in _SECONDS:
        raise FactError("unit", f"unit '{unit}' is not a unit of time", "Use ms, s, min, h, d, w or y.")
    return value * _SECONDS[unit]
