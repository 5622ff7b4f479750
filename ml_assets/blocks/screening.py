"""What each column says of a label at a glance: cheap enough for thousands of columns, and never the last word.

Values are cut into bins by quantiles, codes of categories are their own bins, and so is null. All rows are looked at
that the share of each bin is learnt on, so that figures are too good, never too bad: what is low here needs no closer
look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.blocks.encoded import Encoded

_BINS, _SEEN_FOR_QUANTILES = 64, 4_000
_FEW_BINS = 16


def apparent_roc_aucs(
    encoded: Encoded, is_so: npt.NDArray[np.bool_], names: Sequence[str], rows: npt.NDArray[np.int64]
) -> dict[str, float]:
    """The ROC AUC of each of the columns `names` by the share that is so (n,) in its bins, on the same rows: those at
    the places `rows` (k,).

    Example:
        >>> from meshlake.ml_assets.blocks.encoded import Encoded
        >>> values = np.array([[0, 1], [0, 2], [1, 1], [1, 2]], dtype=np.float32)
        >>> encoded, is_so = Encoded(("left", "any"), values, frozenset()), np.array([False, False, True, True])
        >>> apparent_roc_aucs(encoded, is_so, encoded.names, np.arange(4))
        {'left': 1.0, 'any': 0.5}
    """
    return {
        name: _area(*_counts(encoded.values[rows, place], is_so[rows], name in encoded.categories, _BINS))
        for name, place in zip(names, encoded.places(names).tolist(), strict=True)
    }


def strengths(encoded: Encoded, is_so: npt.NDArray[np.bool_]) -> dict[str, float]:
    """How far each column is beyond chance: the likelihood-ratio statistic of its bins and the label in standard
    deviations (Fisher's approximation of a chi-square)."""
    return {
        name: _beyond_chance(*_counts(encoded.values[:, place], is_so, name in encoded.categories, _FEW_BINS))
        for place, name in enumerate(encoded.names)
    }


def _counts(
    values: npt.NDArray[np.float32], is_so: npt.NDArray[np.bool_], is_code: bool, bins: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """How many rows of each bin that are so, and that are not; bins that nothing is in are left out."""
    is_null = np.isnan(values)
    present = values[~is_null]
    place = np.zeros(len(values), dtype=np.int64)
    if is_code:
        place[~is_null] = 1 + present.astype(np.int64)
    elif len(present):
        seen = present[:: max(1, len(present) // _SEEN_FOR_QUANTILES)]
        edges = np.unique(np.quantile(seen, np.linspace(0, 1, bins + 1)[1:-1]))
        place[~is_null] = 1 + np.searchsorted(edges, present, side="left")
    every = np.bincount(place)
    so = np.bincount(place[is_so], minlength=len(every)).astype(np.float64)
    filled = every > 0
    return so[filled], (every - so)[filled]


def _area(so: npt.NDArray[np.float64], not_so: npt.NDArray[np.float64]) -> float:
    if not so.sum() or not not_so.sum():
        return 0.5
    order = np.argsort(so / (so + not_so))
    so, not_so = so[order], not_so[order]
    below = np.cumsum(not_so) - not_so
    return float((so * (below + not_so / 2)).sum() / (so.sum() * not_so.sum()))


def _beyond_chance(so: npt.NDArray[np.float64], not_so: npt.NDArray[np.float64]) -> float:
    freedom = len(so) - 1
    if freedom < 1 or not so.sum() or not not_so.sum():
        return 0.0
    seen = np.stack([so, not_so])
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / seen.sum()
    statistic = 2 * float(
        (seen * np.log(np.where(seen > 0, seen, 1) / np.where(seen > 0, expected, 1))).sum()
    )
    return float(np.sqrt(2 * max(statistic, 0.0)) - np.sqrt(2 * freedom - 1))
