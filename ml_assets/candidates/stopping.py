"""Histogram gradient boosting that stops by rows of nobody it learns of, and the mean of several such.

What scikit-learn keeps aside by itself is a tenth of the rows, drawn one by one. Of a customer who is there at many
cut-offs some rows would be learned and others kept aside: what is known by heart of whom was seen is then taken for a
gain, and it stops far too late. `groups` says whom each row is about; who is kept aside, is so with all rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone, is_classifier
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import GroupShuffleSplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Groups = npt.NDArray[np.int64]


def parts_by_groups(
    estimator: Any, X: Floats, y: npt.NDArray[Any], groups: Groups | None
) -> tuple[Groups, Groups] | None:
    """The rows to learn of, and those of whole `groups` that are kept aside, a share of `validation_fraction`.

    `None` where nothing says whom rows are about, or a class would be missing among what is learned, as of very few
    groups, each of one class.
    """
    if groups is None:
        return None
    splitter = GroupShuffleSplit(
        1, test_size=estimator.validation_fraction, random_state=estimator.random_state
    )
    learned, aside = next(splitter.split(X, y, groups))
    if is_classifier(estimator) and len(np.unique(y[learned])) < len(np.unique(y)):
        return None
    return learned, aside


class _StopsByGroups:
    """To be put before an estimator of scikit-learn's that takes `X_val` and `y_val`."""

    def fit(self, X: Floats, y: npt.NDArray[Any], *, groups: Groups | None = None) -> Self:
        """Fit on `X`, shape (n, columns), and the labels `y`, shape (n,); `groups`, shape (n,), are of the rows."""
        own: Any = self
        base: Any = super()
        parts = parts_by_groups(own, X, y, groups) if own.early_stopping else None
        if parts is None:
            base.fit(X, y)
        else:
            learned, aside = parts
            base.fit(X[learned], y[learned], X_val=X[aside], y_val=y[aside])
        return self


class StoppedClassifier(_StopsByGroups, HistGradientBoostingClassifier):  # type: ignore[misc]
    """Of classes."""


class StoppedRegressor(_StopsByGroups, HistGradientBoostingRegressor):  # type: ignore[misc]
    """Of amounts."""


class MeanOfSeeds(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The mean of what `boostings` say, each of its own draws."""

    def __init__(self, boostings: Sequence[StoppedClassifier] = ()) -> None:
        self.boostings = boostings

    def fit(self, X: Floats, y: npt.NDArray[Any], *, groups: Groups | None = None) -> Self:
        """See `StoppedClassifier.fit`."""
        self.classes_ = np.unique(y)
        self.estimators_ = [clone(each).fit(X, y, groups=groups) for each in self.boostings]
        return self

    def predict_proba(self, X: Floats) -> Floats:
        """The probability of each class, shape (n, classes)."""
        mean: Floats = np.mean([each.predict_proba(X) for each in self.estimators_], axis=0)
        return mean
