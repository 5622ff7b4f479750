"""Fitting an algorithm, and predicting each row by one that did not see it, on folds that all candidates share."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets import metrics
from meshlake.ml_assets.candidates.algorithm import groups_told, make_scoring_exact
from meshlake.ml_assets.candidates.candidate import build_candidate, learns_from_unlabelled
from meshlake.ml_assets.explaining.counterfactuals import options_of
from meshlake.ml_assets.features import Features
from meshlake.ml_assets.scoring import ChurnModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy.typing as npt
    import pandas as pd
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.blend import Blend
    from meshlake.ml_assets.calibration import Curve
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.spec import ChurnSpec

# What flags no row: the threshold of a model for which none is chosen yet.
_NEVER = 2.0


@dataclass(frozen=True)
class Searched:
    """What a search came to: the `parameters` found on all folds, those found without each fold, and of each trial on
    all folds its `parameters`, its mean `log_loss` and on how many `parts` it was fitted."""

    parameters: Mapping[str, Any]
    of_folds: tuple[Mapping[str, Any], ...]
    trials: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class CandidateResult:
    """One algorithm on the folds: its out-of-fold metrics, those of each fold, and the model that each was left out of.

    `probability` is what each row was given by the model that did not see it; `blend` is an ensemble without its
    members, and of one algorithm there is none. `curve` calibrates what it says, if anything does. `seconds` of one
    processor it took, of an ensemble beside its members', and `fit_seconds` each fit. `searched` tells what parameters
    were found, where they were searched for.
    """

    algorithm: str
    out_of_fold: Mapping[str, float]
    folds: tuple[Mapping[str, float], ...]
    probability: npt.NDArray[np.float64]
    models: tuple[ChurnModel, ...]
    seconds: float
    blend: Blend | None = None
    curve: Curve | None = None
    fit_seconds: float = 0.0
    searched: Searched | None = None


class OutOfTimeError(Exception):
    """A candidate would take longer than the time that is left."""


def fit(algorithm: str, plan: FeaturePlan, rows: pd.DataFrame, spec: ChurnSpec) -> ChurnModel:
    """A model of labelled `rows`, which flags none before it is given a threshold."""
    return fit_features(algorithm, plan, Features.of(rows, plan, spec), spec)


def fit_features(algorithm: str, plan: FeaturePlan, features: Features, spec: ChurnSpec) -> ChurnModel:
    """As `fit`, of rows that are features already."""
    pipeline = build_candidate(algorithm, plan, spec.seed, len(features), spec.parameters.get(algorithm, {}))
    unlabelled = plan.unlabelled if learns_from_unlabelled([algorithm]) else None
    if unlabelled is not None and len(unlabelled):
        _fit_with_unlabelled(pipeline, features, plan.frame().transform(unlabelled))
    else:
        columns, numbers = features.columns(pipeline.named_steps["columns"])
        model = pipeline.named_steps["model"]
        pipeline.set_params(columns=columns)
        model.fit(numbers, features.is_churned, **groups_told(model, features.groups))
    references = features.usual_values(plan)
    options = options_of(features.frame, plan, spec.changeable)
    return ChurnModel(make_scoring_exact(pipeline), spec.key, _NEVER, references, algorithm, options)


def _fit_with_unlabelled(pipeline: Pipeline, features: Features, unlabelled: pd.DataFrame) -> None:
    """What is learnt of columns is learnt from labelled rows, since encodings of text are learnt by the label."""
    columns, model = pipeline.named_steps["columns"], pipeline.named_steps["model"]
    labelled = columns.fit_transform(features.frame, features.is_churned)
    seen = np.vstack([labelled, columns.transform(unlabelled)])
    model.fit(seen, np.concatenate([features.is_churned.astype(np.int64), np.full(len(unlabelled), -1)]))


def cross_validate(
    algorithm: str,
    plan: FeaturePlan,
    features: Features,
    folds: npt.NDArray[np.int64],
    spec: ChurnSpec,
    tell: Callable[[str], None],
    seconds_left: Callable[[], float] | None = None,
) -> CandidateResult:
    """Fit `algorithm` once for each fold of `features`, without it, and predict the fold.

    Raises:
        OutOfTimeError: when the folds to come would take longer than `seconds_left`, as those before took.
        ValueError: when the algorithm cannot learn from these rows.
    """
    began_seconds = time.process_time()
    tell(f"cross-validating {algorithm} on {len(features)} rows, {spec.folds} folds")
    is_churned = features.is_churned
    probability = np.empty(len(features))
    models, per_fold = [], []
    for is_out in folds_in_time(folds, spec.folds, seconds_left):
        inside, outside = features.parted(is_out)
        models.append(fit_features(algorithm, plan, inside, spec))
        probability[is_out] = outside.probability(models[-1].pipeline)
        per_fold.append(metrics.probability_metrics(is_churned[is_out], probability[is_out]))
    out_of_fold = metrics.probability_metrics(is_churned, probability)
    seconds = time.process_time() - began_seconds
    return CandidateResult(
        algorithm,
        out_of_fold,
        tuple(per_fold),
        probability,
        tuple(models),
        seconds,
        fit_seconds=seconds / spec.folds,
    )


def folds_in_time(
    folds: npt.NDArray[np.int64], count: int, seconds_left: Callable[[], float] | None
) -> Iterator[npt.NDArray[np.bool_]]:
    """Of each of `count` folds which rows are in it, shape (n,).

    Raises:
        OutOfTimeError: when the folds to come would take longer than `seconds_left`, as those before took.
    """
    begin = seconds_left() if seconds_left else 0.0
    for fold in range(count):
        if seconds_left and _is_too_long(begin, seconds_left(), fold, count):
            raise OutOfTimeError
        yield folds == fold


def _is_too_long(begin: float, left: float, fold: int, folds: int) -> bool:
    """Whether the folds to come, as those before took, take more than the seconds left of those at the `begin`."""
    return left <= 0 or (fold > 0 and (begin - left) / fold * (folds - fold) > left)
