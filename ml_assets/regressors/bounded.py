"""Regressors that scikit-learn has not: of logarithms, bounded by what was seen, and none at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


class Bounded(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """An estimator whose predictions do not go beyond the largest label that it saw.

    What is linear in logarithms grows without an end: of a customer who is larger than each that was learned from it
    would say millions. With `of_logarithms` the estimator learns log(1 + label); with `keeps_sum` what it says is then
    multiplied, so that it sums up to the labels: the mean of a logarithm is not the logarithm of a mean (the smearing
    estimate, Duan 1983, says the same of errors that are alike everywhere).
    """

    def __init__(
        self, estimator: BaseEstimator, *, of_logarithms: bool = False, keeps_sum: bool = False
    ) -> None:
        self.estimator = estimator
        self.of_logarithms = of_logarithms
        self.keeps_sum = keeps_sum

    def fit(self, X: Floats, y: Floats) -> Self:
        """Learn `y`, shape (n,), of which none is below 0 where logarithms are learned."""
        label = np.asarray(y, dtype=np.float64)
        self.fitted_ = clone(self.estimator).fit(X, np.log1p(label) if self.of_logarithms else label)
        self.factor_, self.most_ = 1.0, float(label.max())
        if self.keeps_sum and (total := float(self.predict(X).sum())) > 0:
            self.factor_ = float(label.sum()) / total
        return self

    def predict(self, X: Floats) -> Floats:
        """Shape (n,)."""
        said = self.fitted_.predict(X)
        if self.of_logarithms:
            said = np.expm1(np.clip(said, 0, np.log1p(self.most_)))
        found: Floats = np.minimum(said * self.factor_, self.most_)
        return found


class AsItIs(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Says the one number of each row."""

    def fit(self, X: Floats, y: object = None) -> Self:  # noqa: ARG002
        """Nothing to learn; here because scikit-learn asks for it."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict(self, X: Floats) -> Floats:
        """Shape (n,)."""
        return np.asarray(X, dtype=np.float64)[:, 0]
