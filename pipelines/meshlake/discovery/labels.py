"""Labels: two-valued columns that say who left, or how else something ended, and which of the two values says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.names import name_words
from meshlake.outcome_names import is_about_leaving, is_about_outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PAIRS = (
    "yes/no y/n true/false t/f 1/0 1.0/0.0 ja/nein j/n oui/non o/n si/no sí/no s/n sim/não sim/nao wahr/falsch "
    "vrai/faux verdadero/falso verdadeiro/falso vero/falso ja/nee tak/nie evet/hayir"
)
YES_WORDS = frozenset(pair.partition("/")[0] for pair in _PAIRS.split())
NO_WORDS = frozenset(pair.partition("/")[2] for pair in _PAIRS.split())
_CUTOFFS = ("cutoff", "cut_off", "as_of", "snapshot")


def is_cutoff(name: str) -> bool:
    """Whether a column is named like the day that what is known of a row stops before."""
    return "_".join(name_words(name)).startswith(_CUTOFFS)


def is_likely_label(name: str, values: Iterable[str]) -> bool:
    """Whether a column of these two values says how something ended: by its name alone who left, else yes or no.

    Example:
        >>> is_likely_label("is_fraud", ["0", "1"]), is_likely_label("target", ["EUR", "USD"])
        (True, False)
    """
    if is_about_leaving(name):
        return True
    return is_about_outcome(name) and positive_value(values) is not None


def so_value(counted: Sequence[tuple[str, int]]) -> str:
    """Which of a label's values, the most frequent first, means that it is so: the rarer where words do not tell."""
    return positive_value(value for value, _ in counted) or counted[-1][0]


def positive_value(values: Iterable[str]) -> str | None:
    """Which of a label's two values, as text, means that it is so; None when they do not tell, or are not two.

    Yes, true and 1 do against no, false and 0; else the one that speaks of leaving, or of another outcome, when the
    other does not.

    Example:
        >>> positive_value(["nein", "ja"]), positive_value(["stayed", "left"]), positive_value(["survived", "died"])
        ('ja', 'left', None)
    """
    found = list(values)
    if len(found) != 2:
        return None
    lowered = {value.strip().rstrip(".").lower(): value for value in found}
    yes, no = lowered.keys() & YES_WORDS, lowered.keys() & NO_WORDS
    if len(yes) == len(no) == 1:
        return lowered[yes.pop()]
    so = [value for value in found if is_about_leaving(value)] or list(filter(is_about_outcome, found))
    return so[0] if len(so) == 1 else None
