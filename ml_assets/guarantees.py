"""Thresholds that hold a promise of recall or precision, and how well it is kept on other rows.

Method: the exact interval of a share (Clopper and Pearson 1934). The threshold for a recall is an order statistic of
those who churned, so that its promise holds whatever the scores are distributed like (tolerance limits, Wilks 1941).
That for a precision is the longest of a fixed number of lists which hold theirs, tested together (Bonferroni; Learn
then Test, Angelopoulos and others 2021).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import beta

from meshlake.ml_assets.comparison import Interval

if TYPE_CHECKING:
    import numpy.typing as npt

    Labels = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

# A promise may be broken in one of twenty trainings.
_RISK = 0.05
_LISTS = 20
_SHORTEST = 10
# More than any probability: flags nobody.
NOBODY = 2.0


def threshold_for_recall(is_churned: Labels, probability: Floats, least: float) -> float:
    """The highest threshold which flags at least the share `least` of those who churn, 95 % sure.

    0, which flags everyone, where so few churned that none is.

    Example:
        >>> churned = np.array([True] * 100 + [False] * 100)
        >>> round(threshold_for_recall(churned, np.linspace(1, 0, 200), 0.9), 3)  # 96 of the 100 are flagged
        0.523
    """
    scores = np.sort(probability[is_churned])
    missed = np.arange(len(scores))
    lowest = beta.ppf(_RISK, len(scores) - missed, missed + 1)
    kept = np.flatnonzero(lowest >= least)
    return float(scores[kept[-1]]) if len(kept) else 0.0


def threshold_for_precision(is_churned: Labels, probability: Floats, least: float) -> float:
    """The lowest of some thresholds at which at least the share `least` of the flagged churns, 95 % sure.

    `NOBODY` where none is.
    """
    ordered = np.sort(probability)[::-1]
    sizes = np.unique(np.geomspace(min(_SHORTEST, len(ordered)), len(ordered), _LISTS).round().astype(int))
    for threshold in ordered[sizes[::-1] - 1]:
        is_flagged = probability >= threshold
        flagged, churned = int(is_flagged.sum()), int(is_churned[is_flagged].sum())
        if churned and beta.ppf(_RISK / len(sizes), churned, flagged - churned + 1) >= least:
            return float(threshold)
    return NOBODY


def kept_share(is_so: Labels) -> Interval | None:
    """The share of rows that are so, with its 95 % interval; `None` of no rows."""
    rows, so = len(is_so), int(is_so.sum())
    if not rows:
        return None
    low = float(beta.ppf(0.025, so, rows - so + 1)) if so else 0.0
    high = float(beta.ppf(0.975, so + 1, rows - so)) if so < rows else 1.0
    return Interval(so / rows, low, high)
