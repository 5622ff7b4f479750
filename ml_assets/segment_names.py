"""Names people can tell segments apart by, from the middle of each segment. No clustering here."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

# A centre this many standard deviations from the mean of all is worth a word.
NOTABLE = 0.4
_RFM_WORDS = {
    "recency": ("recent", "", "lapsed"),
    "frequency": ("rare", "", "frequent"),
    "monetary": ("small spenders", "medium spenders", "big spenders"),
}


def name_segments(centres: npt.NDArray[np.float64], columns: Sequence[str]) -> list[str]:
    """A distinct name per segment: shape (segments, columns) in standard deviations from the mean of all
    rows.

    Columns called `recency...`, `frequency...` and `monetary...` together give names such as "recent frequent
    big spenders"; others the two columns that stand out most, such as "high minutes, low tickets".
    """
    rfm = {word: next((i for i, c in enumerate(columns) if c.startswith(word)), None) for word in _RFM_WORDS}
    if len(columns) == len(rfm) and None not in rfm.values():
        names = [
            _rfm_name(centre, {word: i for word, i in rfm.items() if i is not None}) for centre in centres
        ]
    else:
        names = [_general_name(centre, columns) for centre in centres]
    return _made_distinct(names, centres, columns)


def _rfm_name(centre: npt.NDArray[np.float64], positions: dict[str, int]) -> str:
    words = [_RFM_WORDS[word][_level(centre[position])] for word, position in positions.items()]
    return " ".join(word for word in words if word)


def _level(value: float) -> int:
    return 0 if value <= -NOTABLE else 2 if value >= NOTABLE else 1


def _general_name(centre: npt.NDArray[np.float64], columns: Sequence[str]) -> str:
    strongest = np.argsort(-np.abs(centre), kind="stable")[:2]
    told = [position for position in strongest if abs(centre[position]) >= NOTABLE]
    words = [f"{'high' if centre[i] > 0 else 'low'} {_spoken(columns[i])}" for i in told]
    return ", ".join(words) or "average"


def _spoken(column: str) -> str:
    return column.replace("_", " ")


def _made_distinct(names: list[str], centres: npt.NDArray[np.float64], columns: Sequence[str]) -> list[str]:
    """Segments of one name are told apart by the column in which their centres differ most."""
    distinct = list(names)
    for name in [name for name, count in Counter(names).items() if count > 1]:
        alike = [i for i, other in enumerate(names) if other == name]
        column = int(np.argmax(np.ptp(centres[alike], axis=0)))
        ordered = sorted(alike, key=lambda i: centres[i, column])
        for rank, i in enumerate(ordered):
            distinct[i] = f"{name} ({_rank_word(rank, len(ordered))} {_spoken(columns[column])})"
    return distinct


def _rank_word(rank: int, count: int) -> str:
    if rank == 0:
        return "lowest" if count > 2 else "lower"
    if rank == count - 1:
        return "highest" if count > 2 else "higher"
    return "middle" if count == 3 else f"{rank + 1} of {count} in"
