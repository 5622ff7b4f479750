"""What an ensemble of candidates is: fitted members, and how one probability is made of theirs.

Method: stacked generalisation (Wolpert 1992) on out-of-fold probabilities, so that no candidate is fitted again for it
(the Super Learner of van der Laan, Polley and Hubbard 2007). Which members there are belongs in `ensembles`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.base import BaseEstimator, ClassifierMixin

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from sklearn.pipeline import Pipeline

    Probabilities = npt.NDArray[np.float64]
    Labels = npt.NDArray[np.bool_]

# A member of less weight changes what is published by less than it costs to fit, score and explain.
LEAST_WEIGHT = 0.05
# Forests say 0 and 1, of which no log odds are known, and what lies closer to either is noise.
_SMALLEST = 1e-4


def log_odds(probability: Probabilities) -> Probabilities:
    """The log odds of probabilities of any shape, none of them surer than 1 in 10,000."""
    found: Probabilities = logit(probability.clip(_SMALLEST, 1 - _SMALLEST))
    return found


class Blend(ABC, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Members by name, as pipelines from a `FeatureFrame`'s output to probabilities, and the weight of each.

    A subclass says how it is learned and what it says; its constructor takes `members` and what was learned.
    """

    members: Mapping[str, Pipeline]
    weights: Mapping[str, float]

    @classmethod
    @abstractmethod
    def learned(cls, said: pd.DataFrame, is_churned: Labels) -> Self:
        """Learned of what each candidate, a column, said of rows it did not see; it has no members yet."""

    @abstractmethod
    def blended(self, said: pd.DataFrame) -> Probabilities:
        """The probability made of what the members say, shape (n,); other columns are passed over."""

    def with_members(self, members: Mapping[str, Pipeline]) -> Self:
        """The same of fitted members: those it has a weight for."""
        return type(self)(**{**vars(self), "members": {name: members[name] for name in self.weights}})

    def said(self, X: pd.DataFrame) -> pd.DataFrame:
        """What each member says of each row."""
        return pd.DataFrame({name: member.predict_proba(X)[:, 1] for name, member in self.members.items()})

    def predict_proba(self, X: pd.DataFrame) -> Probabilities:
        """The probabilities of both classes, shape (n, 2)."""
        probability = self.blended(self.said(X))
        return np.column_stack([1 - probability, probability])

    def fit(self, X: object, y: object = None) -> Self:  # noqa: ARG002
        """Nothing to learn, the members are fitted; here because scikit-learn asks for it."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True
