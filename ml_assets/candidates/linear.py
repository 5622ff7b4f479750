"""Algorithms whose log odds are a sum over scaled numbers and one-hot text: reasons come of one scoring."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.candidates.candidate import Candidate

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.candidates.candidate import Explained


class LinearCandidate(Candidate):
    """What linear algorithms share; each says where its fitted model keeps its coefficients."""

    @abstractmethod
    def log_odds(self, model: Any) -> tuple[npt.NDArray[np.float64], float]:
        """Of a fitted `model` the coefficient of each number, shape (n,), and the log odds where all are zero."""

    def explained(self, pipeline: Pipeline, frame: pd.DataFrame, usual: pd.DataFrame) -> Explained | None:
        """See `Candidate.explained`; `None` where products of numbers belong to several features."""
        from scipy.special import expit

        columns = pipeline.named_steps["columns"]
        coefficients, intercept = self.log_odds(pipeline.named_steps["model"])
        features = _features_of_columns(columns, list(frame.columns))
        if len(features) != len(coefficients):
            return None
        numbers = columns.transform(frame)
        terms = (numbers - columns.transform(usual)) * coefficients
        shares = np.zeros(frame.shape)
        for position in range(frame.shape[1]):
            shares[:, position] = terms[:, features == position].sum(axis=1)
        log_odds = numbers @ coefficients + intercept
        said = expit(log_odds)
        effects: npt.NDArray[np.float64] = said[:, np.newaxis] - expit(log_odds[:, np.newaxis] - shares)
        return said, effects


def _features_of_columns(columns: ColumnTransformer, features: list[str]) -> npt.NDArray[np.int64]:
    """For each column that `linear_preprocessing` gives, the position of the feature it was made of."""
    made_of: list[str] = []
    for name, fitted, inputs in columns.transformers_:
        if name == "numeric" and inputs:
            indicated = fitted.named_steps["impute"].indicator_.features_
            made_of += [*inputs, *(inputs[position] for position in indicated)]
        elif name in ("categorical", "codes") and inputs:
            rare = fitted.infrequent_categories_
            for column, known, few in zip(inputs, fitted.categories_, rare, strict=True):
                made_of += [column] * (len(known) - max(0, (0 if few is None else len(few)) - 1))
        elif name == "many_valued":
            made_of += inputs
        elif isinstance(inputs, str):  # free text, as many numbers
            made_of += [inputs] * (columns.output_indices_[name].stop - columns.output_indices_[name].start)
    return np.array([features.index(name) for name in made_of])
