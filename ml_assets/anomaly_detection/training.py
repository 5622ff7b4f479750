"""Unusual rows: far from the bulk of them (Fast-MCD), or where hardly any of the others lie (a Gaussian mixture).

Which of the two says so, and which columns make a row unusual, is told of each.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.covariance import EllipticEnvelope
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import Pipeline

from meshlake.ml_assets.explaining.reasons import NO_SINGLE_REASON
from meshlake.ml_assets.explaining.units import with_unit
from meshlake.ml_assets.scaling import in_key_order, plan_of_numbers, sample, scaling, told_of
from meshlake.ml_assets.scoring import key_columns
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.anomaly_detection.spec import AnomalySpec

MAX_FITTED_ROWS = 20_000
MOST_PARTS = 6
TOP = 3
# Columns that say nearly the same, or one value in nearly all rows, have no width of their own.
_LEAST_VARIANCE = 1e-4
_FEWEST_ROWS_PER_COLUMN = 5
_LEAST_WEIGHT = 0.05


@dataclass(frozen=True)
class AnomalyModel:
    """A fitted pipeline (`frame`, `impute`, `logarithm`, `scale`, `density`), and the robust covariance beside it.

    A row is unusual whose log density is below `least_density`, or whose robust distance is above `most_distance`.
    `usual` is the median of each column, as it stands in the table.
    """

    pipeline: Pipeline
    key: tuple[str, ...]
    bulk: EllipticEnvelope
    least_density: float
    most_distance: float
    usual: dict[str, float]


@dataclass(frozen=True)
class AnomalyTraining:
    """A fitted model and how it came about.

    `bic` is that of each number of normal distributions, of which the least was taken: `parts`. `scores` are those of
    the rows it was fitted on, as `score_anomalies` gives them.
    """

    spec: AnomalySpec
    model: AnomalyModel
    bic: Mapping[int, float]
    parts: int
    scores: pd.DataFrame
    dropped: Mapping[str, str]
    warnings: tuple[str, ...]


def train_anomalies(
    features: pd.DataFrame, spec: AnomalySpec, on_progress: Callable[[str], None] | None = None
) -> AnomalyTraining:
    """Learn what is usual in `features`, so that `spec.share` of them is unusual by each of both ways.

    Same rows, in any order, and same seed give the same model.

    Raises:
        ValueError: when a column is missing or no number, or there are too few rows.
    """
    tell = on_progress or (lambda _: None)
    rows = in_key_order(features, spec.key, spec.columns)
    plan = replace(plan_of_numbers(rows, spec.columns, "unusual rows are"), units=spec.units)
    needed = _FEWEST_ROWS_PER_COLUMN * len(plan.kinds)
    if len(rows) < needed:
        raise ValueError(
            f"{len(rows)} rows do not say what is usual; of {len(plan.kinds)} columns {needed} do"
        )
    tell(f"learning what is usual of {len(rows):,} rows")
    with one_thread():
        steps = scaling(plan, spec.columns).fit(rows)
        points = np.asarray(steps.transform(rows), dtype=np.float64)
        fitted = points[sample(len(points), MAX_FITTED_ROWS, spec.seed)]
        bulk = _bulk(fitted, spec)
        most = float(np.quantile(bulk.mahalanobis(points) ** 0.5, 1 - spec.share))
        near = fitted[bulk.mahalanobis(fitted) ** 0.5 <= most]
        mixtures = _mixtures(near, min(MOST_PARTS, len(near) // needed), spec)
        bic = {k: float(mixture.bic(near)) for k, mixture in mixtures.items()}
        parts = min(bic, key=lambda k: bic[k])
        density = mixtures[parts]
        least = float(np.quantile(density.score_samples(points), spec.share))
    frame = steps.named_steps["frame"].transform(rows)
    pipeline = Pipeline([*steps.steps, ("density", density)])
    model = AnomalyModel(pipeline, spec.key, bulk, least, most, frame.median().to_dict())
    return AnomalyTraining(
        spec=spec,
        model=model,
        bic=bic,
        parts=parts,
        scores=score_anomalies(model, rows),
        dropped=plan.dropped,
        warnings=told_of(rows, plan),
    )


def score_anomalies(model: AnomalyModel, batch: pd.DataFrame) -> pd.DataFrame:
    """How unusual each row is, and by what.

    Returns:
        The key columns; `is_anomaly`; `is_rare` and `is_far`, which of both ways says so; `log_density`, the less the
        rarer; `robust_distance` from the middle of the bulk, in its standard deviations; and `reason_1` to `reason_3`,
        the columns without which the row would be less unusual, the strongest first, null where it is usual; of a row
        that no column alone makes unusual, `reason_1` is `NO_SINGLE_REASON`.

    Raises:
        ValueError: when a key or feature column is missing, or a value does not fit its column.
    """
    keys = key_columns(batch, model.key)
    frame = model.pipeline.named_steps["frame"].transform(batch)
    if batch.empty:
        density = distance = np.empty(0)
    else:
        with one_thread():
            density, distance = _measures(model, frame)
    is_rare, is_far = density < model.least_density, distance > model.most_distance
    is_anomaly = is_rare | is_far
    return keys.assign(
        is_anomaly=is_anomaly,
        is_rare=is_rare,
        is_far=is_far,
        log_density=np.round(density, 6),
        robust_distance=np.round(distance, 6),
        **_reasons(model, frame, is_rare, is_far),
    )


def _mixtures(points: npt.NDArray[np.float64], most: int, spec: AnomalySpec) -> dict[int, GaussianMixture]:
    """Of 1 up to `most` normal distributions; without those of which one has hardly more rows than are unusual.

    Such a one stands for a few odd rows, among which each of them would be as usual as can be.
    """
    with warnings.catch_warnings():
        # Of points that are few or the same the last bit of likelihood is not worth a word.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = {
            k: GaussianMixture(k, reg_covar=_LEAST_VARIANCE, random_state=spec.seed).fit(points)
            for k in range(1, max(most, 1) + 1)
        }
    least = max(_LEAST_WEIGHT, 2 * spec.share)
    return {k: mixture for k, mixture in fitted.items() if k == 1 or mixture.weights_.min() >= least}


def _bulk(points: npt.NDArray[np.float64], spec: AnomalySpec) -> EllipticEnvelope:
    """The middle and covariance of the half of the rows that lie closest together (Rousseeuw and Van Driessen 1999)."""
    with warnings.catch_warnings():
        # A column of one value in most rows has no width among them; its distances are then those of a pseudo-inverse.
        warnings.simplefilter("ignore")
        fitted = EllipticEnvelope(contamination=spec.share, random_state=spec.seed).fit(points)
    # What it says of the rows fitted on belongs to no model: it would be stored with it, one value per customer.
    for name in ("dist_", "support_", "raw_support_"):
        setattr(fitted, name, getattr(fitted, name)[:0])
    return fitted


def _measures(
    model: AnomalyModel, frame: pd.DataFrame
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    points = model.pipeline[1:-1].transform(frame)
    density = model.pipeline.named_steps["density"].score_samples(points)
    return density, model.bulk.mahalanobis(points) ** 0.5


def _reasons(
    model: AnomalyModel,
    frame: pd.DataFrame,
    is_rare: npt.NDArray[np.bool_],
    is_far: npt.NDArray[np.bool_],
) -> dict[str, pd.Series[Any]]:
    """By how much less unusual a row is whose column takes its usual value, as a share of what makes it unusual."""
    told = {f"reason_{rank + 1}": pd.Series(None, index=frame.index, dtype=object) for rank in range(TOP)}
    asked = frame[is_rare | is_far]
    if asked.empty:
        return told
    with one_thread():
        density, distance = _measures(model, asked)
        gains = np.empty(asked.shape)
        for position, name in enumerate(asked.columns):
            denser, nearer = _measures(model, asked.assign(**{name: model.usual[name]}))
            of_density = (denser - density) / np.maximum(np.abs(density), 1)
            of_distance = (distance - nearer) / np.maximum(distance, 1)
            is_so = is_far[is_rare | is_far]
            gains[:, position] = np.where(is_so, of_distance, of_density)
    strongest, units = np.argsort(-gains, axis=1, kind="stable"), model.pipeline.named_steps["frame"]
    for rank, texts in enumerate(list(told.values())[: asked.shape[1]]):
        for position, name in enumerate(asked.columns):
            is_told = (strongest[:, rank] == position) & (gains[:, position] > 0)
            values = asked[name][is_told]
            usual = _amount(model.usual[name], units.unit_of(name))
            texts[values.index] = [
                f"{name} = {_amount(value, units.unit_of(name))} (usually {usual})" for value in values
            ]
    told["reason_1"][asked.index[gains.max(axis=1) <= 0]] = NO_SINGLE_REASON
    return told


def _amount(value: float, unit: str) -> str:
    return "null" if np.isnan(value) else with_unit(f"{value:,.6g}", unit)
