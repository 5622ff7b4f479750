"""Label spreading as a step of a pipeline: what is kept of it are the rows that it saw, with what was spread to each.

Method: Zhou and others, Learning with Local and Global Consistency (2004), on the graph of nearest neighbours, and for
new rows the mean of their neighbours (Delalleau, Bengio and Le Roux 2005); a sigmoid (Platt 1999) of what it says of
rows kept aside makes probabilities of it, since classes are spread without regard to how frequent they are.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsRegressor
from sklearn.semi_supervised import LabelSpreading

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Labels = npt.NDArray[np.int64]

UNKNOWN = -1
# Each row that is scored is held against all that are kept.
MAX_LABELLED_ROWS = 4000
_FOLDS = 3
_ROUNDS = 300
# What reaches rows many steps away is small, and the usual 1e-3 ends before it does.
_TOLERANCE = 1e-7
_SUREST = 0.01


class Spreading(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier of two classes, which learns from rows without a label too. Same rows and seed, same figures.

    `neighbours_` are the rows seen, with what was spread to each, 0 to 1; `slope_` and `intercept_` the sigmoid.
    """

    def __init__(self, n_neighbors: int, alpha: float, seed: int) -> None:
        self.n_neighbors = n_neighbors
        self.alpha = alpha
        self.seed = seed

    def fit(self, X: Floats, y: npt.NDArray[np.bool_] | Labels) -> Self:
        """Learn from `X`, (rows, numbers), and `y`, (rows,): 0 or 1, or -1 where that is not known.

        Raises:
            ValueError: fewer than three rows of a class are known.
        """
        X, y = self._bounded(np.asarray(X, dtype=np.float64), np.asarray(y).astype(np.int64))
        known = np.flatnonzero(y != UNKNOWN)
        if np.bincount(y[known], minlength=2).min() < _FOLDS:
            raise ValueError(f"label_spreading needs at least {_FOLDS} rows of each class")
        said = np.empty(len(known))
        splitter = StratifiedKFold(_FOLDS, shuffle=True, random_state=self.seed)
        for _, aside in splitter.split(known, y[known]):
            is_seen = np.ones(len(y), dtype=bool)
            is_seen[known[aside]] = False
            said[aside] = self._spread(X[is_seen], y[is_seen]).predict(X[known[aside]])
        sigmoid = LogisticRegression().fit(_log_odds(said), y[known])
        self.slope_, self.intercept_ = float(sigmoid.coef_[0, 0]), float(sigmoid.intercept_[0])
        self.neighbours_ = self._spread(X, y)
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X: Floats) -> Floats:
        """Of each row the probability of 0 and of 1: shape (rows, 2)."""
        said = self.neighbours_.predict(np.asarray(X, dtype=np.float64))
        churns = expit(self.slope_ * _log_odds(said)[:, 0] + self.intercept_)
        return np.column_stack([1 - churns, churns])

    def predict(self, X: Floats) -> Labels:
        """The likelier of 0 and 1 of each row."""
        return (self.predict_proba(X)[:, 1] > 0.5).astype(np.int64)

    def _bounded(self, X: Floats, y: Labels) -> tuple[Floats, Labels]:
        known = np.flatnonzero(y != UNKNOWN)
        if len(known) <= MAX_LABELLED_ROWS:
            return X, y
        drawn = np.random.default_rng(self.seed).choice(known, MAX_LABELLED_ROWS, replace=False)
        kept = np.sort(np.concatenate([drawn, np.flatnonzero(y == UNKNOWN)]))
        return X[kept], y[kept]

    def _spread(self, X: Floats, y: Labels) -> KNeighborsRegressor:
        """What was spread to each of `X`; where nothing came, the share of 1 among those known."""
        count = min(self.n_neighbors, len(y) - 1)
        spreading = LabelSpreading(
            kernel="knn", n_neighbors=count, alpha=self.alpha, max_iter=_ROUNDS, tol=_TOLERANCE
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            found = spreading.fit(X, y).label_distributions_
        is_reached = found.sum(axis=1) > 0
        said = np.where(is_reached, found[:, 1], y[y != UNKNOWN].mean())
        return KNeighborsRegressor(count, algorithm="brute").fit(X, said)


def _log_odds(said: Floats) -> Floats:
    clipped = logit(np.clip(said, _SUREST, 1 - _SUREST))
    column: Floats = clipped.reshape(-1, 1)
    return column
