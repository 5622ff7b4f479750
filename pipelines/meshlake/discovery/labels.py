"""Labels: two-valued columns that say who left, and which of the two values says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.discovery.names import name_words

if TYPE_CHECKING:
    from collections.abc import Iterable

YES_WORDS = frozenset({"yes", "y", "true", "t", "1", "1.0"})
NO_WORDS = frozenset({"no", "n", "false", "f", "0", "0.0"})
_LEFT_STEMS = ("churn", "cancel", "attrit", "exit", "laps", "terminat", "unsubscri", "depart")
_LEFT_WORDS = frozenset({"left", "lost", "leave", "leaver", "gone", "closed", "inactive", "quit", "ended"})


def is_about_leaving(name: str) -> bool:
    """Whether a column's name, or a value, speaks of leaving: churn, cancelled, exited, left ..."""
    words = name_words(name)
    return any(word.startswith(_LEFT_STEMS) or word in _LEFT_WORDS for word in words)


def positive_value(values: Iterable[str]) -> str | None:
    """Which of a label's two values, as text, means that it is so; None when they do not tell, or are not two.

    Yes, true and 1 do against no, false and 0; else the one that speaks of leaving when the other does not.
    """
    found = list(values)
    if len(found) != 2:
        return None
    lowered = {value.strip().lower(): value for value in found}
    yes, no = lowered.keys() & YES_WORDS, lowered.keys() & NO_WORDS
    if len(yes) == len(no) == 1:
        return lowered[yes.pop()]
    leaving = [value for value in found if is_about_leaving(value)]
    return leaving[0] if len(leaving) == 1 else None
