"""Numbers of things, as people say them."""

from __future__ import annotations


def counted(count: int, thing: str) -> str:
    """How many of `thing` there are, whose plural ends in s.

    Example:
        >>> counted(1, "row"), counted(1200, "row")
        ('1 row', '1,200 rows')
    """
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
