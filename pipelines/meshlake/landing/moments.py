"""SQL for dates and times written in texts: which of them an engine's plain cast is sure to read, and the rest.

DuckDB reads '2024-01-05 oops' and '24-01-05' as dates, leaves out an offset from UTC and what is less than a
microsecond, and takes offsets that no clock has, such as +46:00, +15:99 and -99. Of 24:00 it makes 00:00, after a day
the midnight behind it, and of a day in the year 0000, which calendars have not and Trino writes otherwise, one before
Christ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from meshlake.types.tree import Type

# Characters of `2024-01-05 10:00:00`, and with microseconds.
_SECONDS, _MICROSECONDS = 19, 26
_NANOSECONDS = "[.][0-9]{6}[0-9]*[1-9]"
_OFFSET = ":.*[-+][0-9:]*[1-9]"
# Clocks are from 12 hours behind UTC to 14 before it, and an hour has 60 minutes. Names of zones have letters.
_NO_OFFSET = (
    ":[^A-Za-z]*([-+]([2-9][0-9]|1[5-9]|[0-9]{2}:?[6-9]|[0-9]{2}:?[0-9]{2}:?[6-9])"
    "|[+]14[:0]*[1-9]|-1[34]|-12[:0]*[1-9])"
)
_ZONE = "Z|[-+][0-9:]+"
# A clock that ends amid a number: DuckDB takes 10: for 10:00.
_CUT = ":[0-9]?([^0-9]|$)"
_TIME_OF_DAY = "[T ].*[1-9]"
_END_OF_DAY = "^24"
_END_OF_SAID_DAY = "[T ]24"
_BEFORE_CHRIST = "[(]"
_FIRST_YEAR = "0001"
_ISO_DAY = "^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
_CLOCK = "____-__-_____:__:__"
_END_OF_CLOCK = "____-__-___24:%"
# Of two digits of hours, or not of whole hours: the most common first.
_FEWER_OFFSETS = (
    "+10:00",
    "+05:30",
    "+11:00",
    "-10:00",
    "+12:00",
    "+13:00",
    "+09:30",
    "-03:30",
    "+06:30",
    "+10:30",
)
MOMENTS: tuple[Type, ...] = (Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ)
# Where this is found in a text, its value would not be the one that is written.
LOST: dict[Type, str] = {
    Scalar.TIME: f"{_NANOSECONDS}|{_OFFSET}|{_CUT}|{_END_OF_DAY}",
    Scalar.DATE: f"{_TIME_OF_DAY}|{_CUT}|{_BEFORE_CHRIST}",
    Scalar.TIMESTAMP: f"{_NANOSECONDS}|{_OFFSET}|{_CUT}|{_BEFORE_CHRIST}|{_END_OF_SAID_DAY}",
    Scalar.TIMESTAMPTZ: f"{_NANOSECONDS}|{_NO_OFFSET}|{_CUT}|{_BEFORE_CHRIST}|{_END_OF_SAID_DAY}",
}


def is_moment(trimmed: str, wanted: Type) -> str:
    """Whether `trimmed` begins with a day of a year of four digits, and nothing in it would be lost as `wanted`."""
    is_lost = f"{trimmed} < '{_FIRST_YEAR}' OR REGEXP_MATCHES({trimmed}, '{LOST[wanted]}')"
    return f"REGEXP_MATCHES({trimmed}, '{_ISO_DAY}') AND NOT ({is_lost})"


def zone_joined(text: str, wanted: Type) -> str:
    """`text` as a cast to `wanted` takes it: with seconds before an offset, which Java leaves out, and no blank."""
    if wanted is not Scalar.TIMESTAMPTZ:
        return text
    zoned = f"REGEXP_REPLACE({text}, ' ({_ZONE})$', '\\1')"
    full = f"REGEXP_REPLACE({zoned}, '([ T][0-9]{{1,2}}:[0-9]{{2}})({_ZONE})$', '\\1:00\\2')"
    return f"CAST({full} AS VARCHAR)"  # its type is said for Trino's sake


def moment_doubts(cell: str, plain: str, wanted: Type) -> tuple[list[str], str]:
    """What makes it unsure that the cast `plain` of `cell` gives the moment written; what says that it does after all.

    DuckDB takes 2024-01-3x for a date, and a year of three digits with a sign or a blank before it for one of four.
    """
    if wanted is Scalar.DATE:
        # Of other years, and of what is infinite, the text is longer or shorter, but Trino writes the year 0000 with
        # four digits; SUBSTR costs as much as the cast.
        is_other_year = f"LENGTH({cell}) <> {len('2024-01-31')}"
        is_before_year_one = f"{plain} < CAST('{_FIRST_YEAR}-01-01' AS DATE)"
        return [f"NOT CAST({plain} AS VARCHAR) = {cell}", is_other_year, is_before_year_one], ""
    if wanted is Scalar.TIMESTAMP:
        # The hour is asked first: that costs half as much as LIKE, and is 0 after an end of day.
        ends_day = f"(EXTRACT(HOUR FROM {plain}) = 0 AND {_ends_day(cell)})"
        doubts = [f"{cell} NOT LIKE '{_CLOCK}'", _is_before_year_one(cell), _ends_in_utc(cell), ends_day]
        return doubts, _is_sure_timestamp(cell)
    return [_is_unsure_zoned(cell), _is_before_year_one(cell), _ends_day(cell)], ""


def _ends_day(cell: str) -> str:
    """Whether 24 stands where the hour does; elsewhere only the careful reading looks for it."""
    return f"{cell} LIKE '{_END_OF_CLOCK}'"


def _is_before_year_one(cell: str) -> str:
    """Or begins with no digit."""
    return f"{cell} < '{_FIRST_YEAR}'"


def _ends_in_utc(cell: str) -> str:
    return f"{cell} LIKE '%Z'"


def _is_sure_timestamp(cell: str) -> str:
    # Than a microsecond: 2024-01-5 2:05:01.1234567 is no longer than with two digits each and six behind the point.
    is_finer = f"STRPOS({cell}, '.') BETWEEN 1 AND LENGTH({cell}) - 7"
    rest = f"SUBSTR({cell}, {_SECONDS - 1})"
    has_no_offset = f"LENGTH({cell}) <= {_MICROSECONDS} AND {rest} NOT LIKE '%+%' AND {rest} NOT LIKE '%-%'"
    is_minute = f"(REPLACE({cell}, 'T', ' ') LIKE '____-__-__ __:__' AND {cell} NOT LIKE '%:')"
    is_whole = f"{cell} LIKE '____-__-__' OR {is_minute}"
    is_sure = f"{is_whole} OR ({cell} LIKE '{_CLOCK}.%' AND {has_no_offset})"
    has_other_ends = f"{_is_before_year_one(cell)} OR {_ends_in_utc(cell)} OR {_ends_day(cell)}"
    return f"NOT {is_finer} AND NOT ({has_other_ends}) AND ({is_sure})"


def _is_unsure_zoned(cell: str) -> str:
    """Whether a text that the plain cast takes may be no moment. It is asked of every cell, and of most by one LIKE.

    The branches go by length, and in each the most common come first. A regular expression instead costs 1.5 to 4.6
    times the cast, RIGHT or SUBSTR three times (DuckDB 1.5.5); only CASE asks no more of a cell than it has to.
    """
    length = f"LENGTH({cell})"
    is_whole_hour, is_clock = f"{cell} LIKE '{_CLOCK}_0_:00'", f"{cell} LIKE '{_CLOCK}%'"
    has_fewer = " OR ".join(f"{cell} LIKE '%{offset}'" for offset in _FEWER_OFFSETS)
    has_fraction = f"{cell} NOT LIKE '{_CLOCK}.%'"
    has_none = f"{cell} NOT LIKE '%+%' AND {cell} NOT LIKE '{_CLOCK}.%-%'"
    is_local = f"{length} <= 26 AND {cell} LIKE '{_CLOCK}.%' AND {has_none}"
    has_short = " OR ".join(f"{cell} LIKE '{_CLOCK}.%{offset}'" for offset in ("+00", "+00:00"))
    return (
        f"CASE WHEN {length} = 25 THEN "
        f"CASE WHEN {is_whole_hour} THEN FALSE WHEN {is_clock} AND ({has_fewer}) THEN FALSE "
        f"WHEN {is_local} THEN FALSE ELSE TRUE END "
        f"WHEN {length} = 20 THEN {cell} NOT LIKE '{_CLOCK}Z' "
        f"WHEN {_ends_in_utc(cell)} THEN {length} > 27 OR {has_fraction} "
        f"WHEN {length} = 19 THEN {cell} NOT LIKE '{_CLOCK}' "
        f"WHEN {length} = 22 AND {cell} LIKE '{_CLOCK}_0_' THEN FALSE "
        f"WHEN {length} = 24 AND {cell} LIKE '{_CLOCK}_0_00' THEN FALSE "
        f"WHEN {length} <= 29 AND ({has_short}) THEN FALSE WHEN {is_local} THEN FALSE ELSE TRUE END"
    )
