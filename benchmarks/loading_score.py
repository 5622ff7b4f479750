"""How well a loader read a file: the measures of Pollock (PVLDB 16(8), 2023), from their definitions.

Success is 1 when the loader gave anything but an error. Precision, recall and F1 are of the cells of the header (the
first row), of records (the rows below it) and of all cells, each as multisets of normalised values.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

MEASURES = (
    "success",
    *(f"{of} {measure}" for of in ("header", "record", "cell") for measure in ("precision", "recall", "F1")),
)
Rows: TypeAlias = "Sequence[Sequence[str | None]]"
FileScore: TypeAlias = "tuple[float, ...]"

_PERFECT: FileScore = (1.0,) * len(MEASURES)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_DATE_FORMATS = ("%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S", "%H:%M", "%H:%M:%S")


def score_file(clean: Rows, loaded: Rows | None) -> FileScore:
    """The ten measures of one file, in the order of `MEASURES`; `loaded` is `None` when the loader failed.

    Example:
        >>> sum(score_file([["id"], ["1"]], [["id"], ["1.0"]]))
        10.0
    """
    if loaded is None:
        return (0.0,) * len(MEASURES)
    if not clean:
        return _PERFECT
    right, found = ([[normalised(cell) for cell in row] for row in rows] for rows in (clean, loaded))
    return (
        1.0,
        *_agreement(right[0], found[0] if found else ()),
        *_agreement(map(tuple, right[1:]), map(tuple, found[1:])),
        *_agreement((cell for row in right for cell in row), (cell for row in found for cell in row)),
    )


@lru_cache(maxsize=100_000)
def normalised(cell: str | None) -> str:
    """A cell so that equal values are equal texts: numbers and dates by value, text trimmed and in small letters.

    Example:
        >>> normalised(" 1.50 ") == normalised("1.5"), normalised("05/01/2024") == normalised("2024-01-05")
        (True, True)
    """
    text = (cell or "").strip()
    if _NUMBER.fullmatch(text):
        try:
            return str(Decimal(text).normalize())
        except InvalidOperation:
            return text
    if text[:1].isdigit():
        for form in _DATE_FORMATS:
            try:
                return datetime.strptime(text, form).isoformat()  # noqa: DTZ007 - only compared
            except ValueError:
                continue
    return text.lower()


def mean_scores(
    scores: Mapping[str, FileScore], weights: Mapping[str, float] | None = None
) -> tuple[float, ...]:
    """The mean of each measure over files, each file as heavy as `weights` says; one without weight does not count."""
    weight = {name: 1.0 if weights is None else weights.get(name, 0.0) for name in scores}
    total = sum(weight.values())
    return tuple(
        sum(score[i] * weight[name] for name, score in scores.items()) / total for i in range(len(MEASURES))
    )


def _agreement(right: Iterable[Hashable], found: Iterable[Hashable]) -> tuple[float, float, float]:
    """Precision, recall and F1, which the benchmark counts as perfect where there is nothing to find."""
    wanted, given = Counter(right), Counter(found)
    if not wanted:
        return 1.0, 1.0, 1.0
    shared = (wanted & given).total()
    if not shared:
        return 0.0, 0.0, 0.0
    precision, recall = shared / wanted.total(), shared / given.total()
    return precision, recall, 2 * precision * recall / (precision + recall)
