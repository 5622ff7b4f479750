"""Ensembles as candidates: learned on the folds that their members were compared on, taken only beyond noise.

What an ensemble makes of its members belongs in `voting` and `stacking`.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from meshlake.ml_assets import metrics
from meshlake.ml_assets.blend import Blend
from meshlake.ml_assets.calibration import calibrate, calibrated
from meshlake.ml_assets.candidates.candidate import learns_from_unlabelled
from meshlake.ml_assets.comparison import can_compare, compare, groups_by
from meshlake.ml_assets.cross_validation import CandidateResult, fit_features
from meshlake.ml_assets.features import Features
from meshlake.ml_assets.stacking import Stack
from meshlake.ml_assets.voting import HardVote, WeightedVote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.scoring import ChurnModel
    from meshlake.ml_assets.spec import ChurnSpec

BLENDS: Mapping[str, type[Blend]] = {"soft_voting": WeightedVote, "hard_voting": HardVote, "stacking": Stack}


def blend(
    name: str,
    members: Sequence[CandidateResult],
    rows: pd.DataFrame,
    folds: npt.NDArray[np.int64],
    spec: ChurnSpec,
) -> CandidateResult:
    """The ensemble called `name` as a candidate: each fold is predicted with what the other folds teach."""
    began_seconds = time.process_time()
    is_churned = rows[spec.label].to_numpy(dtype=bool)
    said = pd.DataFrame({member.algorithm: member.probability for member in members})
    probability = np.empty(len(rows))
    models, per_fold = [], []
    for fold in range(spec.folds):
        is_out = folds == fold
        learned = BLENDS[name].learned(said[~is_out], is_churned[~is_out])
        probability[is_out] = learned.blended(said[is_out])
        models.append(_blended(name, learned, {m.algorithm: m.models[fold] for m in members}))
        per_fold.append(metrics.probability_metrics(is_churned[is_out], probability[is_out]))
    out_of_fold = metrics.probability_metrics(is_churned, probability)
    learned = BLENDS[name].learned(said, is_churned)
    seconds = time.process_time() - began_seconds
    return CandidateResult(
        name, out_of_fold, tuple(per_fold), probability, tuple(models), seconds, blend=learned
    )


def best_of(candidates: Sequence[CandidateResult], rows: pd.DataFrame, spec: ChurnSpec) -> CandidateResult:
    """The candidate of least out-of-fold log loss.

    An ensemble, or what learns from unlabelled rows too, is taken only if it beats the best of the others beyond noise.
    """
    is_churned = rows[spec.label].to_numpy(dtype=bool)
    plain = [candidate for candidate in candidates if not _needs_more(candidate)]
    costly = [candidate for candidate in candidates if _needs_more(candidate)]
    best = _least_loss(plain or [candidate for candidate in candidates if candidate.blend is None])
    if not costly or not can_compare(is_churned):
        return best
    other = _least_loss(costly)
    of_both = compare(is_churned, other.probability, best.probability, groups_by(rows, spec), spec.seed)
    return other if of_both.log_loss.is_better else best


def _needs_more(candidate: CandidateResult) -> bool:
    return candidate.blend is not None or learns_from_unlabelled([candidate.algorithm])


def calibrate_winner(
    winner: CandidateResult, rows: pd.DataFrame, folds: npt.NDArray[np.int64], spec: ChurnSpec
) -> tuple[CandidateResult, dict[str, Any]]:
    """The candidate with calibrated probabilities, and how that was decided: `method`, and `log_loss` by method."""
    is_churned = rows[spec.label].to_numpy(dtype=bool)
    found = calibrate(winner.probability, is_churned, folds, groups_by(rows, spec), spec.seed)
    models = tuple(
        calibrated(model, curve) for model, curve in zip(winner.models, found.of_folds, strict=True)
    )
    told = {"method": found.method, "log_loss": dict(found.log_losses)}
    return replace(winner, probability=found.probability, models=models, curve=found.curve), told


def fit_candidate(
    candidate: CandidateResult, plan: FeaturePlan, rows: pd.DataFrame, spec: ChurnSpec
) -> ChurnModel:
    """A model of labelled `rows` by what won on the folds, which flags none before it is given a threshold."""
    features = Features.of(rows, plan, spec)
    if candidate.blend is None:
        return calibrated(fit_features(candidate.algorithm, plan, features, spec), candidate.curve)
    members = {name: fit_features(name, plan, features, spec) for name in candidate.blend.weights}
    return calibrated(_blended(candidate.algorithm, candidate.blend, members), candidate.curve)


def fit_again(model: ChurnModel, plan: FeaturePlan, features: Features, spec: ChurnSpec) -> ChurnModel:
    """What `model` is, fitted on other labelled rows; an ensemble weighs its members as before."""
    learned = model.pipeline.named_steps["model"]
    if not isinstance(learned, Blend):
        return fit_features(model.algorithm, plan, features, spec)
    members = {name: fit_features(name, plan, features, spec) for name in learned.weights}
    return _blended(model.algorithm, learned, members)


def _least_loss(candidates: Sequence[CandidateResult]) -> CandidateResult:
    return min(candidates, key=lambda candidate: candidate.out_of_fold["log_loss"])


def _blended(name: str, learned: Blend, members: Mapping[str, ChurnModel]) -> ChurnModel:
    """One pipeline of fitted ones, which share the step `frame`."""
    first = next(iter(members.values()))
    model = learned.with_members({member: fitted.pipeline[1:] for member, fitted in members.items()})
    steps = [("frame", first.pipeline.named_steps["frame"]), ("columns", "passthrough"), ("model", model)]
    return replace(first, pipeline=Pipeline(steps), algorithm=name)
