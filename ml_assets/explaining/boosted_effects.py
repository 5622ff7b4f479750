"""What each feature alone does to what histogram gradient boostings say, without scoring rows once for each feature."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from scipy.special import expit

from meshlake.ml_assets.explaining.tree_nodes import nodes_of_boosting
from meshlake.ml_assets.explaining.tree_sums import TreeSum

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from sklearn.ensemble import HistGradientBoostingClassifier

    Numbers = npt.NDArray[np.float64]
    Positions = npt.NDArray[np.intp]

_KNOWN: WeakKeyDictionary[HistGradientBoostingClassifier, TreeSum | None] = WeakKeyDictionary()


def boosted_effects(
    boostings: Sequence[HistGradientBoostingClassifier],
    numbers: Numbers,
    usual: Numbers,
    features: Positions,
) -> tuple[Numbers, Numbers] | None:
    """The mean probability that `boostings` give rows, and what it falls by where a feature alone is as usual.

    Args:
        boostings: fitted on two classes.
        numbers: the columns they take, shape (rows, columns).
        usual: the same of a usual row, shape (columns,).
        features: of which feature, from 0 on, each column was made, shape (columns,).

    Returns:
        Of shapes (rows,) and (rows, features), to rounding what scoring says; `None` of trees of very many leaves.
    """
    sums = [_sum_of(each) for each in boostings]
    chance = np.zeros((2 + int(features.max()), len(numbers)))
    for boosting, trees in zip(boostings, sums, strict=True):
        if trees is None:
            return None
        given = boosting._preprocess_X(np.vstack([numbers, usual]), reset=False)
        odds = trees.told(given[:-1], given[-1], features[_order(boosting, len(usual))])
        odds[0] += boosting._baseline_prediction.item()
        odds[1:] += odds[0]
        chance += expit(odds, out=odds)
    chance /= len(boostings)
    return chance[0], (chance[0] - chance[1:]).T


def _sum_of(boosting: HistGradientBoostingClassifier) -> TreeSum | None:
    """Its trees, read once."""
    if boosting not in _KNOWN:
        is_one_sum = boosting.n_trees_per_iteration_ == 1
        _KNOWN[boosting] = TreeSum.of(nodes_of_boosting(boosting)) if is_one_sum else None
    return _KNOWN[boosting]


def _order(boosting: HistGradientBoostingClassifier, columns: int) -> Positions:
    """Which column each is that its trees ask for: categories come first."""
    if boosting.is_categorical_ is None:
        return np.arange(columns)
    return np.argsort(~boosting.is_categorical_, kind="stable")
