"""A stack of candidates: a logistic regression of the log odds that each of them gives.

Unlike a vote it can be surer than each member where several agree for reasons of their own, and less sure than all
where they are too sure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from meshlake.ml_assets.blend import LEAST_WEIGHT, Blend, log_odds

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.blend import Labels, Probabilities


class Stack(Blend):
    """`stacking`: `weights` are the coefficients of the log odds of the members.

    One may be negative, where a member shows what the others took for more than it is.
    """

    def __init__(
        self, members: Mapping[str, Pipeline], weights: Mapping[str, float], intercept: float
    ) -> None:
        self.members = members
        self.weights = weights
        self.intercept = intercept

    @classmethod
    def learned(cls, said: pd.DataFrame, is_churned: Labels) -> Self:
        """See `Blend.learned`; members of less than `LEAST_WEIGHT` go, the least first."""
        names = list(said.columns)
        while True:
            fitted = LogisticRegression().fit(log_odds(said[names].to_numpy()), is_churned)
            coefficients = fitted.coef_[0]
            least = int(np.abs(coefficients).argmin())
            if abs(coefficients[least]) >= LEAST_WEIGHT or len(names) == 1:
                weights = dict(zip(names, coefficients.tolist(), strict=True))
                return cls({}, weights, float(fitted.intercept_[0]))
            del names[least]

    def blended(self, said: pd.DataFrame) -> Probabilities:
        """See `Blend.blended`."""
        coefficients = np.array(list(self.weights.values()))
        probability: Probabilities = expit(
            log_odds(said[list(self.weights)].to_numpy()) @ coefficients + self.intercept
        )
        return probability
