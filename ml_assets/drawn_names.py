"""What columns and tables are called in drawings, whichever way these are drawn."""

from __future__ import annotations

_LONGEST_NAME = 30


def short(name: str) -> str:
    """`name`, or its beginning where it would take the place of the drawing.

    Example:
        >>> short("minutes"), short("a" * 31)
        ('minutes', 'aaaaaaaaaaaaaaaaaaaaaaaaaaa...')
    """
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 3]}..."
