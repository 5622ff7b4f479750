"""Logistic regression on scaled numbers and one-hot text, and on products of the numbers where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, PositiveFloat

from meshlake.ml_assets.candidates.candidate import Candidate

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from sklearn.base import TransformerMixin
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.preprocessing import FeaturePlan


class LogisticRegressionCandidate(Candidate):
    """`logistic_regression`."""

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
        from meshlake.ml_assets.preprocessing import linear_preprocessing

        return linear_preprocessing(plan, self.degree)

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> LogisticRegression:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.linear_model import LogisticRegression

        solver = "saga" if self.l1_ratio else "lbfgs"
        return LogisticRegression(
            C=self.C, l1_ratio=self.l1_ratio, solver=solver, max_iter=2000, random_state=seed
        )

    def effects(
        self, pipeline: Pipeline, frame: pd.DataFrame, usual: pd.DataFrame
    ) -> npt.NDArray[np.float64] | None:
        """See `Candidate.effects`: log odds are a sum over features, so one scoring tells for all of them."""
        from scipy.special import expit

        columns, model = pipeline.named_steps["columns"], pipeline.named_steps["model"]
        features = _features_of_columns(columns, list(frame.columns))
        if len(features) != model.coef_.shape[1]:  # products belong to several features
            return None
        numbers = columns.transform(frame)
        terms = (numbers - columns.transform(usual)) * model.coef_[0]
        shares = np.zeros(frame.shape)
        for position in range(frame.shape[1]):
            shares[:, position] = terms[:, features == position].sum(axis=1)
        log_odds = model.decision_function(numbers)[:, np.newaxis]
        effects: npt.NDArray[np.float64] = expit(log_odds) - expit(log_odds - shares)
        return effects


def _features_of_columns(columns: ColumnTransformer, features: list[str]) -> npt.NDArray[np.int64]:
    """For each column that `linear_preprocessing` gives, the position of the feature it was made of."""
    made_of: list[str] = []
    for name, fitted, inputs in columns.transformers_:
        if name == "numeric" and inputs:
            indicated = fitted.named_steps["impute"].indicator_.features_
            made_of += [*inputs, *(inputs[position] for position in indicated)]
        if name == "categorical" and inputs:
            rare = fitted.infrequent_categories_
            for column, known, few in zip(inputs, fitted.categories_, rare, strict=True):
                made_of += [column] * (len(known) - max(0, (0 if few is None else len(few)) - 1))
    return np.array([features.index(name) for name in made_of])
