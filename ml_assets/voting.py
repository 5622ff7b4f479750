"""Votes of candidates: soft, the weighted mean of their probabilities, and hard, how many of them say churn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from meshlake.ml_assets.blend import LEAST_WEIGHT, Blend

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.blend import Labels, Probabilities

_STEPS = 200
_SMALLEST = 1e-9


class WeightedVote(Blend):
    """`soft_voting`: the weights sum to one."""

    def __init__(self, members: Mapping[str, Pipeline], weights: Mapping[str, float]) -> None:
        self.members = members
        self.weights = weights

    @classmethod
    def learned(cls, said: pd.DataFrame, is_churned: Labels) -> Self:
        """See `Blend.learned` and `vote_weights`."""
        weights = vote_weights(said.to_numpy(), is_churned).tolist()
        return cls({}, {name: weight for name, weight in zip(said.columns, weights, strict=True) if weight})

    def blended(self, said: pd.DataFrame) -> Probabilities:
        """See `Blend.blended`."""
        mean: Probabilities = said[list(self.weights)].to_numpy() @ np.array(list(self.weights.values()))
        return mean


class HardVote(Blend):
    """`hard_voting`: `rates` is the churn rate of rows of which none, one, two ... of the members say churn."""

    def __init__(
        self, members: Mapping[str, Pipeline], weights: Mapping[str, float], rates: Sequence[float]
    ) -> None:
        self.members = members
        self.weights = weights
        self.rates = rates

    @classmethod
    def learned(cls, said: pd.DataFrame, is_churned: Labels) -> Self:
        """See `Blend.learned`; rates have Laplace's rule of succession, so that none is zero."""
        size = said.shape[1]
        votes = _votes(said)
        rows, churned = (
            np.bincount(votes, minlength=size + 1),
            np.bincount(votes[is_churned], minlength=size + 1),
        )
        rates = (churned + 1) / (rows + 2)
        return cls({}, dict.fromkeys(said.columns, 1 / size), rates.tolist())

    def blended(self, said: pd.DataFrame) -> Probabilities:
        """See `Blend.blended`."""
        return np.array(self.rates)[_votes(said[list(self.weights)])]


def vote_weights(said: Probabilities, is_churned: Labels) -> Probabilities:
    """The weights, of sum one, that make the labels of rows likeliest: shape (members,).

    Method: non-negative stacking (Breiman, Stacked Regressions, 1996), with the weights of a mixture of fixed
    components, by expectation-maximisation (Dempster, Laird and Rubin 1977).

    Args:
        said: what each member says of each row, not having seen its label: shape (rows, members).
        is_churned: the labels, shape (rows,).

    Example:
        >>> import numpy as np
        >>> said = np.array([[0.9, 0.5], [0.8, 0.5], [0.1, 0.5], [0.2, 0.5]])
        >>> vote_weights(said, np.array([True, True, False, False])).round(2).tolist()
        [1.0, 0.0]
    """
    of_label = np.ascontiguousarray(np.where(is_churned, said.T, 1 - said.T).clip(_SMALLEST))
    members, rows = of_label.shape
    weights = np.full(members, 1 / members)
    for _ in range(_STEPS):
        weights = weights * (of_label @ (1 / (weights @ of_label))) / rows
    weights[weights < min(LEAST_WEIGHT, weights.max())] = 0
    kept: Probabilities = weights / weights.sum()
    return kept


def _votes(said: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.asarray((said.to_numpy() >= 0.5).sum(axis=1), dtype=np.int64)
