"""Logistic regression on scaled numbers and one-hot text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.preprocessing import linear_preprocessing

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.preprocessing import FeaturePlan


class LogisticRegressionCandidate(Candidate):
    """`logistic_regression`."""

    def preprocessing(self, plan: FeaturePlan) -> ColumnTransformer:
        """See `Candidate.preprocessing`."""
        return linear_preprocessing(plan)

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> LogisticRegression:  # noqa: ARG002
        """See `Candidate.estimator`."""
        return LogisticRegression(max_iter=2000)

    def effects(
        self, pipeline: Pipeline, frame: pd.DataFrame, usual: pd.DataFrame
    ) -> npt.NDArray[np.float64]:
        """See `Candidate.effects`: log odds are a sum over features, so one scoring tells for all of them."""
        columns, model = pipeline.named_steps["columns"], pipeline.named_steps["model"]
        numbers = columns.transform(frame)
        terms = (numbers - columns.transform(usual)) * model.coef_[0]
        features = _features_of_columns(columns, list(frame.columns))
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
