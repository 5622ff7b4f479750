"""Cells of a workbook: what each holds, as Excel has it, or as what cannot be kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

# Characters that XML cannot hold; halves of a pair of UTF-16 stay as they are written.
_ESCAPED = re.compile(r"_x([0-9A-Ca-cE-Fe-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2})_")
_SURE_CHARACTERS = 15  # a number of so many digits is another for every double
MOST_WHOLE = 2**53
# Excel counts days from 1900, and takes that for a leap year: its first sixty days are one off.
DAY_ZERO, _LEAP_DAY, DAY_ZERO_OF_1904 = date(1899, 12, 30), 60, date(1904, 1, 1)
_SHOWN_DAYS = {0: "1900-01-00", _LEAP_DAY: "1900-02-29"}
_DAY_MILLISECONDS = 24 * 3600 * 1000
_DATE, _CLOCK, _DURATION = "date", "clock", "duration"
# Number formats that are known without being told.
BUILT_IN_KINDS = (
    dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58), _DATE)
    | dict.fromkeys((*range(18, 22), *range(32, 36), 45, 47, 55, 56), _CLOCK)
    | {46: _DURATION}
)
_PADDED = re.compile(r"00+")
_DURATIONS = re.compile(r"\[(?:h+|m+|s+)\]")
_NO_LETTERS = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]')


@dataclass(frozen=True)
class Fault:
    """A cell of which nobody can say what it holds: it `reason`."""

    reason: str


@dataclass(frozen=True)
class Hidden:
    """What Excel does not show of a sheet: rows and columns by number, and whether the sheet itself."""

    rows: list[int] = field(default_factory=list)
    columns: list[range] = field(default_factory=list)
    is_sheet: bool = False


Value: TypeAlias = "bool | int | float | str | date | datetime | time | Fault"


def cell_name(column: int, row: int) -> str:
    """A cell as Excel calls it.

    Example:
        >>> cell_name(28, 3)
        'AB3'
    """
    return f"{column_letters(column)}{row}"


def column_letters(column: int) -> str:
    """A column as Excel calls it; the first is 1.

    Example:
        >>> column_letters(1), column_letters(28)
        ('A', 'AB')
    """
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def number_of(text: str) -> int | float | str:
    """A number as it is written: whole ones of any length, others as a double if it tells them apart, else as text."""
    try:
        return int(text)
    except ValueError:
        found = float(text)
    if len(text) > _SURE_CHARACTERS:
        written = Decimal(text)
        digits = len(written.normalize().as_tuple().digits)
        # Of two decimals as near to a double as each other programs write either.
        if written not in {Decimal(f"{found:.{digits - 1}e}"), Decimal(repr(found))}:
            return text
    return int(found) if found.is_integer() and abs(found) <= MOST_WHOLE else found


def marked_value(kind: str, text: str) -> Value:
    """The value of a cell that is marked as something else than a number or a shared text."""
    if kind == "str":
        return unescaped(text)
    if kind == "b":
        return text in {"1", "true"}
    if (
        kind == "e"
    ):  # such as #N/A, which is published as Excel shows it unless a contract makes another value of it
        return text
    if kind == "d":
        found = datetime.fromisoformat(text)
        return text if found.tzinfo else found if "T" in text else found.date()
    return Fault(f"is of a kind that is not known here, {kind}")


def as_shown(number: int | float, kind: str, day_zero: date) -> Value:
    """A number that Excel shows as `number_kind` says: as a moment, or with leading zeros, which are a code's."""
    if kind[0] != "0":
        return _moment(number, kind, day_zero)
    return f"{number:0{len(kind)}}" if isinstance(number, int) and number >= 0 else number


def _moment(days: float, kind: str, day_zero: date) -> Value:
    """A number of days as the moment or the time that Excel shows; to the millisecond, the finest it has.

    Days that no calendar has are text: `1900-01-00` as Excel shows it, and the number where Excel shows none.
    """
    milliseconds = round(days * _DAY_MILLISECONDS)
    if kind == _DURATION:
        return _duration(milliseconds)
    day, rest = divmod(milliseconds, _DAY_MILLISECONDS)
    clock = (datetime.min + timedelta(milliseconds=rest)).time()  # noqa: DTZ901 - only its time is used
    if day == 0 and kind == _CLOCK:
        return clock
    is_1904 = day_zero == DAY_ZERO_OF_1904
    if not is_1904 and day in _SHOWN_DAYS:
        return f"{_SHOWN_DAYS[day]} {clock}" if rest else _SHOWN_DAYS[day]
    try:
        found = day_zero + timedelta(days=day + (not is_1904 and day < _LEAP_DAY))
    except OverflowError:
        found = None
    if day < 0 or found is None:
        return str(days)
    return datetime.combine(found, clock) if rest else found


def _duration(milliseconds: int) -> str:
    seconds, rest = divmod(abs(milliseconds), 1000)
    sign, fraction = "-" if milliseconds < 0 else "", f".{rest:03}" if rest else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"


def number_kind(code: str) -> str | None:
    """What numbers that are shown by the format `code` are: a date, a clock's time, a duration; `None` for numbers.

    Of numbers that are filled up with zeros, such as `00000` of postcodes, those zeros.
    """
    if _PADDED.fullmatch(code):
        return code
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
