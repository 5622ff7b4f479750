"""A linear model as a sum of one term for each feature, so that it can be written where there is no Python.

Terms are found by asking the fitted pipeline what its log odds change by when one feature of a row changes. That is
exact for a model that adds up its features, whatever fills, scales and encodes them on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets.calibration import Calibrated
from meshlake.ml_assets.candidates.candidate import CANDIDATES
from meshlake.ml_assets.candidates.linear import LinearCandidate
from meshlake.ml_assets.preprocessing import MISSING, TEXTS
from meshlake.ml_assets.season import Seasonal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt
    from sklearn.compose import ColumnTransformer

    from meshlake.ml_assets.calibration import Curve
    from meshlake.ml_assets.preprocessing import FeatureFrame
    from meshlake.ml_assets.scoring import ChurnModel

# More are longer than an engine should have to read.
MOST_VALUES = 1_000
# Codes are whole numbers, and no text that landed has a null in it.
_NO_CODE, _NO_TEXT = 0.37, "\x00"


@dataclass(frozen=True)
class Term:
    """What a feature adds to the log odds.

    `missing` if it is not known; else `slope` times its number, if it is one, and what `weights` have of its value, or
    `other` for a value that they do not have.
    """

    missing: float
    other: float
    slope: float | None = None
    weights: Mapping[float | str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LinearTerms:
    """The log odds of a row are `intercept` and the term of each feature, by its name in a `FeatureFrame`; `curve`
    calibrates their probability."""

    intercept: float
    terms: Mapping[str, Term]
    curve: Curve | None

    @property
    def value_count(self) -> int:
        """How many values weigh something by themselves."""
        return sum(len(term.weights) for term in self.terms.values())


def linear_terms(model: ChurnModel) -> LinearTerms | None:
    """The terms of `model`; `None` if it is no sum of its features, or has too many values to be written."""
    rest, curve = model.pipeline[1:], None
    last = rest.named_steps["model"]
    if isinstance(last, Seasonal):
        return None
    if isinstance(last, Calibrated) and last.blend is None:
        curve, rest = last.curve, last.members[model.algorithm]
    candidate = CANDIDATES.get(model.algorithm)() if model.algorithm in CANDIDATES.names else None
    if not isinstance(candidate, LinearCandidate):
        return None
    values = _values(rest.named_steps["columns"])
    if values is None:
        return None
    coefficients, intercept = candidate.log_odds(rest.named_steps["model"])

    def log_odds(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] = (
            rest.named_steps["columns"].transform(frame) @ coefficients + intercept
        )
        return found

    step: FeatureFrame = model.pipeline.named_steps["frame"]
    usual = _usual_row(model, step)
    base = float(log_odds(usual)[0])
    terms = {name: _term(usual, name, values.get(name, []), base, log_odds) for name in usual.columns}
    return LinearTerms(base, terms, curve)


def _usual_row(model: ChurnModel, step: FeatureFrame) -> pd.DataFrame:
    names = (*step.kinds, *(step.parts or {}))
    is_number = {name: name in step.kinds and step.kinds[name] not in TEXTS for name in names}
    types = {name: np.float64 if is_number[name] else object for name in names}
    return pd.DataFrame({name: pd.Series([model.references[name]], dtype=types[name]) for name in names})


def _values(columns: ColumnTransformer) -> dict[str, list[Any]] | None:
    """The values that have a weight of their own, by column; `None` where columns are no sums, or have too many."""
    found: dict[str, list[Any]] = {}
    for name, fitted, inputs in columns.transformers_:
        if isinstance(inputs, str) or (name == "numeric" and inputs and "products" in fitted.named_steps):
            return None
        if name in ("categorical", "codes", "many_valued") and len(inputs):
            encoder: Any = fitted.named_steps["encode"] if name == "many_valued" else fitted
            found |= {column: list(known) for column, known in zip(inputs, encoder.categories_, strict=True)}
    return found if all(len(known) <= MOST_VALUES for known in found.values()) else None


def _term(
    usual: pd.DataFrame,
    name: str,
    values: list[Any],
    base: float,
    log_odds: Callable[[pd.DataFrame], npt.NDArray[np.float64]],
) -> Term:
    def added(asked: list[Any]) -> npt.NDArray[np.float64]:
        kind = object if usual[name].dtype == object else np.float64
        rows = usual.loc[[0] * len(asked)].assign(**{name: np.array(asked, dtype=kind)})
        return log_odds(rows) - base

    if usual[name].dtype == object:
        known = [value for value in values if value != MISSING]
        missing, other, *weights = added([MISSING, _NO_TEXT, *known]).tolist()
        return Term(missing, other, weights=dict(zip(known, weights, strict=True)))
    middle = float(usual[name].iloc[0])
    first = (0.0 if np.isnan(middle) else np.floor(middle)) + _NO_CODE
    span = max(1.0, abs(first))
    known = [float(value) for value in values if not np.isnan(value)]
    missing, low, high, *weights = added([np.nan, first, first + np.floor(span), *known]).tolist()
    slope = (high - low) / np.floor(span)
    of_values = [weight - slope * value for value, weight in zip(known, weights, strict=True)]
    return Term(missing, low - slope * first, float(slope), dict(zip(known, of_values, strict=True)))
