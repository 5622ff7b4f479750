"""A fitted churn model and how it scores a batch of rows.

It never refits, and one batch changes nothing for the next. Training belongs in `churn`, reasons in
`reasons`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets.preprocessing import MISSING
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.preprocessing import FeaturePlan

# Matrix products may differ in the 16th digit with the size of a batch; six digits are the same for any, and
# more than a probability of churn can mean.
PROBABILITY_DECIMALS = 6
# A call costs more than to score a few rows.
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class ChurnModel:
    """A fitted pipeline with all that scoring needs, so that nothing is decided again after training.

    `pipeline` has the steps `frame`, `columns`, `model`; no row below `threshold` is flagged; `references`
    is the usual value of each feature (median, or most frequent value), as the `frame` step gives it; `algorithm` is
    the candidate it was chosen from, empty in versions stored before that was kept; `options` are the values that
    features may be changed to, see `counterfactuals`.
    """

    pipeline: Pipeline
    key: tuple[str, ...]
    threshold: float
    references: Mapping[str, float | str]
    algorithm: str = ""
    options: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def score_churn(
    model: ChurnModel, batch: pd.DataFrame, said: npt.NDArray[np.float64] | None = None
) -> pd.DataFrame:
    """Score raw feature rows: the key columns and `churn_probability` (float64).

    Rows, their order and their index are the batch's. `said`, shape (n,), is what the model says of each, where that is
    known already.

    Raises:
        ValueError: when a key or feature column is missing, or a value does not fit its column.
    """
    keys = key_columns(batch, model.key)
    probability = published_probability(churn_probability(model.pipeline, batch) if said is None else said)
    return keys.assign(churn_probability=probability)


def key_columns(batch: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """The columns that say whom each row to score is about.

    Raises:
        ValueError: one of them is missing.
    """
    if absent := [name for name in key if name not in batch.columns]:
        raise ValueError(f"the rows to score lack the key columns: {', '.join(absent)}")
    return batch[list(key)]


def churn_probability(
    pipeline: Pipeline, batch: pd.DataFrame | npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The unrounded probability of churn of each row, shape (n,), of what the first step of `pipeline` takes."""
    if not len(batch):
        return np.empty(0, dtype=np.float64)
    with one_thread():
        probability: npt.NDArray[np.float64] = pipeline.predict_proba(batch)[:, 1]
    return probability


def churn_probabilities(
    pipeline: Pipeline, batches: Iterable[pd.DataFrame]
) -> Iterator[npt.NDArray[np.float64]]:
    """As `churn_probability`, of each of `batches`, all of the same columns."""
    return in_batches(lambda batch: churn_probability(pipeline, batch), batches)


def in_batches(
    predict: Callable[[pd.DataFrame], npt.NDArray[np.float64]], batches: Iterable[pd.DataFrame]
) -> Iterator[npt.NDArray[np.float64]]:
    """What `predict` says of each row of each of `batches`, all of the same columns; small ones are scored together."""
    together: list[pd.DataFrame] = []
    for batch in batches:
        together.append(batch)
        if sum(map(len, together)) >= ROWS_AT_ONCE:
            yield from _split(predict, together)
            together = []
    if together:
        yield from _split(predict, together)


def _split(
    predict: Callable[[pd.DataFrame], npt.NDArray[np.float64]], batches: Sequence[pd.DataFrame]
) -> list[npt.NDArray[np.float64]]:
    ends = np.cumsum([len(batch) for batch in batches])[:-1]
    return np.split(predict(pd.concat(batches)), ends)


def published_probability(probability: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The probability as it is published and decided by."""
    return np.round(probability, PROBABILITY_DECIMALS)


def usual_values(frame: pd.DataFrame, plan: FeaturePlan) -> dict[str, float | str]:
    """As `reference_values`; no text of one customer is usual, nor to be told in the reasons of another."""
    return reference_values(frame) | dict.fromkeys(plan.free_text, MISSING)


def reference_values(frame: pd.DataFrame) -> dict[str, float | str]:
    """The usual value of each column of a `FeatureFrame`'s output: lower median of numbers, mode of text.

    Null counts as a value of text (`(missing)`); a number that is never known has the reference NaN.
    """
    return {str(name): _reference(frame[name]) for name in frame.columns}


def _reference(values: pd.Series[Any]) -> float | str:
    if values.dtype == np.float64:
        numbers = values.to_numpy()
        known = numbers[~np.isnan(numbers)]
        middle = (len(known) - 1) // 2
        return float(np.partition(known, middle)[middle]) if len(known) else np.nan
    codes, different = pd.factorize(values)
    counts = np.bincount(codes)
    return min(map(str, different[counts == counts.max()]))
