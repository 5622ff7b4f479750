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
    codes = is_so[rows].astype(np.int64)
    return {
        name: _area(*_counts(encoded.values[rows, place], codes, name in encoded.categories, _BINS).T)
        for name, place in zip(names, encoded.places(names).tolist(), strict=True)
    }


def strengths(encoded: Encoded, codes: npt.NDArray[np.int64]) -> dict[str, float]:
    """How far each column is beyond chance: the likelihood-ratio statistic of its bins and the label's `codes`, from 0
    on, (n,), in standard deviations (Fisher's approximation of a chi-square)."""
    return {
        name: _beyond_chance(_counts(encoded.values[:, place], codes, name in encoded.categories, _FEW_BINS))
        for place, name in enumerate(encoded.names)
    }


def _counts(
    values: npt.NDArray[np.float32], codes: npt.NDArray[np.int64], is_code: bool, bins: int
) -> npt.NDArray[np.float64]:
    """How many rows of each bin have each code, the last first, (bins, codes); bins that nothing is in are left out."""
    is_null = np.isnan(values)
    present = values[~is_null]
    place = np.zeros(len(values), dtype=np.int64)
    if is_code:
        place[~is_null] = 1 + present.astype(np.int64)
    elif len(present):
        looked_at = present[:: max(1, len(present) // _SEEN_FOR_QUANTILES)]
        edges = np.unique(np.quantile(looked_at, np.linspace(0, 1, bins + 1)[1:-1]))
        place[~is_null] = 1 + np.searchsorted(edges, present, side="left")
    count = max(2, int(codes.max(initial=0)) + 1)
    seen = np.bincount(place * count + codes).astype(np.float64)
    cells = np.append(seen, np.zeros(-len(seen) % count)).reshape(-1, count)
    return cells[cells.any(axis=1), ::-1]


def _area(so: npt.NDArray[np.float64], not_so: npt.NDArray[np.float64]) -> float:
    if not so.sum() or not not_so.sum():
        return 0.5
    order = np.argsort(so / (so + not_so))
    so, not_so = so[order], not_so[order]
    below = np.cumsum(not_so) - not_so
    return float((so * (below + not_so / 2)).sum() / (so.sum() * not_so.sum()))


def _beyond_chance(cells: npt.NDArray[np.float64]) -> float:
    cells = cells[:, cells.any(axis=0)]
    freedom = (cells.shape[0] - 1) * (cells.shape[1] - 1)
    if freedom < 1:
        return 0.0
    expected = np.outer(cells.sum(axis=1), cells.sum(axis=0)) / cells.sum()
    statistic = 2 * float(
        (cells * np.log(np.where(cells > 0, cells, 1) / np.where(cells > 0, expected, 1))).sum()
    )
    return float(np.sqrt(2 * max(statistic, 0.0)) - np.sqrt(2 * freedom - 1))
