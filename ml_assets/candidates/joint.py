"""Estimators of several yes/no labels at once: of each row the probability of every joint outcome.

An outcome is a number, whose bit n says whether label n is yes. Methods: models of each label by itself, whose
probabilities are multiplied; the outcomes of the nearest rows, counted (with one row's weight of the shares of all, so
that none is impossible: Cestnik, Estimating probabilities, 1990); and chains, in which each label is learned of the
features and the labels before it (Read and others, Classifier chains for multi-label classification, 2011). Chains are
asked for every outcome and not only for the likeliest labels before (Dembczynski and others, Bayes optimal multilabel
classification via probabilistic classifier chains, 2010), and the mean of several orders is taken.
"""

from __future__ import annotations

from itertools import permutations, product
from math import factorial
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.neighbors import KNeighborsClassifier

from meshlake.ml_assets.candidates.algorithm import groups_told, on_one_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.int64]

# Each costs a model of every label; more than a few orders differ little in their mean.
MOST_ORDERS = 5
_SMALLEST = 1e-9


def bits_of(codes: Codes, count: int) -> Codes:
    """Whether each of `count` labels is yes in each of these outcomes, as 0 and 1: shape (n, count).

    Example:
        >>> import numpy as np
        >>> bits_of(np.array([0, 1, 2]), 2).tolist()
        [[0, 0], [1, 0], [0, 1]]
    """
    return codes[:, np.newaxis] >> np.arange(count) & 1


def orders_of(count: int, seed: int) -> list[list[int]]:
    """All orders of `count` labels, or of more than `MOST_ORDERS` so many, drawn with the seed."""
    if factorial(count) <= MOST_ORDERS:
        return [list(order) for order in permutations(range(count))]
    random, found = np.random.default_rng(seed), dict[tuple[int, ...], None]()
    while len(found) < MOST_ORDERS:
        found[tuple(random.permutation(count).tolist())] = None
    return [list(order) for order in found]


class Independent(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A copy of `estimator` for each of `count` labels."""

    def __init__(self, estimator: Any, count: int) -> None:
        self.estimator = estimator
        self.count = count

    def fit(self, features: Floats, codes: Codes, *, groups: Codes | None = None) -> Self:
        """Learn outcomes, shape (n,), of features, shape (n, columns); `groups` as in `fit_columns`."""
        self.classes_ = np.arange(2**self.count)
        self.models_ = [
            _fitted(self.estimator, features, bits, groups) for bits in bits_of(codes, self.count).T
        ]
        return self

    def predict_proba(self, features: Floats) -> Floats:
        """The probability of each outcome: shape (n, outcomes)."""
        found = np.ones((len(features), len(self.classes_)))
        for label, model in enumerate(self.models_):
            found *= _of_label(_yes(model, features), bits_of(self.classes_, self.count)[:, label])
        return found


class Chains(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A chain of copies of `estimator` in each of `orders`, which say in what order labels are learned."""

    def __init__(self, estimator: Any, count: int, orders: Sequence[Sequence[int]]) -> None:
        self.estimator = estimator
        self.count = count
        self.orders = orders

    def fit(self, features: Floats, codes: Codes, *, groups: Codes | None = None) -> Self:
        """As `Independent.fit`."""
        self.classes_ = np.arange(2**self.count)
        bits = bits_of(codes, self.count)
        self.chains_ = [
            [
                _fitted(self.estimator, np.hstack([features, bits[:, order[:place]]]), bits[:, label], groups)
                for place, label in enumerate(order)
            ]
            for order in self.orders
        ]
        return self

    def predict_proba(self, features: Floats) -> Floats:
        """As `Independent.predict_proba`: the mean of the chains."""
        each = [self._said(*one, features) for one in zip(self.orders, self.chains_, strict=True)]
        found: Floats = np.mean(each, axis=0)
        return found

    def _said(self, order: Sequence[int], models: Sequence[Any], features: Floats) -> Floats:
        bits = bits_of(self.classes_, self.count)
        found = np.ones((len(features), len(bits)))
        for place, label in enumerate(order):
            for before in product((0, 1), repeat=place):
                is_so = (bits[:, order[:place]] == before).all(axis=1)
                known = np.tile(np.array(before, dtype=np.float64), (len(features), 1))
                yes = _yes(models[place], np.hstack([features, known]))
                found[:, is_so] *= _of_label(yes, bits[is_so, label])
        return found


class NeighboursTogether(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The outcomes of the `n_neighbors` nearest of at most so many rows, drawn with the seed."""

    def __init__(
        self, count: int, n_neighbors: int, weights: Literal["uniform", "distance"], most_rows: int, seed: int
    ) -> None:
        self.count = count
        self.n_neighbors = n_neighbors
        self.weights = weights
        self.most_rows = most_rows
        self.seed = seed

    def fit(self, features: Floats, codes: Codes) -> Self:
        """As `Independent.fit`."""
        self.classes_ = np.arange(2**self.count)
        self.shares_ = np.bincount(codes, minlength=len(self.classes_)) / len(codes)
        if len(codes) > self.most_rows:
            kept = np.random.default_rng(self.seed).choice(len(codes), self.most_rows, replace=False)
            features, codes = features[kept], codes[kept]
        self.codes_ = codes
        several = KNeighborsClassifier(self.n_neighbors, weights=self.weights, algorithm="brute")
        self.neighbours_ = several.fit(features, bits_of(codes, self.count))
        return self

    def predict_proba(self, features: Floats) -> Floats:
        """As `Independent.predict_proba`."""
        distances, near = self.neighbours_.kneighbors(features)
        weights = np.ones(near.shape)
        if self.weights == "distance":
            weights = 1 / np.maximum(distances, _SMALLEST)
            weights *= self.n_neighbors / weights.sum(axis=1, keepdims=True)
        counts = np.stack(
            [(weights * (self.codes_[near] == code)).sum(axis=1) for code in self.classes_], axis=1
        )
        found: Floats = (counts + self.shares_) / (self.n_neighbors + 1)
        return found


def _fitted(estimator: Any, features: Floats, bits: Codes, groups: Codes | None) -> Any:
    return on_one_thread(clone(estimator).fit(features, bits, **groups_told(estimator, groups)))


def _yes(model: Any, features: Floats) -> Floats:
    """The probability of yes, shape (n,); of a label that was never yes none."""
    said: Floats = model.predict_proba(features)
    return said[:, 1] if len(model.classes_) > 1 else np.full(len(features), float(model.classes_[0]))


def _of_label(yes: Floats, bits: Codes) -> Floats:
    """The probability that a label is as in each of `bits`, shape (n, bits)."""
    return np.where(bits == 1, yes[:, np.newaxis], 1 - yes[:, np.newaxis])
