"""What somebody who mistyped a name most likely meant: the one home of this question."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def close_names(word: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Up to `most` of the known names that are like `word`, the likest first.

    Example:
        >>> close_names("custmers", ["customers", "invoices"])
        ['customers']
    """
    return get_close_matches(word, list(known), n=most)


def mistyped(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` is a slip of the keyboard away from; what is merely like one may be another's word.

    >>> mistyped("requird", ["required"]), mistyped("isUnique", ["unique"])
    ('required', None)
    """
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.8)), None)


def did_you_mean(word: str, known: Iterable[str], otherwise: str, most: int = 1) -> str:
    """The hint for a mistyped name: the nearest known ones, or what is said where none is like it.

    Example:
        >>> did_you_mean("custmers", ["customers"], "`mesh list` names them all.")
        'Did you mean customers?'
    """
    near = close_names(word, known, most)
    return f"Did you mean {' or '.join(near)}?" if near else otherwise


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The hint for a mistyped word of a file, in quotes as files have it; None when no known word is like it."""
    near = close_names(word, known)
    return f"Did you mean '{near[0]}'?" if near else None
