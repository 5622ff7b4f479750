"""A fitted model of classes, how it scores a batch of rows, and why it says what it says.

It never refits, and one batch changes nothing for the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets.explaining.reasons import (
    MINIMUM_EFFECT,
    effects_by_scoring,
    importances_by,
    in_words_of,
    reason_names,
    strongest_reasons,
)
from meshlake.ml_assets.honest import honest_of
from meshlake.ml_assets.scoring import PROBABILITY_DECIMALS, key_columns, published_probability
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from sklearn.pipeline import Pipeline

    Floats = npt.NDArray[np.float64]

_COLUMN = "probability_{}"


@dataclass(frozen=True)
class ClassModel:
    """A fitted pipeline with all that scoring needs.

    `pipeline` has the steps `frame`, `columns`, `model`, and gives a probability to each of `classes`, which are values
    of the label; `references` is the usual value of each feature.
    """

    pipeline: Pipeline
    key: tuple[str, ...]
    classes: tuple[str | int, ...]
    references: Mapping[str, float | str]
    algorithm: str


def probability_columns(count: int) -> list[str]:
    """The columns that hold the probabilities of so many classes, in their order."""
    return [_COLUMN.format(code) for code in range(count)]


def class_probabilities(pipeline: Pipeline, batch: pd.DataFrame, count: int) -> Floats:
    """The probability of each of `count` classes of each row, as it is published: shape (n, count).

    A class that the pipeline did not see has none.
    """
    found = np.zeros((len(batch), count))
    if len(batch):
        with one_thread():
            found[:, pipeline.classes_] = pipeline.predict_proba(batch)
    return published_probability(found)


def score_classes(model: ClassModel, batch: pd.DataFrame) -> pd.DataFrame:
    """Score raw feature rows: the key columns, and the probability of each class, see `probability_columns`.

    Rows, their order and their index are the batch's.

    Raises:
        ValueError: when a key or feature column is missing, or a value does not fit its column.
    """
    keys = key_columns(batch, model.key)
    count = len(model.classes)
    said = class_probabilities(model.pipeline, batch, count)
    return keys.join(pd.DataFrame(said, columns=probability_columns(count), index=batch.index))


def honest_scores(
    model: ClassModel, honest: pd.DataFrame, batch: pd.DataFrame, keys: Sequence[str]
) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """As `score_classes`, of the rows that `model` learned from their honest predictions, and which these are: (n,).

    The arguments are those of `published_classes`.
    """
    scores = score_classes(model, batch)
    columns = probability_columns(len(model.classes))
    found, is_known = honest_of(model, honest, batch, keys)
    scores.loc[is_known, columns] = found[columns]
    return scores, is_known


def published_classes(
    model: ClassModel, honest: pd.DataFrame, batch: pd.DataFrame, keys: Sequence[str], *, has_reasons: bool
) -> pd.DataFrame:
    """The scores of a batch as they are published: of the rows `model` learned from, their honest predictions.

    Args:
        model: the fitted model.
        honest: what `honest.honest_by_row` gives.
        batch: raw feature rows.
        keys: the columns that tell rows apart.
        has_reasons: whether rows that the model did not learn from have reasons; the others have none.

    Raises:
        ValueError: when a key or feature column is missing, or a value does not fit its column.
    """
    scores, is_known = honest_scores(model, honest, batch, keys)
    said = scores[probability_columns(len(model.classes))].to_numpy()
    told = scores[list(model.key)].join(two_likeliest(said, model.classes, batch.index))
    if not has_reasons:
        return told
    return told.join(explain_classes(model, batch[~is_known]).reindex(batch.index).astype("string"))


def two_likeliest(said: Floats, classes: Sequence[str | int], index: pd.Index[Any]) -> pd.DataFrame:
    """The likeliest class of each row and the next, each with its probability; those of all others sum to
    `other_probability`."""
    order = np.argsort(-said, axis=1, kind="stable")[:, :2]
    first, second = (said[np.arange(len(said)), order[:, rank]] for rank in range(2))
    names = pd.Series(list(classes), dtype="Int64" if isinstance(classes[0], int) else "string").array
    return pd.DataFrame(
        {
            "predicted_class": names[order[:, 0]],
            "predicted_probability": first,
            "second_class": names[order[:, 1]],
            "second_probability": second,
            # Probabilities are rounded, and their sum with it.
            "other_probability": np.round(1 - first - second, PROBABILITY_DECIMALS).clip(0) + 0.0,
        },
        index=index,
    )


def explain_classes(model: ClassModel, batch: pd.DataFrame, code: int | None = None) -> pd.DataFrame:
    """`reason_1` to `reason_3` of each row: the features without which its likeliest class, or that of `code`, were
    less likely."""
    frame = model.pipeline[:1].transform(batch)
    if frame.empty:
        return pd.DataFrame(index=batch.index, columns=list(reason_names()), dtype=object)
    effects = _effects(model, frame, code)
    step = model.pipeline.named_steps["frame"]

    def tell(name: str, is_told: npt.NDArray[np.bool_]) -> pd.Series[Any]:
        return in_words_of(step, name, frame[name][is_told], model.references[name])

    return strongest_reasons(frame, effects, MINIMUM_EFFECT, tell)


def class_importances(
    model: ClassModel, rows: pd.DataFrame, seed: int, code: int | None = None
) -> dict[str, float]:
    """How far each feature moves the probability of a row's likeliest class, or of that of `code`, on average, the
    strongest first.

    It is measured on at most `reasons.MEASURED_ROWS` of `rows`.
    """
    return importances_by(lambda frame: _effects(model, frame, code), model.pipeline, rows, seed)


def _effects(model: ClassModel, frame: pd.DataFrame, code: int | None) -> Floats:
    """What the probability of each row's likeliest class, or of that of `code`, falls by when a feature takes its usual
    value."""
    numbered = frame.reset_index(drop=True)
    count = len(model.classes)
    asked = np.full(len(frame), code)
    if code is None:
        asked = class_probabilities(model.pipeline[1:], numbered, count).argmax(axis=1)

    def predict(rows: pd.DataFrame) -> Floats:
        said = class_probabilities(model.pipeline[1:], rows, count)
        return np.asarray(said[np.arange(len(rows)), asked[rows.index]])

    return effects_by_scoring(predict, numbered, model.references)
