"""A fitted model of time to an event, how it scores a batch of rows, and why it says what it says.

It never refits, and one batch changes nothing for the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets.regression.metrics import in_figures
from meshlake.ml_assets.regression.model import explain_amounts, with_honest
from meshlake.ml_assets.scoring import key_columns, published_probability
from meshlake.ml_assets.survival.censored import at_times, mean_within
from meshlake.ml_assets.survival.rows import durations_of
from meshlake.ml_assets.threads import one_thread
from meshlake.ml_assets.training_rows import read_label, require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.survival.censored import Floats
    from meshlake.ml_assets.survival.spec import SurvivalSpec

_AT = "at_"
_TIME_DECIMALS = 3
# A change by less than this share of the time that is told of is no reason worth telling.
LEAST_EFFECT = 0.001


@dataclass(frozen=True)
class SurvivalModel:
    """A fitted pipeline with all that scoring needs.

    `pipeline` has the steps `frame`, `columns`, `model`, and gives the chance to be there still at the end of each
    period, `edges`, in `unit`; `horizons` are those asked for. `references` is the usual value of each feature; an
    effect below `least_effect`, in `unit`, is no reason.
    """

    pipeline: Pipeline
    key: tuple[str, ...]
    references: Mapping[str, float | str]
    algorithm: str
    edges: tuple[float, ...]
    horizons: tuple[int, ...]
    unit: str
    least_effect: float

    def curves(self, frame: pd.DataFrame) -> Floats:
        """The chance to be there still at each of `edges`, of rows as the step `frame` makes them: shape (n, edges)."""
        if frame.empty:
            return np.empty((0, len(self.edges)))
        with one_thread():
            return published_probability(np.asarray(self.pipeline[1:].predict(frame), dtype=np.float64))

    def predict(self, frame: pd.DataFrame) -> Floats:
        """How long a row is there within the last of `edges`, on average: shape (n,)."""
        return mean_within(self.curves(frame), np.array(self.edges))


def curve_columns(edges: tuple[float, ...]) -> list[str]:
    """The columns that hold the chance to be there still at each of `edges`."""
    return [f"{_AT}{edge!r}" for edge in edges]


def curves_in(rows: pd.DataFrame) -> tuple[Floats, Floats]:
    """The times that `rows` have columns of, see `curve_columns`, and what these hold: shapes (edges,), (n, edges)."""
    names = [str(name) for name in rows.columns if str(name).startswith(_AT)]
    return np.array([float(name.removeprefix(_AT)) for name in names]), rows[names].to_numpy(np.float64)


def score_curves(model: SurvivalModel, batch: pd.DataFrame) -> pd.DataFrame:
    """Score raw feature rows: the key columns, and the chance to be there still at each edge, see `curve_columns`.

    Rows, their order and their index are the batch's.

    Raises:
        ValueError: when a key or feature column is missing, or a value does not fit its column.
    """
    keys = key_columns(batch, model.key)
    curves = model.curves(model.pipeline[:1].transform(batch))
    return keys.join(pd.DataFrame(curves, columns=curve_columns(model.edges), index=batch.index))


def published_survival(
    model: SurvivalModel, honest: pd.DataFrame, batch: pd.DataFrame, spec: SurvivalSpec, *, has_reasons: bool
) -> pd.DataFrame:
    """The scores of a batch as they are published: of the rows `model` learned from, their honest predictions.

    Args:
        model: the fitted model.
        honest: what `honest.honest_by_row` gives.
        batch: raw feature rows.
        spec: which columns are what.
        has_reasons: whether each row has the reasons of its prediction.

    Raises:
        ValueError: when a column is missing, or a value does not fit its column.
    """
    scores = with_honest(
        model,
        score_curves(model, batch),
        honest,
        batch,
        spec.row_keys,
        explain_survival if has_reasons else None,
    )
    told = _told(model, curves_in(scores)[1], batch, spec)
    return scores.drop(columns=curve_columns(model.edges)).join(told)


def survival_columns(horizons: tuple[int, ...], unit: str) -> tuple[list[str], list[str]]:
    """The columns that say how likely a row is still there, so long after its start, and so much longer than now."""
    return [f"survival_{each}_{unit}" for each in horizons], [
        f"stays_{each}_more_{unit}" for each in horizons
    ]


def followed_column(unit: str) -> str:
    """The column that says how long a row had been there when its chances to stay were said; null where none was."""
    return f"followed_{unit}"


def explain_survival(model: SurvivalModel, batch: pd.DataFrame) -> pd.DataFrame:
    """`reason_1` to `reason_3` of each row: the features that move most how long it is there, and by how much.

    Such as `contract = two years (usually monthly): 14 months longer`: with its usual value alone it would be 14 months
    less, on average and within what the rows reach.
    """

    def told(effect: float) -> str:
        return f"{in_figures(abs(effect))} {model.unit} {'longer' if effect > 0 else 'shorter'}"

    return explain_amounts(model, batch, told)


def _told(model: SurvivalModel, curves: Floats, batch: pd.DataFrame, spec: SurvivalSpec) -> pd.DataFrame:
    edges = np.array(model.edges)
    from_start, from_now = survival_columns(model.horizons, model.unit)
    require_columns(batch, [spec.label, *spec.time_columns])
    told: dict[str, Any] = {}
    for name, horizon in zip(from_start, model.horizons, strict=True):
        told[name] = curves[:, model.edges.index(horizon)]
    age = durations_of(batch, spec).to_numpy()
    is_there = (read_label(batch[spec.label]) == False).fillna(value=False).to_numpy(dtype=bool)  # noqa: E712
    age_there = np.where(is_there, age, np.nan)
    for name, horizon in zip(from_now, model.horizons, strict=True):
        told[name] = chance_later(curves, edges, age_there, horizon)
    is_told = ~np.isnan([told[name] for name in from_now]).all(axis=0)
    told[followed_column(model.unit)] = np.where(is_told, age_there, np.nan)
    told[f"mean_{model.unit}"] = np.round(mean_within(curves, edges), _TIME_DECIMALS)
    told[f"median_{model.unit}"] = np.round(medians(curves, edges), _TIME_DECIMALS)
    return pd.DataFrame(told, index=batch.index)


def chance_later(curves: Floats, edges: Floats, age: Floats, horizon: int) -> Floats:
    """How likely a row that is there after `age` is there a `horizon` later; NaN beyond the last of `edges`."""
    found = np.full(len(curves), np.nan)
    is_within = age + horizon <= edges[-1]  # False of NaN
    now, then = (at_times(curves[is_within], edges, age[is_within] + more) for more in (0, horizon))
    found[is_within] = np.divide(then, now, out=np.full(len(now), np.nan), where=now > 0)
    return published_probability(found)


def medians(curves: Floats, edges: Floats) -> Floats:
    """When half of the rows like each are gone; NaN where more than half are there at the last of `edges`: shape (n,).

    Example:
        >>> medians(np.array([[0.8, 0.2], [0.9, 0.6]]), np.array([10.0, 20.0])).tolist()
        [15.0, nan]
    """
    known, ends = np.hstack([np.ones((len(curves), 1)), curves]), np.concatenate([[0.0], edges])
    is_gone = known <= 0.5
    after, rows = is_gone.argmax(axis=1), np.arange(len(curves))
    before = np.maximum(after - 1, 0)
    high, low = known[rows, before], known[rows, after]
    share = np.divide(high - 0.5, high - low, out=np.zeros(len(curves)), where=high > low)
    found = ends[before] + share * (ends[after] - ends[before])
    return np.where(is_gone.any(axis=1), found, np.nan)
