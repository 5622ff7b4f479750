"""Learners that go through all rows again and again, and stop when those kept aside are predicted no better.

scikit-learn's own stop by the share of the rows kept aside that are right at one half, which moves in steps of a row
and knows nothing of probabilities, and draw these rows one by one: see `stopping` for what that does where customers
come more than once. Here the log loss counts, or the squared error of amounts, and whole customers are kept aside.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit
from sklearn.neural_network import MLPClassifier, MLPRegressor

from meshlake.ml_assets.candidates.algorithm import groups_told
from meshlake.ml_assets.candidates.stopping import parts_by_groups

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]

_SMALLEST = 1e-9


class _StopsByEpochs(ABC):
    """To be put before an estimator of scikit-learn's that has `partial_fit`, and stops by nothing itself."""

    def fit(self, X: Floats, y: npt.NDArray[Any], *, groups: Rows | None = None) -> Self:
        """Fit on `X`, shape (n, columns), and the labels `y`, shape (n,); `groups`, shape (n,), are of the rows.

        Raises:
            ValueError: a class has too few rows for one of it to be kept aside.
        """
        own: Any = self
        unfitted = vars(clone(own))
        vars(own).clear()  # what `partial_fit` would go on with
        vars(own).update(unfitted)
        random = np.random.default_rng(own.random_state)
        learned, aside = _parts(own, X, y, groups)
        given = {"classes": np.unique(y)} if is_classifier(own) else {}
        least, best, epochs, epochs_since = np.inf, None, 0, 0
        for _ in range(own.max_iter):
            order = random.permutation(learned)
            own.partial_fit(X[order], y[order], **given)
            epochs += 1
            loss = self._loss(X[aside], y[aside])
            epochs_since = 0 if loss < least - own.tol else epochs_since + 1
            if loss < least:
                least, best = loss, self._weights()
            if epochs_since > own.n_iter_no_change:
                break
        if best is not None:
            self._take(best)
        own.n_iter_ = epochs
        return self

    def _loss(self, X: Floats, y: npt.NDArray[Any]) -> float:
        own: Any = self
        if not is_classifier(own):
            return float(((own.predict(X) - y) ** 2).mean())
        said = own.predict_proba(X)[np.arange(len(y)), np.searchsorted(own.classes_, y)]
        return float(-np.log(said.clip(_SMALLEST)).mean())

    @abstractmethod
    def _weights(self) -> Any:
        """A copy of what is learned so far."""

    @abstractmethod
    def _take(self, weights: Any) -> None:
        """Go back to it."""


def _parts(own: Any, X: Floats, y: npt.NDArray[Any], groups: Rows | None) -> tuple[Rows, Rows]:
    """The rows to learn of, and those kept aside: whole groups of them where that can be."""
    if parts := parts_by_groups(own, X, y, groups):
        return parts
    splitter = StratifiedShuffleSplit if is_classifier(own) else ShuffleSplit
    dealt = splitter(1, test_size=own.validation_fraction, random_state=own.random_state)
    learned, aside = next(dealt.split(X, y))
    return learned, aside


class _Perceptron(_StopsByEpochs):
    def _weights(self) -> Any:
        own: Any = self
        return [[each.copy() for each in of] for of in (own.coefs_, own.intercepts_)]

    def _take(self, weights: Any) -> None:
        own: Any = self
        own.coefs_, own.intercepts_ = weights


class StoppedPerceptron(_Perceptron, MLPClassifier):  # type: ignore[misc]
    """Of classes."""


class StoppedPerceptronOfAmounts(_Perceptron, MLPRegressor):  # type: ignore[misc]
    """Of amounts."""


class OfUnitVariance(TransformedTargetRegressor):  # type: ignore[misc]
    """A regressor that learns amounts of unit variance, and is told whom each row is about."""

    def fit(self, X: Floats, y: Floats, *, groups: Rows | None = None) -> Self:
        """See `StoppedPerceptron.fit`."""
        fitted: Self = super().fit(X, y, **groups_told(self.regressor, groups))
        return fitted


class StoppedDescent(_StopsByEpochs, SGDClassifier):  # type: ignore[misc]
    """A linear model by stochastic gradient descent."""

    def _weights(self) -> Any:
        own: Any = self
        return own.coef_.copy(), own.intercept_.copy()

    def _take(self, weights: Any) -> None:
        own: Any = self
        own.coef_, own.intercept_ = weights
