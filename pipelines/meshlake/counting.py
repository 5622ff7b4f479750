"""Numbers of things, and one of them, as people say them."""

from __future__ import annotations


def counted(count: int, thing: str) -> str:
    """How many of `thing` there are, whose plural ends in s.

    Example:
        >>> counted(1, "row"), counted(1200, "row")
        ('1 row', '1,200 rows')
    """
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def for_example(value: str) -> str:
    """What follows a number of things, of which `value` is one; nothing where none is known.

    Example:
        >>> counted(2, "row") + for_example("C-7")
        "2 rows, for example 'C-7'"
    """
    return f", for example {value!r}" if value else ""
