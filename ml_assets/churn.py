"""Training a churn model: candidates compared on the same folds, the winner tested on a later cut-off and
refitted.

Setting up an algorithm belongs in `candidates`, what may be learnt from in `training_rows`, fitting one and predicting
what it did not see in `cross_validation`, scoring in `scoring`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets import metrics, training_rows
from meshlake.ml_assets.candidates.candidate import learns_from_unlabelled
from meshlake.ml_assets.competition import compete
from meshlake.ml_assets.decisions import broken_promises, flags, judge, threshold_of
from meshlake.ml_assets.diagnosis import diagnose
from meshlake.ml_assets.drift import MAJOR, distributions, shifted_features
from meshlake.ml_assets.ensembles import best_of, calibrate_winner, fit_candidate
from meshlake.ml_assets.explaining.counterfactuals import cannot_change
from meshlake.ml_assets.explaining.reasons import feature_importances
from meshlake.ml_assets.fairness import fairness_warnings
from meshlake.ml_assets.feature_choice import find_suspects, plan_without
from meshlake.ml_assets.features import infinite_counts
from meshlake.ml_assets.honest import (
    FINGERPRINT,
    KEY_FINGERPRINT,
    key_fingerprints,
    predict_honestly,
    row_fingerprints,
)
from meshlake.ml_assets.scoring import churn_probability, published_probability
from meshlake.ml_assets.season import learn_season, seasonal, threshold_in, unmoved
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.cross_validation import CandidateResult
    from meshlake.ml_assets.diagnosis import Diagnosis
    from meshlake.ml_assets.drift import Distribution
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.scoring import ChurnModel
    from meshlake.ml_assets.season import Season
    from meshlake.ml_assets.spec import ChurnSpec

# So many times the share that was asked for is no share that a team was planned for.
_MOST_FLAGGED = 2
_MOST_NAMED = 5


@dataclass(frozen=True)
class HeldOutTest:
    """The winner, fitted on earlier cut-offs only, on the rows of the latest labelled one."""

    cutoff: str
    metrics: Mapping[str, float]


@dataclass(frozen=True)
class ChurnTraining:
    """A fitted model and all that is known about how it came about.

    `honest` holds one row per labelled row used: the key, the cut-off if any, the label as `is_churned`,
    `fold` (null for held-out rows), `churn_probability`, `is_predicted_churn` and the reasons of those flagged, each
    from a model that never saw that row's label; `row_fingerprint` says which row it is, `key_fingerprint` whom it is
    about, see `honest`.
    Rows left out by the cap on training rows are not in it, which no model saw, nor those between the earlier cut-offs
    and the latest (`training_rows.Split`), of which only the refitted model learned.
    `judged` says how well the policy kept its promise, and what it would have brought, see `decisions.judge`;
    `calibration` how its probabilities are calibrated, see `ensembles.calibrate_winner`;
    `features` are the columns of the refitted model, `dropped` the columns left out, with the reason;
    `importances` how far each feature moves its predictions, the strongest first, `distributions` how each of them, and
    the label, is distributed among the rows it was fitted on.
    """

    spec: ChurnSpec
    model: ChurnModel
    algorithm: str
    candidates: tuple[CandidateResult, ...]
    folds_sha256: str
    honest: pd.DataFrame
    test: HeldOutTest | None
    judged: Mapping[str, Any]
    calibration: Mapping[str, Any]
    row_counts: Mapping[str, int]
    features: Mapping[str, str]
    dropped: Mapping[str, str]
    warnings: tuple[str, ...]
    importances: Mapping[str, float]
    distributions: Mapping[str, Distribution]
    diagnosis: Diagnosis


def train_churn(
    features: pd.DataFrame,
    spec: ChurnSpec,
    on_progress: Callable[[str], None] | None = None,
    named_leaks: Mapping[str, str] | None = None,
) -> ChurnTraining:
    """Choose, test and fit a churn model on the labelled rows of `features`.

    With `spec.cutoff`, candidates compete on the rows of all but the latest labelled cut-off, which then
    tests the winner. The flag threshold comes from the out-of-fold probabilities and is fixed before the
    test. The winner is last refitted on all labelled rows (at most `training_rows.MAX_TRAINING_ROWS`, a
    stratified sample). Same rows, in any order, and same seed give the same model.

    Args:
        features: one row per key (and cut-off), columns of any type.
        spec: what to train.
        on_progress: called with one line before each longer step.
        named_leaks: columns that are suspected by what they are called, with the evidence in words.

    Raises:
        ValueError: in one plain sentence, when the rows or the specification allow no training.
    """
    tell = on_progress or (lambda _: None)
    labelled = training_rows.labelled_rows(features, spec)
    split = training_rows.split_by_cutoff(labelled, spec)
    development, held_out = training_rows.cap_rows(split.earlier, spec), split.held_out
    folds = training_rows.assign_folds(development, spec)
    final = training_rows.cap_rows(pd.concat([development, split.between, held_out], ignore_index=True), spec)
    with one_thread():
        suspects = find_suspects(
            development, features[features[spec.label].isna()], folds, spec, named_leaks or {}
        )
        plan, final_plan = (plan_without(suspects, rows, spec) for rows in (development, final))
        if learns_from_unlabelled(spec.candidates):
            latest = development[spec.cutoff].max() if len(held_out) and spec.cutoff else None
            plan = replace(plan, unlabelled=training_rows.unlabelled_rows(features, spec, latest))
            final_plan = replace(final_plan, unlabelled=training_rows.unlabelled_rows(features, spec))
        competition = compete(plan, development, folds, spec, tell)
        spec = competition.found(spec)
        best = best_of(competition.candidates, development, spec)
        winner, calibration = calibrate_winner(best, development, folds, spec)
        probability = published_probability(winner.probability)
        threshold = threshold_of(spec, development[spec.label].to_numpy(dtype=bool), probability)
        out_of_fold = _predict_out_of_fold(winner, development, folds, threshold, spec)
        season = learn_season(development, winner.probability, held_out, spec)
        of_test = threshold_in(season, threshold, spec)
        out_of_time = _predict_held_out(winner, plan, development, held_out, season, of_test, spec, tell)
        seen = pd.concat([development, held_out], ignore_index=True)
        said = np.concatenate([winner.probability, unmoved(out_of_time, season)])
        season = learn_season(seen, said, features, spec)
        tell(f"fitting {winner.algorithm} on {len(final)} rows")
        fitted = seasonal(fit_candidate(winner, final_plan, final, spec), season, spec.cutoff)
        model = replace(fitted, threshold=threshold_in(season, threshold, spec))
    honest = pd.concat([out_of_fold, out_of_time] if len(held_out) else [out_of_fold], ignore_index=True)
    honest[FINGERPRINT] = row_fingerprints(model, seen, spec.row_keys)
    honest[KEY_FINGERPRINT] = key_fingerprints(seen, spec.row_keys)
    test, test_warnings = _test(out_of_time, spec)
    judged = judge(spec, threshold, development, out_of_fold, held_out if test else None, out_of_time)
    tell("measuring what each feature adds, on each part of the customers")
    with one_thread():
        diagnosis = diagnose(winner, competition, plan, development, folds, seen, honest, spec)
    return ChurnTraining(
        spec=spec,
        model=model,
        algorithm=winner.algorithm,
        candidates=competition.candidates,
        folds_sha256=training_rows.folds_hash(folds),
        honest=honest,
        test=test,
        judged=judged,
        calibration=calibration,
        row_counts=training_rows.row_counts(features, labelled, development, held_out, final),
        features={name: str(kind) for name, kind in final_plan.kinds.items()},
        dropped={**spec.exclude, **final_plan.dropped},
        warnings=(
            *suspects.warnings(spec),
            *(f"{name} was left out: {why}" for name, why in competition.left_out.items()),
            *training_rows.gap_warnings(split, spec),
            *test_warnings,
            *broken_promises(judged),
            *fairness_warnings(diagnosis.fairness),
            *_shift_warnings(test, development, held_out, final_plan, spec),
            *_infinite_warnings(final, final_plan),
            *_age_warnings(final_plan),
            *([season.warning(str(spec.cutoff))] if season else []),
            *(
                f"'{n}' is no feature to change: {why}"
                for n, why in cannot_change(final_plan, spec.changeable).items()
            ),
        ),
        importances=feature_importances(model, final, spec.seed),
        distributions=distributions(final, [spec.label, *final_plan.kinds]),
        diagnosis=diagnosis,
    )


def _predict_out_of_fold(
    winner: CandidateResult,
    rows: pd.DataFrame,
    folds: npt.NDArray[np.int64],
    threshold: float,
    spec: ChurnSpec,
) -> pd.DataFrame:
    probability = published_probability(winner.probability)
    is_flagged = flags(spec, threshold, rows, probability)
    masks = (folds == fold for fold in range(spec.folds))
    parts = [
        predict_honestly(model, rows[is_out], probability[is_out], is_flagged[is_out])
        for model, is_out in zip(winner.models, masks, strict=True)
    ]
    return _labels(rows, pd.Series(folds, index=rows.index, dtype="Int64"), spec).join(pd.concat(parts))


def _predict_held_out(
    winner: CandidateResult,
    plan: FeaturePlan,
    development: pd.DataFrame,
    held_out: pd.DataFrame,
    season: Season | None,
    threshold: float,
    spec: ChurnSpec,
    tell: Callable[[str], None],
) -> pd.DataFrame:
    labels = _labels(held_out, pd.Series(pd.NA, index=held_out.index, dtype="Int64"), spec)
    if held_out.empty:
        return labels
    tell(f"testing {winner.algorithm} on {len(held_out)} rows of the latest cut-off")
    model = seasonal(fit_candidate(winner, plan, development, spec), season, spec.cutoff)
    probability = published_probability(churn_probability(model.pipeline, held_out))
    is_flagged = flags(spec, threshold, held_out, probability)
    return labels.join(predict_honestly(model, held_out, probability, is_flagged))


def _labels(rows: pd.DataFrame, fold: pd.Series[Any], spec: ChurnSpec) -> pd.DataFrame:
    columns = list(dict.fromkeys((*spec.row_keys, *spec.group)))
    return rows[columns].assign(is_churned=rows[spec.label], fold=fold)


def _test(rows: pd.DataFrame, spec: ChurnSpec) -> tuple[HeldOutTest | None, list[str]]:
    if spec.cutoff is None:
        return None, []
    if rows.empty:
        earlier = f" {spec.horizon_days} days" if spec.horizon_days else ""
        return None, [
            f"no labelled cut-off lies{earlier} before the latest one, so none tests the model later"
        ]
    is_churned = rows["is_churned"].to_numpy()
    cutoff = str(rows[spec.cutoff].iloc[0])
    if is_churned.all() or not is_churned.any():
        return None, [
            f"the latest labelled cut-off, {cutoff}, has rows of one class only, so it tests nothing"
        ]
    measured = {
        **metrics.probability_metrics(is_churned, rows["churn_probability"].to_numpy()),
        **metrics.flag_metrics(is_churned, rows["is_predicted_churn"].to_numpy()),
    }
    return HeldOutTest(cutoff, measured), []


def _shift_warnings(
    test: HeldOutTest | None,
    earlier: pd.DataFrame,
    held_out: pd.DataFrame,
    plan: FeaturePlan,
    spec: ChurnSpec,
) -> list[str]:
    """What makes the rows of the test unlike those that the threshold and the model come from."""
    if test is None:
        return []
    told = []
    day = test.cutoff.removesuffix(" 00:00:00")
    share, asked = test.metrics["flagged_share"], spec.flag_share
    if asked is not None and share > _MOST_FLAGGED * asked:
        told.append(f"flags {share:.1%} of the rows of {day}, where {asked:.1%} was asked for")
    if shifted := shifted_features(earlier, held_out, plan.kinds):
        named = ", ".join(f"{name} ({index:.2f})" for name, index in list(shifted.items())[:_MOST_NAMED])
        more = f" and {len(shifted) - _MOST_NAMED} more" if len(shifted) > _MOST_NAMED else ""
        told.append(
            f"the rows of {day} are unlike the earlier ones in {named}{more} "
            f"(population stability index; from {MAJOR} on it is a major shift)"
        )
    return told


def _infinite_warnings(rows: pd.DataFrame, plan: FeaturePlan) -> list[str]:
    counts = infinite_counts(rows, plan)
    return [
        f"'{name}' is infinite in {count} of {len(rows)} rows; read as unknown"
        for name, count in counts.items()
    ]


def _age_warnings(plan: FeaturePlan) -> list[str]:
    frame = plan.frame()
    return [
        f"'{name}' is counted in days back from {frame.counted_from(name)}, its newest value: no 'cutoff' is named"
        for name in plan.newest
    ]
