"""The value of a column with which the label is as good as sure.

Its share that is so has an exact interval (Clopper and Pearson 1934), all values of all columns together (Bonferroni).
What makes a suspect is written down in docs/adr/0102. numpy and scipy alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import beta

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Labels = npt.NDArray[np.bool_]

_RISK = 0.05
# At least so precise, and so many times the odds of the other rows. On 13 honest public tables less than 40 % of whose
# rows are so no value of a column reaches .74.
PURE, NEARLY_PURE = 0.9, 0.8
_PURE_ODDS, _NEARLY_PURE_ODDS = 40.0, 20.0
# Of few rows that are all so, or nearly, the interval is wide: it is enough that it leaves so many times the odds. Of
# honest columns such values leave 6 times at most.
_NEARLY_ALL, _FEW_ODDS = 0.95, 8.0


@dataclass(frozen=True)
class Region:
    """Rows that share a value, or the range of one: how many, how many are so, and the least share, 95 % sure."""

    rows: int
    so: int
    least: float
    is_pure: bool


def purest(rows: Codes, codes: Codes, is_so: Labels, columns: int) -> Region | None:
    """The value of a column with which the label is as good as sure, if there is one.

    Args:
        rows: the row of each code, shape (m,); a row may have many.
        codes: what each has, 0 if nothing, shape (m,).
        is_so: the label of each row, shape (n,).
        columns: of how many columns this is asked.

    Example:
        >>> is_so = np.arange(1_000) % 5 == 0
        >>> purest(np.arange(1_000), (is_so & (np.arange(1_000) < 500)).astype(int), is_so, 10).so
        100
    """
    counts = np.bincount(codes)
    hits = np.bincount(codes, weights=is_so[rows], minlength=len(counts)).astype(int)
    asked = max(1, int((counts > 0).sum())) * columns
    least = np.where(hits > 0, beta.ppf(_RISK / asked, np.maximum(hits, 1), counts - hits + 1), 0.0)
    best = int(least.argmax())
    so, size, low = int(hits[best]), int(counts[best]), float(least[best])
    others_so, others = int(is_so.sum()) - so, len(is_so) - size
    odds = low / max(1 - low, 1e-9) / ((others_so + 0.5) / (others - others_so + 0.5))
    is_nearly_pure = low >= NEARLY_PURE and odds >= _NEARLY_PURE_ODDS
    if not is_nearly_pure and (so < _NEARLY_ALL * size or odds < _FEW_ODDS):
        return None
    return Region(size, so, low, is_pure=low >= PURE and odds >= _PURE_ODDS)
