"""Cells of a workbook: what each holds, as Excel has it, or as what cannot be kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

# Characters that XML cannot hold; halves of a pair of UTF-16 stay as they are written.
_ESCAPED = re.compile(r"_x([0-9A-Ca-cE-Fe-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2})_")
_SURE_CHARACTERS = 15  # a number of so many digits is another for every double
MOST_WHOLE = 2**53
# Excel counts days from 1900, and takes that for a leap year: its first sixty days are one off.
DAY_ZERO, _LEAP_DAY, DAY_ZERO_OF_1904 = date(1899, 12, 30), 60, date(1904, 1, 1)
_DAY_MILLISECONDS = 24 * 3600 * 1000
_DATE, _CLOCK, _DURATION = "date", "clock", "duration"
# Number formats that are known without being told.
BUILT_IN_KINDS = (
    dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58), _DATE)
    | dict.fromkeys((*range(18, 22), *range(32, 36), 45, 47, 55, 56), _CLOCK)
    | {46: _DURATION}
)
_DURATIONS = re.compile(r"\[(?:h+|m+|s+)\]")
_NO_LETTERS = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]')


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be kept as it is: it `reason`."""

    reason: str


Value: TypeAlias = "bool | int | float | str | date | datetime | time | Fault"


def cell_name(column: int, row: int) -> str:
    """A cell as Excel calls it.

    Example:
        >>> cell_name(28, 3)
        'AB3'
    """
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def number_of(text: str) -> int | float | Fault:
    """A number as it is written: whole ones of any length, others if a double tells them apart."""
    try:
        return int(text)
    except ValueError:
        found = float(text)
    if len(text) > _SURE_CHARACTERS:
        written = Decimal(text)
        digits = len(written.normalize().as_tuple().digits)
        # Of two decimals as near to a double as each other programs write either.
        if written not in {Decimal(f"{found:.{digits - 1}e}"), Decimal(repr(found))}:
            return Fault(f"has more digits than Excel keeps: {text}")
    return int(found) if found.is_integer() and abs(found) <= MOST_WHOLE else found


def marked_value(kind: str, text: str) -> Value:
    """The value of a cell that is marked as something else than a number or a shared text."""
    if kind == "str":
        return unescaped(text)
    if kind == "b":
        return text in {"1", "true"}
    if kind == "e":
        return Fault(f"is {text}")
    if kind == "d" and (found := datetime.fromisoformat(text)).tzinfo is None:
        return found if "T" in text else found.date()
    return Fault(f"is of a kind that is not known here, {kind}")


def moment(days: float, kind: str, day_zero: date) -> Value:
    """A number of days as the moment or the time that Excel shows; to the millisecond, the finest it has."""
    milliseconds = round(days * _DAY_MILLISECONDS)
    if kind == _DURATION:
        return _duration(milliseconds)
    day, rest = divmod(milliseconds, _DAY_MILLISECONDS)
    clock = (datetime.min + timedelta(milliseconds=rest)).time()  # noqa: DTZ901 - only its time is used
    if day == 0 and kind == _CLOCK:
        return clock
    is_1904 = day_zero == DAY_ZERO_OF_1904
    if day < 0 or (not is_1904 and day in {0, _LEAP_DAY}):
        return Fault(f"is the day {day}, which no calendar has")
    try:
        found = day_zero + timedelta(days=day + (not is_1904 and day < _LEAP_DAY))
    except OverflowError:
        return Fault(f"is the day {day}, which is after the year 9999")
    return datetime.combine(found, clock) if rest else found


def _duration(milliseconds: int) -> str:
    seconds, rest = divmod(abs(milliseconds), 1000)
    sign, fraction = "-" if milliseconds < 0 else "", f".{rest:03}" if rest else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"


def number_kind(code: str) -> str | None:
    """What numbers that are shown by the format `code` are: a date, a clock's time, a duration; `None` for numbers."""
    letters = _NO_LETTERS.sub("", code.lower()).partition(";")[0]
    if _DURATIONS.search(letters):
        return _DURATION
    has_clock = "h" in letters or "s" in letters
    if "y" in letters or "d" in letters or ("m" in letters and not has_clock):
        return _DATE
    return _CLOCK if has_clock else None


def unescaped(text: str) -> str:
    """The text that Excel writes so."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
