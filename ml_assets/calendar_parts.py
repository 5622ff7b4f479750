"""Parts of the calendar that moments lie in: the month, the day of the week."""

from __future__ import annotations

from typing import Any

import pandas as pd

MONTH = "month"
PARTS = {MONTH: 12, "weekday": 7}
_DAYS_OF_MONTHS = 2 * 365


def as_datetimes(values: pd.Series[Any]) -> pd.Series[Any]:
    """Dates and moments, of any type, without a time zone.

    Example:
        >>> as_datetimes(pd.Series(["2011-09-10"])).dt.year.tolist()
        [2011]
    """
    # Nanoseconds end in 2262, and what has no end is written 9999-12-31.
    return pd.to_datetime(values, utc=True).dt.tz_localize(None).dt.as_unit("us")


def has_part(moments: pd.Series[Any], part: str) -> bool:
    """Whether a part of the calendar is all there; months of less than two years say no more than the age does."""
    is_long = part != MONTH or (moments.max() - moments.min()).days >= _DAYS_OF_MONTHS
    return is_long and part_of(moments, part).nunique() == PARTS[part]


def part_of(moments: pd.Series[Any], part: str) -> pd.Series[Any]:
    """The name of the part that each moment lies in, such as `September`; null of none.

    Example:
        >>> part_of(as_datetimes(pd.Series(["2011-09-10"])), "month").tolist()
        ['September']
    """
    names: pd.Series[Any] = moments.dt.month_name() if part == MONTH else moments.dt.day_name()
    return names


def part_name(column: str, part: str) -> str:
    """What the part of a column is called among the features.

    Example:
        >>> part_name("joined_on", "month")
        'joined_on (month)'
    """
    return f"{column} ({part})"
