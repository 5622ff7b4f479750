"""Honest predictions: what was predicted of a row by a model that never saw its label.

One stands for the row that it was made from, its key and its features, and for no other: a customer whose features
have changed since is scored by the model. How models are fitted and scored does not belong here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from meshlake.ml_assets.comparison import can_compare
from meshlake.ml_assets.explaining.counterfactuals import CHANGE, nearest_changes
from meshlake.ml_assets.explaining.reasons import explain_churn, reason_names
from meshlake.ml_assets.scoring import score_churn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.scoring import ChurnModel

FINGERPRINT, KEY_FINGERPRINT = "row_fingerprint", "key_fingerprint"
# Of the 53 bits of a float: sums over the same rows in another order differ in the last few.
_COMPARED_BITS = 40


class HasPipeline(Protocol):
    """A model whose pipeline begins with the step `frame`."""

    @property
    def pipeline(self) -> Pipeline:
        """The fitted pipeline."""


def row_fingerprints(model: HasPipeline, batch: pd.DataFrame, keys: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A hash of each row's key and features, as the model reads them: shape (n,).

    The same in any batch. Of 200,000 rows held against 5,000,000 two different ones share a hash once in 10 million
    times.

    Raises:
        ValueError: when a feature column is missing, or a value does not fit its column.
    """
    frame = model.pipeline[:1].transform(batch)
    columns = _key_columns(batch, keys)
    columns |= {f"feature {name}": _without_noise(values) for name, values in frame.items()}
    return _hashes(columns)


def key_fingerprints(batch: pd.DataFrame, keys: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A hash of each row's key: shape (n,), the same in any batch."""
    return _hashes(_key_columns(batch, keys))


def predict_honestly(
    model: ChurnModel,
    rows: pd.DataFrame,
    probability: npt.NDArray[np.float64],
    is_flagged: npt.NDArray[np.bool_],
) -> pd.DataFrame:
    """What `model`, which never saw the labels of `rows`, says of them, who is flagged, and reasons of these.

    `probability` is what it said of each, as it is published: shape (n,), as `is_flagged`.
    """
    scores = {"churn_probability": probability, "is_predicted_churn": is_flagged}
    return pd.DataFrame(scores, index=rows.index).join(_reasons(model, rows, is_flagged))


def tested_rows(honest: pd.DataFrame) -> pd.DataFrame:
    """The rows that tested a model: those of the latest cut-off where they tell anything, else all out of fold."""
    later = honest[honest["fold"].isna()]
    is_test = len(later) and can_compare(later["is_churned"].to_numpy(dtype=bool))
    return later if is_test else honest[honest["fold"].notna()]


def honest_by_row(honest: pd.DataFrame) -> pd.DataFrame:
    """The honest predictions of a training, to be found by `FINGERPRINT`."""
    return honest.drop_duplicates(FINGERPRINT).set_index(FINGERPRINT)


def published_scores(
    model: ChurnModel,
    honest: pd.DataFrame,
    batch: pd.DataFrame,
    keys: Sequence[str],
    may_be_flagged: Callable[[pd.Series[Any]], npt.NDArray[np.bool_]] | None,
    said: npt.NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    """The scores of a batch as they are published: of the rows `model` learned from, their honest predictions.

    Args:
        model: the fitted model.
        honest: what `honest_by_row` gives.
        batch: raw feature rows.
        keys: the columns that tell rows apart.
        may_be_flagged: which rows, of these probabilities, to give reasons of; `None` for no reasons at all. Of honest
            predictions they are those of the model that made them, where it flagged them.
        said: what `model` says of each row, shape (n,), where that is known already.

    Raises:
        ValueError: when a key or feature column is missing, or a value does not fit its column.
    """
    scores = score_churn(model, batch, said)
    found, is_known = honest_of(model, honest, batch, keys)
    scores.loc[is_known, "churn_probability"] = found["churn_probability"]
    if may_be_flagged is None:
        return scores
    told = [*reason_names(), *([CHANGE] if model.options else [])]
    explained = found.loc[found["reason_1"].notna(), told]
    has_reasons = batch.index.isin(explained.index)
    reasons = _reasons(model, batch, may_be_flagged(scores["churn_probability"]) & ~has_reasons)
    reasons.loc[has_reasons] = explained
    return scores.join(reasons)


def honest_of(
    model: HasPipeline, honest: pd.DataFrame, batch: pd.DataFrame, keys: Sequence[str]
) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """The honest predictions of those rows of `batch` that have one, under their index, and which these are: (n,).

    `honest` is what `honest_by_row` gives, `keys` are the columns that tell rows apart. Only of a key that is known the
    features are looked at, which is most of the work where few are.
    """
    is_known = np.ones(len(batch), dtype=bool)
    if KEY_FINGERPRINT in honest:  # not of versions that were stored before it was kept
        is_known = pd.Series(key_fingerprints(batch, keys)).isin(honest[KEY_FINGERPRINT]).to_numpy(copy=True)
    position = honest.index.get_indexer(pd.Index(row_fingerprints(model, batch[is_known], keys)))
    is_known[is_known] = position >= 0
    return honest.iloc[position[position >= 0]].set_axis(batch.index[is_known]), is_known


def _reasons(model: ChurnModel, rows: pd.DataFrame, is_wanted: npt.NDArray[np.bool_]) -> pd.DataFrame:
    wanted = rows[is_wanted]
    reasons = explain_churn(model, wanted)[list(reason_names())]
    if model.options:
        reasons[CHANGE] = nearest_changes(model, wanted)
    return reasons.reindex(rows.index).astype("string")


def _hashes(columns: Mapping[str, pd.Series[Any]]) -> npt.NDArray[np.uint64]:
    return np.asarray(pd.util.hash_pandas_object(pd.DataFrame(columns), index=False), dtype=np.uint64)


def _key_columns(batch: pd.DataFrame, keys: Sequence[str]) -> dict[str, pd.Series[Any]]:
    return {f"key {name}": _key_values(batch[name]) for name in keys}


def _key_values(values: pd.Series[Any]) -> pd.Series[Any]:
    """Whole numbers are the same where a batch has nulls beside them, which makes floats of them in pandas."""
    is_whole = values.dtype == np.float64 and (values.dropna() % 1 == 0).all()
    return values.astype("Int64") if is_whole else values


def _without_noise(values: pd.Series[Any]) -> pd.Series[Any]:
    if values.dtype != np.float64:
        return values
    mantissa, exponent = np.frexp(values.to_numpy())
    kept = np.ldexp(np.round(np.ldexp(mantissa, _COMPARED_BITS)), exponent - _COMPARED_BITS)
    return pd.Series(kept + 0.0, index=values.index)  # a negative zero is zero
