"""Durations of a contract's service levels, in seconds."""

from __future__ import annotations

import re
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
    **dict.fromkeys(("mo", "month", "months"), 30 * 86_400),
    **dict.fromkeys(("y", "yr", "year", "years"), 365 * 86_400),
}


_ISO = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.I
)
_ISO_UNITS = ("y", "mo", "w", "d", "h", "min", "s")


def iso_seconds(text: str) -> float | None:
    """The seconds of a duration of ISO 8601, a month of 30 days and a year of 365; None where it is none.

    >>> iso_seconds("P1DT12H"), iso_seconds("PT15M"), iso_seconds("soon")
    (129600.0, 900.0, None)
    """
    match = _ISO.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        return None
    return float(
        sum(
            float(part) * _SECONDS[unit]
            for part, unit in zip(match.groups(), _ISO_UNITS, strict=True)
            if part
        )
    )


def read_seconds(item: ServiceLevelAgreementProperty) -> float:
    """The seconds that value and unit of a service level are.

    Raises:
        FactError: they are no duration.
    """
    value, unit = item.value, (item.unit or "").strip()
    if isinstance(value, str):
        if seconds := iso_seconds(value):
            return seconds
        value = float(value) if re.fullmatch(r"\d+(\.\d+)?", value.strip()) else value
    unit = unit if unit in _SECONDS else unit.lower()
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise FactError("value", f"{item.property} {value!r} is not a duration", "Write value: 30, unit: d.")
    if unit not in _SECONDS:
        raise FactError("unit", f"unit '{unit}' is not a unit of time", "Use ms, s, min, h, d, w or y.")
    return value * _SECONDS[unit]
