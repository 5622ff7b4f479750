"""A fitted model of amounts, how it scores a batch of rows, and why it says what it says.

It never refits, and one batch changes nothing for the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from meshlake.ml_assets.explaining.reasons import (
    effects_by_scoring,
    importances_by,
    in_words_of,
    reason_names,
    strongest_reasons,
)
from meshlake.ml_assets.honest import honest_of
from meshlake.ml_assets.regression.conformal import AMOUNT_DECIMALS
from meshlake.ml_assets.regression.metrics import in_figures
from meshlake.ml_assets.scoring import key_columns
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.regression.conformal import Margins

    Floats = npt.NDArray[np.float64]

# A change of a prediction by less than this share of the mean amount is no reason worth telling.
LEAST_EFFECT = 0.001
PREDICTED = ("predicted", "lower", "upper")


class Explained(Protocol):
    """A model of one amount for each row, whose reasons are told by what features move it."""

    @property
    def pipeline(self) -> Pipeline:
        """The fitted pipeline, which begins with the step `frame`."""

    @property
    def references(self) -> Mapping[str, float | str]:
        """The usual value of each feature."""

    @property
    def least_effect(self) -> float:
        """An effect below it is no reason."""

    def predict(self, frame: pd.DataFrame) -> Floats:
        """What it says of rows as the step `frame` makes them: shape (n,)."""


@dataclass(frozen=True)
class RegressionModel:
    """A fitted pipeline with all that scoring needs.

    `pipeline` has the steps `frame`, `columns`, `model`; `references` is the usual value of each feature; no
    prediction and no end of an interval is below `least`; an effect below `least_effect` is no reason. `margins` say
    how far off a prediction may be.
    """

    pipeline: Pipeline
    key: tuple[str, ...]
    references: Mapping[str, float | str]
    algorithm: str
    least: float | None
    least_effect: float
    margins: Margins | None = None

    def predict(self, frame: pd.DataFrame) -> Floats:
        """What it says of rows as the step `frame` makes them, as it is published: shape (n,)."""
        if frame.empty:
            return np.empty(0, dtype=np.float64)
        with one_thread():
            said = np.asarray(self.pipeline[1:].predict(frame), dtype=np.float64)
        # A negative zero is zero.
        return np.round(said if self.least is None else np.maximum(said, self.least), AMOUNT_DECIMALS) + 0.0


def predict_amounts(model: RegressionModel, batch: pd.DataFrame) -> pd.DataFrame:
    """Score raw feature rows: the key columns, `predicted` and its interval, `lower` to `upper`, if it has margins.

    Rows, their order and their index are the batch's.

    Raises:
        ValueError: when a key or feature column is missing, or a value does not fit its column.
    """
    keys = key_columns(batch, model.key)
    predicted = model.predict(model.pipeline[:1].transform(batch))
    return keys.assign(**with_interval(predicted, model.margins, model.least))


def with_interval(predicted: Floats, margins: Margins | None, least: float | None) -> dict[str, Floats]:
    """`predicted`, and its `lower` and `upper` by `margins`, as they are published."""
    if margins is None:
        return {"predicted": predicted}
    return dict(zip(PREDICTED, (predicted, *margins.interval(predicted, least)), strict=True))


def published_amounts(
    model: RegressionModel,
    honest: pd.DataFrame,
    batch: pd.DataFrame,
    keys: Sequence[str],
    *,
    has_reasons: bool,
) -> pd.DataFrame:
    """The scores of a batch as they are published: of the rows `model` learned from, their honest predictions.

    Args:
        model: the fitted model.
        honest: what `honest.honest_by_row` gives.
        batch: raw feature rows.
        keys: the columns that tell rows apart.
        has_reasons: whether each row has the reasons of its prediction.

    Raises:
        ValueError: when a key or feature column is missing, or a value does not fit its column.
    """
    scores = predict_amounts(model, batch)
    return with_honest(model, scores, honest, batch, keys, explain_amounts if has_reasons else None)


def with_honest(
    model: Explained,
    scores: pd.DataFrame,
    honest: pd.DataFrame,
    batch: pd.DataFrame,
    keys: Sequence[str],
    explain: Callable[[Any, pd.DataFrame], pd.DataFrame] | None,
) -> pd.DataFrame:
    """`scores` of a batch, those of rows that `model` learned from in place of them, and reasons where `explain` tells
    them."""
    found, is_known = honest_of(model, honest, batch, keys)
    names = [name for name in scores if name in found and name not in keys]
    scores.loc[is_known, names] = found[names]
    if explain is None:
        return scores
    explained = found[found["reason_1"].notna()]
    is_new = ~batch.index.isin(explained.index)
    reasons = explain(model, batch[is_new]).reindex(batch.index)
    reasons.loc[explained.index] = explained[list(reason_names())]
    return scores.join(reasons.astype("string"))


def _signed(effect: float) -> str:
    return in_figures(effect, "+")


def explain_amounts(
    model: Explained, batch: pd.DataFrame, in_words: Callable[[float], str] = _signed
) -> pd.DataFrame:
    """`reason_1` to `reason_3` of each row: the features that move its prediction most, and by how much, `in_words`.

    Such as `orders_last_90_days = 4 (usually 0): +212`: with its usual value alone it would be 212 less.
    """
    frame = model.pipeline[:1].transform(batch)
    effects = effects_by_scoring(model.predict, frame, model.references)
    step = model.pipeline.named_steps["frame"]

    def tell(name: str, is_told: npt.NDArray[np.bool_]) -> pd.Series[Any]:
        words = in_words_of(step, name, frame[name][is_told], model.references[name])
        moved = effects[is_told, list(frame.columns).index(name)]
        return words + pd.Series(
            [f": {in_words(effect)}" for effect in moved], index=words.index, dtype=object
        )

    return strongest_reasons(frame, np.abs(effects), model.least_effect, tell)


def amount_importances(model: Explained, rows: pd.DataFrame, seed: int) -> dict[str, float]:
    """How far each feature moves a prediction on average when it takes its usual value, the strongest first.

    It is measured on at most `reasons.MEASURED_ROWS` of `rows`.
    """
    return importances_by(
        lambda frame: effects_by_scoring(model.predict, frame, model.references), model.pipeline, rows, seed
    )
