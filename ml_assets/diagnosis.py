"""What a churn model is good at and where it fails, on rows whose labels it did not see; it decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.ml_assets.explaining.permutation import permutation_importances
from meshlake.ml_assets.fairness import by_group
from meshlake.ml_assets.held_against import gain_by_choosing, rule_of_thumb
from meshlake.ml_assets.honest import tested_rows
from meshlake.ml_assets.learning_curve import SHARES, learning_curve
from meshlake.ml_assets.slices import by_slice
from meshlake.ml_assets.validation_curve import validation_curve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.competition import Competition
    from meshlake.ml_assets.cross_validation import CandidateResult
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.spec import ChurnSpec


@dataclass(frozen=True)
class Diagnosis:
    """What each feature adds, the `slices` of the customers, `fairness` by those of protected columns, a learning
    curve and one of the main parameter, empty where no time was left, and what the figures are held against, see
    `held_against`."""

    permutation_importances: Mapping[str, float]
    slices: Sequence[Mapping[str, Any]]
    fairness: Sequence[Mapping[str, Any]]
    learning_curve: Sequence[Mapping[str, float]]
    validation_curve: Mapping[str, Any]
    rule_of_thumb: Mapping[str, Any]
    gain_by_choosing: float


def diagnose(
    winner: CandidateResult,
    competition: Competition,
    plan: FeaturePlan,
    development: pd.DataFrame,
    folds: npt.NDArray[np.int64],
    seen: pd.DataFrame,
    honest: pd.DataFrame,
    spec: ChurnSpec,
) -> Diagnosis:
    """Look into the `winner` of a `competition`, without fitting it again but for a learning curve.

    Args:
        winner: what was taken.
        competition: all that were compared.
        plan: what the features are.
        development: the labelled rows they were compared on.
        folds: the fold of each, shape (n,).
        seen: all labelled rows, under the index of `honest`.
        honest: what was predicted of these, as `ChurnTraining.honest` has it.
        spec: what was asked for; of its `minutes` a learning curve takes what the comparison left, or is not made.
    """
    candidates = competition.candidates
    permuted = permutation_importances(winner.models, development, folds, spec.label, spec.seed)
    tested = tested_rows(honest)
    frame = winner.models[0].pipeline[:1].transform(seen.loc[tested.index])
    has_time = _curve_seconds(winner, candidates, spec) < spec.minutes * 60 - sum(
        c.seconds for c in candidates
    )
    inside, outside = competition.features.parted(folds == 0)
    curve = learning_curve(winner.models[0], plan, inside, outside, spec) if has_time else []
    is_churned = development[spec.label].to_numpy(dtype=bool)
    return Diagnosis(
        permuted,
        by_slice(tested, frame, list(permuted)),
        by_group(tested, seen.loc[tested.index, list(spec.protected)]),
        curve,
        validation_curve(winner, candidates, plan, inside, outside, spec) if has_time else {},
        rule_of_thumb(development, list(plan.kinds), is_churned),
        gain_by_choosing(candidates, folds, is_churned),
    )


def _curve_seconds(winner: CandidateResult, candidates: Sequence[CandidateResult], spec: ChurnSpec) -> float:
    """What the fits of a learning curve take, if they take as long for each row as those of the comparison."""
    fitted = set(winner.blend.weights) if winner.blend else {winner.algorithm}
    return sum(SHARES) * sum(c.seconds for c in candidates if c.algorithm in fitted) / spec.folds
