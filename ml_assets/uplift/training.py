"""Training a model of uplift: whether the treatment was drawn, candidates compared on the same folds, the winner tested
on a later cut-off and refitted, its predictions drawn to the mean effect by as much as the folds say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from meshlake.ml_assets import training_rows
from meshlake.ml_assets.comparison import Interval, groups_by
from meshlake.ml_assets.labelled_training import LabelledTraining, Learned, learn, tested_on
from meshlake.ml_assets.regression.conformal import AMOUNT_DECIMALS
from meshlake.ml_assets.regression.model import RegressionModel, amount_importances
from meshlake.ml_assets.regression.training import is_published, reasons_of
from meshlake.ml_assets.threads import one_thread
from meshlake.ml_assets.uplift.learner import UpliftLearner
from meshlake.ml_assets.uplift.qini import chosen_qini, measure_uplift, point_figures, slope
from meshlake.ml_assets.uplift.rows import experiment_of, experiment_rows, unknown_treatment_warnings
from meshlake.ml_assets.uplift.treating import policies
from meshlake.ml_assets.uplifters.estimators import PROPENSITY, TREATED, Drawn, drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.uplift.randomised import Randomisation
    from meshlake.ml_assets.uplift.spec import UpliftSpec

    Floats = npt.NDArray[np.float64]
    Learnt = Learned[RegressionModel, RegressionModel]

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class UpliftTraining(LabelledTraining[RegressionModel]):
    """See `LabelledTraining`; `honest` holds `predicted`, what the treatment changes, by a model that never saw that
    row's label; `is_treated`, and `effect`, a number whose mean is what it did change; reasons of those that can be
    published. `against_random` is the Qini coefficient on the rows that tested the model; `policies` what treating by a
    policy would have brought on them.
    """

    spec: UpliftSpec
    randomised: Randomisation
    against_random: Interval
    policies: Mapping[str, Mapping[str, Any]]
    drawn: Mapping[str, float]


def train_uplift(
    features: pd.DataFrame,
    spec: UpliftSpec,
    on_progress: Callable[[str], None] | None = None,
    named_leaks: Mapping[str, str] = _NOTHING,
) -> UpliftTraining:
    """Choose, test and fit a model of what a treatment changes, on the rows of its experiment.

    With `spec.cutoff`, candidates compete on the rows of all but the latest labelled cut-off, which then tests the
    winner. Same rows, in any order, and same seed give the same model.

    Args:
        features: one row per key (and cut-off), columns of any type.
        spec: what to train.
        on_progress: called with one line before each longer step.
        named_leaks: columns that are suspected by what they are called, with the evidence in words.

    Raises:
        ValueError: in one plain sentence, when the rows or the specification allow no training, or the treatment was
            not drawn at random.
    """
    rows = experiment_rows(features, spec)
    split = training_rows.split_by_cutoff(rows, spec)
    learner = UpliftLearner(spec, named_leaks)
    found, by_all = _drawn(learn(split, learner, on_progress or (lambda _: None)), learner)
    honest = _honest(found, learner)
    honest = honest.join(reasons_of(found, is_published(features, spec)))
    seen = pd.concat([found.development, found.split.held_out], ignore_index=True)
    tested = tested_uplift(honest)
    gain, effect = (spec.sign * tested[name].to_numpy() for name in ("predicted", "effect"))
    groups = groups_by(tested, spec)
    facts = found.training(honest, lambda part: _figures(part, spec), features, rows)
    return UpliftTraining(
        **facts | {"warnings": (*facts["warnings"], *unknown_treatment_warnings(features, spec))},
        importances=amount_importances(found.model, found.final, spec.seed),
        spec=spec,
        randomised=learner.randomised,
        against_random=_against_random(found, tested, learner),
        policies=policies(spec, seen.loc[tested.index], gain, effect, groups),
        drawn=by_all,
    )


def tested_uplift(honest: pd.DataFrame) -> pd.DataFrame:
    """The rows that tested a model, see `labelled_training.tested_on`."""
    return tested_on(honest, UpliftLearner.fewest)


def _figures(rows: pd.DataFrame, spec: UpliftSpec) -> dict[str, float]:
    return point_figures(*(spec.sign * rows[name].to_numpy() for name in ("predicted", "effect")))


def _drawn(found: Learnt, learner: UpliftLearner) -> tuple[Learnt, dict[str, float]]:
    """The same, each model drawn to the mean effect by as much as rows say that it did not see."""
    said, effect, folds = found.winner.said, learner.effect, found.folds
    models, again = [], np.empty(len(said))
    for fold, model in enumerate(found.winner.models):
        is_out = folds == fold
        by_others = _by_how_much(said[~is_out], effect[~is_out])
        models.append(_with(model, by_others))
        again[is_out] = drawn(said[is_out], **by_others)
    of_all = _by_how_much(said, effect)
    winner = replace(found.winner, said=again, models=tuple(models))
    tested = _with(found.tested, of_all) if found.tested else None
    return replace(found, winner=winner, tested=tested, model=_with(found.model, of_all)), of_all


def _by_how_much(said: Floats, effect: Floats) -> dict[str, float]:
    """Never more than it said, and never the other way round."""
    share = float(np.clip(slope(said, effect), 0.0, 1.0))
    return {"share": share, "mean": float(said.mean()), "effect": float(effect.mean())}


def _with(model: RegressionModel, drawn: Mapping[str, float]) -> RegressionModel:
    steps = [*model.pipeline.steps[:-1], ("model", Drawn(model.pipeline.named_steps["model"], **drawn))]
    return replace(model, pipeline=Pipeline(steps))


def _honest(found: Learnt, learner: UpliftLearner) -> pd.DataFrame:
    spec, later = learner.spec, found.split.held_out
    of_later: dict[str, Any] = {}
    if found.tested:
        with one_thread():
            effect = learner.effect_of(found.plan, found.development, later)
        said = found.tested.predict(found.tested.pipeline[:1].transform(later))
        of_later = _told(said, effect, experiment_of(later, spec))
    said = np.round(found.winner.said, AMOUNT_DECIMALS) + 0.0
    return found.honest(_told(said, learner.effect, experiment_of(found.development, spec)), of_later)


def _told(said: Floats, effect: Floats, experiment: Floats) -> dict[str, Any]:
    return {
        "predicted": said,
        "effect": effect,
        "is_treated": experiment[:, TREATED] == 1,
        "propensity": experiment[:, PROPENSITY],
    }


def _against_random(found: Learnt, tested: pd.DataFrame, learner: UpliftLearner) -> Interval:
    """The Qini coefficient: of rows that chose the winner, allowing for the choice and for the folds."""
    spec, groups = learner.spec, groups_by(tested, learner.spec)
    effect = spec.sign * tested["effect"].to_numpy()
    if tested["fold"].isna().all():
        return measure_uplift(spec.sign * tested["predicted"].to_numpy(), effect, groups, spec.seed)["qini"]
    said = [found.winner if each.algorithm == found.winner.algorithm else each for each in found.candidates]
    chosen = [each.algorithm for each in said].index(found.winner.algorithm)
    scores = [spec.sign * each.said for each in said]
    return chosen_qini(scores, chosen, effect, groups, spec.seed, spec.folds)
