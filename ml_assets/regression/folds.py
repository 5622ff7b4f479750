"""Candidates of a model of amounts, each fitted once for each fold without it, and the best of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from meshlake.ml_assets.candidates.algorithm import build_pipeline, make_scoring_exact
from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.competition import compare_in_time
from meshlake.ml_assets.cross_validation import folds_in_time
from meshlake.ml_assets.preprocessing import MISSING
from meshlake.ml_assets.regression.metrics import compare_amounts, point_metrics
from meshlake.ml_assets.regression.model import LEAST_EFFECT, RegressionModel
from meshlake.ml_assets.regressors.baselines import LAST_PERIOD
from meshlake.ml_assets.regressors.regressor import REGRESSORS
from meshlake.ml_assets.scoring import reference_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.regression.spec import RegressionSpec

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AmountCandidate:
    """One algorithm on the folds: its out-of-fold figures, those of each fold, and the model that each was left out of.

    `predicted` is what each row was given by the model that did not see it; `seconds` of one processor it took.
    """

    algorithm: str
    out_of_fold: Mapping[str, float]
    folds: tuple[Mapping[str, float], ...]
    predicted: Floats
    models: tuple[RegressionModel, ...]
    seconds: float


def fit_amounts(
    algorithm: str, plan: FeaturePlan, rows: pd.DataFrame, spec: RegressionSpec, least: float | None
) -> RegressionModel:
    """A model of labelled `rows`, without margins; no prediction is below `least`."""
    return _fit(algorithm, plan, plan.frame().transform(rows), rows[spec.label].to_numpy(), spec, least)


def compete_amounts(
    plan: FeaturePlan,
    rows: pd.DataFrame,
    folds: npt.NDArray[np.int64],
    spec: RegressionSpec,
    least: float | None,
    tell: Callable[[str], None],
) -> tuple[list[AmountCandidate], dict[str, str]]:
    """The candidates of `spec` that were compared on labelled `rows`, and why others were not, by name.

    See `competition.compare_in_time`.
    """
    frame, label = plan.frame().transform(rows), rows[spec.label].to_numpy()

    def run(name: str, seconds_left: Callable[[], float] | None) -> AmountCandidate:
        began_seconds = time.process_time()
        tell(f"cross-validating {name} on {len(label)} rows, {spec.folds} folds")
        predicted = np.empty(len(label))
        models, per_fold = [], []
        for is_out in folds_in_time(folds, spec.folds, seconds_left):
            models.append(_fit(name, plan, frame[~is_out], label[~is_out], spec, least))
            predicted[is_out] = models[-1].predict(frame[is_out])
            per_fold.append(point_metrics(label[is_out], predicted[is_out]))
        seconds = time.process_time() - began_seconds
        return AmountCandidate(
            name, point_metrics(label, predicted), tuple(per_fold), predicted, tuple(models), seconds
        )

    return compare_in_time(spec.algorithms, spec.minutes, run, tell)


def best_amounts(
    candidates: Sequence[AmountCandidate], rows: pd.DataFrame, spec: RegressionSpec
) -> AmountCandidate:
    """The candidate of least error; the rule of thumb stays unless an algorithm is better than it beyond noise."""
    best = min(candidates, key=lambda candidate: candidate.out_of_fold[spec.loss])
    rule = next((each for each in candidates if each.algorithm == LAST_PERIOD), None)
    if rule is None or rule is best:
        return best
    actual, groups = rows[spec.label].to_numpy(), groups_by(rows, spec)
    against = compare_amounts(actual, best.predicted, rule.predicted, groups, spec.loss, spec.seed)
    return best if against.is_better else rule


def _fit(
    algorithm: str,
    plan: FeaturePlan,
    frame: pd.DataFrame,
    label: Floats,
    spec: RegressionSpec,
    least: float | None,
) -> RegressionModel:
    if REGRESSORS.get(algorithm).needs_amounts and least is None:
        raise ValueError(f"it learns of amounts of at least 0, and '{spec.label}' is below 0 in some rows")
    parameters = spec.parameters.get(algorithm, {})
    pipeline = build_pipeline(REGRESSORS, algorithm, plan, spec.seed, len(label), parameters)
    # The first step learns nothing, and the others are those of `pipeline` itself.
    pipeline[1:].fit(frame, label)
    # No text of one customer is usual, nor to be told in the reasons of another.
    references = reference_values(frame) | dict.fromkeys(plan.free_text, MISSING)
    least_effect = LEAST_EFFECT * float(np.abs(label).mean())
    return RegressionModel(make_scoring_exact(pipeline), spec.key, references, algorithm, least, least_effect)
