"""Logistic regression on scaled numbers and one-hot text, and on products of the numbers where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveFloat

from meshlake.ml_assets.candidates.linear import LinearCandidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt
    from sklearn.base import TransformerMixin
    from sklearn.linear_model import LogisticRegression

    from meshlake.ml_assets.preprocessing import FeaturePlan


class LogisticRegressionCandidate(LinearCandidate):
    """`logistic_regression`."""

    search_space: ClassVar[Mapping[str, Between]] = {
        "C": Between(0.001, 100.0, is_log=True),
    }

    C: PositiveFloat = Field(default=1.0, description="How little coefficients are drawn to zero.")
    l1_ratio: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="By what: 0 by their squares (L2), 1 by their size (L1), or both.",
    )
    degree: int = Field(
        default=1, ge=1, le=3, description="Of 2 and 3, products of up to so many numbers are features, too."
    )

    def preprocessing(self, plan: FeaturePlan) -> TransformerMixin:
        """See `Candidate.preprocessing`."""
        from meshlake.ml_assets.encoding import linear_preprocessing

        return linear_preprocessing(plan, self.degree)

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> LogisticRegression:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.linear_model import LogisticRegression

        solver = "saga" if self.l1_ratio else "lbfgs"
        return LogisticRegression(
            C=self.C, l1_ratio=self.l1_ratio, solver=solver, max_iter=2000, random_state=seed
        )

    def log_odds(self, model: LogisticRegression) -> tuple[npt.NDArray[np.float64], float]:
        """See `LinearCandidate.log_odds`."""
        return model.coef_[0], float(model.intercept_[0])
