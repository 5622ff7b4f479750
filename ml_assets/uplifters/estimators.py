"""Estimators of what a treatment changes, as scikit-learn's are: `fit` by an experiment, `predict` the difference.

An experiment is an array of a row each: the outcome (0 or 1), whether it was treated (0 or 1), and how likely it was to
be, shape (n, 3). Methods: one and two models of the outcome (Kuenzel and others, Metalearners for estimating
heterogeneous treatment effects, 2019, who call them S- and T-learner); the transformed outcome (Athey and Imbens,
Machine learning methods for estimating heterogeneous causal effects, 2015); the doubly robust score, cross-fitted
(Kennedy, Towards optimal doubly robust estimation of heterogeneous causal effects, 2023).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import StratifiedKFold

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from sklearn.base import ClassifierMixin, RegressorMixin

    Floats = npt.NDArray[np.float64]

OUTCOME, TREATED, PROPENSITY = 0, 1, 2


def cells(experiment: Floats) -> npt.NDArray[np.int64]:
    """Which of four a row is: its outcome, and 2 more if it was treated; shape (n,)."""
    return np.asarray(experiment[:, OUTCOME] + 2 * experiment[:, TREATED], dtype=np.int64)


def transformed_outcome(experiment: Floats) -> Floats:
    """A number of each row whose mean is what the treatment changes, whatever the row is like: shape (n,).

    Outcomes are taken less their mean, which changes no expectation and makes it less noisy.

    Example:
        >>> rows = np.array([[1, 1, 0.5], [0, 1, 0.5], [0, 0, 0.5], [0, 0, 0.5]])
        >>> transformed_outcome(rows).mean()
        np.float64(0.5)
    """
    outcome, treated, chance = experiment.T
    weight = (treated - chance) / (chance * (1 - chance))
    return np.asarray((outcome - outcome.mean()) * weight, dtype=np.float64)


def doubly_robust(experiment: Floats, expected: Floats) -> Floats:
    """As `transformed_outcome`, less noisy by as much as outcomes are `expected`: shape (n,).

    `expected` is the chance of the outcome of each row untreated and treated, by a model that did not see it: (n, 2).
    """
    outcome, treated, chance = experiment.T
    missed = outcome[:, None] - expected
    corrected = treated / chance * missed[:, 1] - (1 - treated) / (1 - chance) * missed[:, 0]
    return np.asarray(expected[:, 1] - expected[:, 0] + corrected, dtype=np.float64)


class _OfOutcomes(BaseEstimator):  # type: ignore[misc]
    """The difference of two chances."""

    def outcomes(self, rows: Floats) -> Floats:
        """The chance of the outcome untreated and treated: shape (n, 2)."""
        raise NotImplementedError

    def predict(self, rows: Floats) -> Floats:
        """What the treatment changes: shape (n,)."""
        said = self.outcomes(rows)
        return np.asarray(said[:, 1] - said[:, 0])


class TwoModels(_OfOutcomes):
    """A model of treated rows and one of others, each an `outcome` classifier.

    Where some rows were more likely to be treated than others, each counts by one over its chance to be where it is.
    """

    def __init__(self, outcome: ClassifierMixin) -> None:
        self.outcome = outcome

    def fit(self, rows: Floats, experiment: Floats) -> Self:
        """Learn `rows` of an `experiment`."""
        self.models_ = [self._fitted(rows, experiment, side) for side in (0, 1)]
        return self

    def outcomes(self, rows: Floats) -> Floats:
        """See `_OfOutcomes.outcomes`."""
        return np.column_stack([model.predict_proba(rows)[:, 1] for model in self.models_])

    def _fitted(self, rows: Floats, experiment: Floats, side: int) -> ClassifierMixin:
        is_here = experiment[:, TREATED] == side
        here, chance = experiment[is_here], experiment[is_here, PROPENSITY]
        weights = {} if np.ptp(chance) == 0 else {"sample_weight": 1 / (chance if side else 1 - chance)}
        return clone(self.outcome).fit(rows[is_here], here[:, OUTCOME], **weights)


class OneModel(_OfOutcomes):
    """One classifier of the outcome, to which the treatment is a column; where it `has_products`, with all others."""

    def __init__(self, outcome: ClassifierMixin, *, has_products: bool) -> None:
        self.outcome = outcome
        self.has_products = has_products

    def fit(self, rows: Floats, experiment: Floats) -> Self:
        """Learn `rows` of an `experiment`."""
        treated = experiment[:, TREATED]
        self.model_ = clone(self.outcome).fit(self._beside(rows, treated), experiment[:, OUTCOME])
        return self

    def outcomes(self, rows: Floats) -> Floats:
        """See `_OfOutcomes.outcomes`."""
        sides = (self._beside(rows, np.full(len(rows), side)) for side in (0.0, 1.0))
        return np.column_stack([self.model_.predict_proba(side)[:, 1] for side in sides])

    def _beside(self, rows: Floats, treated: Floats) -> Floats:
        side = (treated - 0.5)[:, None]
        return np.hstack([rows, side, rows * side] if self.has_products else [rows, side])


class TransformedOutcome(BaseEstimator):  # type: ignore[misc]
    """A regressor of the `effect`, learned from transformed outcomes."""

    def __init__(self, effect: RegressorMixin) -> None:
        self.effect = effect

    def fit(self, rows: Floats, experiment: Floats) -> Self:
        """Learn `rows` of an `experiment`."""
        self.model_ = clone(self.effect).fit(rows, transformed_outcome(experiment))
        return self

    def predict(self, rows: Floats) -> Floats:
        """What the treatment changes: shape (n,)."""
        return np.asarray(self.model_.predict(rows), dtype=np.float64)


class DoublyRobust(TransformedOutcome):
    """A regressor of the `effect`, learned from doubly robust scores, by an `outcome` classifier of other rows."""

    def __init__(self, effect: RegressorMixin, outcome: ClassifierMixin, folds: int, seed: int) -> None:
        super().__init__(effect)
        self.outcome = outcome
        self.folds = folds
        self.seed = seed

    def fit(self, rows: Floats, experiment: Floats) -> Self:
        """Learn `rows` of an `experiment`."""
        expected = np.empty((len(rows), 2))
        for others, these in self._splits(rows, experiment):
            model = TwoModels(self.outcome).fit(rows[others], experiment[others])
            expected[these] = model.outcomes(rows[these])
        self.model_ = clone(self.effect).fit(rows, doubly_robust(experiment, expected))
        return self

    def _splits(self, rows: Floats, experiment: Floats) -> Iterator[tuple[Any, Any]]:
        splitter = StratifiedKFold(self.folds, shuffle=True, random_state=self.seed)
        return iter(splitter.split(rows, cells(experiment)))


class Drawn(BaseEstimator):  # type: ignore[misc]
    """A fitted `model` drawn to one `effect`: of what its predictions differ from their `mean` a `share` stays.

    What differs most between rows is mostly noise, and a policy of cost and benefit acts on it.
    """

    def __init__(self, model: Any, share: float, mean: float, effect: float) -> None:
        self.model = model
        self.share = share
        self.mean = mean
        self.effect = effect

    def fit(self, _rows: Floats, _experiment: Floats) -> Self:
        """Its model was fitted before, since how far it is drawn is told by rows that it did not see."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        """As its model is."""
        return True

    def predict(self, rows: Floats) -> Floats:
        """What the treatment changes: shape (n,)."""
        return drawn(self.model.predict(rows), self.share, self.mean, self.effect)


def drawn(said: Floats, share: float, mean: float, effect: float) -> Floats:
    """`said` drawn to `effect`: `share` of what it differs from its `mean` stays; shape (n,), none beyond -1 and 1."""
    return np.clip(effect + share * (said - mean), -1.0, 1.0)
