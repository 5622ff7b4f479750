"""What a transform returned and cannot be kept, named: which column, which row, which value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from meshlake.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SHOWN_CHARACTERS = 80


def refuse_column(path: Path, name: object, reason: str, hint: str) -> NoReturn:
    """Raise that a column, or the whole where `name` is None, cannot be kept."""
    of = "" if name is None else f"column {name} "
    raise BuildError(f"{path}: {of}{reason}", hint)


def refuse_value(path: Path, name: str, row: int, value: Any, reason: str) -> NoReturn:
    """Raise that the value in a row, counted from 0 here and from 1 for people, cannot be kept."""
    text = repr(value)
    shown = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
    first = reason.strip().partition("\n")[0]
    raise BuildError(
        f"{path}: column {name}, row {row + 1}: {shown} cannot be kept: {first}",
        "Say in the transform what it is to become.",
    )


def first_failing(count: int, attempt: Callable[[int], object]) -> int:
    """The first of `count` rows by which `attempt` of the rows before and with it fails, as it does with all.

    Example:
        >>> first_failing(5, lambda end: [1 / (3 - row) for row in range(end)])
        3
    """
    good, bad = 0, count
    while bad - good > 1:
        middle = (good + bad) // 2
        try:
            attempt(middle)
            good = middle
        except Exception:  # whatever it is, the whole failed by it
            bad = middle
    return bad - 1
