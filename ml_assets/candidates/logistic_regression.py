"""Logistic regression on scaled numbers and one-hot text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.linear_model import LogisticRegression

from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.preprocessing import linear_preprocessing

if TYPE_CHECKING:
    from sklearn.compose import ColumnTransformer

    from meshlake.ml_assets.preprocessing import FeaturePlan


class LogisticRegressionCandidate(Candidate):
    """`logistic_regression`."""

    def preprocessing(self, plan: FeaturePlan) -> ColumnTransformer:
        """See `Candidate.preprocessing`."""
        return linear_preprocessing(plan)

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> LogisticRegression:  # noqa: ARG002
        """See `Candidate.estimator`."""
        return LogisticRegression(max_iter=2000)
