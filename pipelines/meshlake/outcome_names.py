"""Names of outcomes: words that say that somebody left, or how else something ended, and what is called after them.

What values say, and which columns are labels, belongs in `discovery`.
"""

from __future__ import annotations

from functools import cache

from meshlake.names import name_words
from meshlake.outcome_words import ANY, LEAVING, OUTCOMES

_LEAVING_STEMS, _LEFT_WORDS = OUTCOMES[LEAVING].stems, OUTCOMES[LEAVING].words
_OTHERS = [words for name, words in OUTCOMES.items() if name != LEAVING]
_OUTCOME_STEMS = tuple(stem for each in _OTHERS for stem in each.stems)
_OUTCOME_WORDS = ANY.union(*(each.words for each in _OTHERS))
_FOUND = {name: (*each.stems, *each.found) for name, each in OUTCOMES.items()}
_ASKED = {word: name for name, each in OUTCOMES.items() for word in {*each.words, *each.asked}}
# What was so before is known before; so is what was agreed on, which ends a name (`cancellation_policy`).
_BEFORE = "previous previously prev prior past former formerly earlier history last before"
_BEFORE_WORDS = frozenset(_BEFORE.split())
_AGREED_WORDS = frozenset(
    {"policy", "policies", "terms", "fee", "fees", "notice", "deadline", "period", "option"}
)
_CAN_BE = ("able", "ible")
# What is said of one thing that has ended: when, why, how surely. Of many (`lost_calls`) they are not said.
_OF_THE_END = (
    "on at date day month time timestamp datetime reason reasons category cause score probability prob prediction "
    "predicted risk status state flag code comment comments note notes remark feedback value label "
    "datum tag grund ursache bemerkung fecha motivo razon causa puntuacion estado comentario raison motif data esito"
)
_OF_THE_END_WORDS = frozenset(_OF_THE_END.split())
# Travellers depart, carts are abandoned and licences lapse while customers stay.
_OTHERS_END = ("depart", "abandon", "abbandon", "laps", "exit")
_STEM = 5


def is_about_leaving(name: str) -> bool:
    """Whether a column's name, or a value, speaks of leaving: churn, cancelled, exited, left ..."""
    words = name_words(name)
    return any(word.startswith(_LEAVING_STEMS) or word in _LEFT_WORDS for word in words)


def is_about_outcome(name: str) -> bool:
    """Whether a column's name, or a value, speaks of another outcome: fraud, default, survival ..."""
    return any(_is_outcome(word) for word in name_words(name))


def is_named_like(label: str, name: str) -> bool:
    """Whether a column is named after the outcome that a label says: what is known only once that is.

    It is, where it shares the label's word for leaving, or says when, why or how surely something ended that the label
    is about; but for what names what was before, or what was agreed on (`cancellation_policy`).

    Example:
        >>> is_named_like("is_churned", "churn_reason"), is_named_like("is_churned", "cancelled_on")
        (True, True)
        >>> is_named_like("is_canceled", "previous_cancellations"), is_named_like("has_left", "days_left")
        (False, False)
    """
    words = name_words(name)
    is_agreed = words[-1] in _AGREED_WORDS or any(word.endswith(_CAN_BE) for word in words)
    if is_agreed or not _BEFORE_WORDS.isdisjoint(words):
        return False
    of_label = [word for word in name_words(label) if is_about_leaving(word) or _is_outcome(word)]
    if not {_stem(word) for word in of_label if _stem(word) in _LEAVING_STEMS}.isdisjoint(map(_stem, words)):
        return True
    if _OF_THE_END_WORDS.isdisjoint(words):
        return False
    # A target, or an outcome, is not what a column is about.
    stems = {_stem(word) for word in of_label if word not in ANY}
    is_leaving = any(is_about_leaving(word) for word in of_label)
    return any(_stem(word) in stems or (is_leaving and _leaves(word)) for word in words)


def _stem(word: str) -> str:
    return next((stem for stem in _LEAVING_STEMS if word.startswith(stem)), word[:_STEM])


def _leaves(word: str) -> bool:
    return word.startswith(_LEAVING_STEMS) and not word.startswith(_OTHERS_END)


def _is_outcome(word: str) -> bool:
    return word.startswith(_OUTCOME_STEMS) or word in _OUTCOME_WORDS


@cache
def outcome(word: str, *, is_asked: bool = False) -> str | None:
    """The outcome that a word, in small letters, stands for: of one that `is_asked` for also where it may be another.

    Example:
        >>> outcome("cancelled"), outcome("stopped"), outcome("stopped", is_asked=True)
        ('leaving', None, 'leaving')
    """
    named = next((name for name, stems in _FOUND.items() if word.startswith(stems)), None)
    return named or (_ASKED.get(word) if is_asked else None)
