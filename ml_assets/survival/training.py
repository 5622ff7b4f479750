"""Training a model of time to an event: candidates compared on the same folds, the winner refitted."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets import training_rows
from meshlake.ml_assets.labelled_training import LabelledTraining, learn
from meshlake.ml_assets.regression.model import amount_importances
from meshlake.ml_assets.regression.training import is_published, reasons_of
from meshlake.ml_assets.survival.censored import Followed
from meshlake.ml_assets.survival.learner import SurvivalLearner
from meshlake.ml_assets.survival.measures import point_figures
from meshlake.ml_assets.survival.model import SurvivalModel, curve_columns, curves_in, explain_survival
from meshlake.ml_assets.survival.rows import followed_of, survival_rows, time_warnings, times_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from meshlake.ml_assets.survival.rows import Times
    from meshlake.ml_assets.survival.spec import SurvivalSpec

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class SurvivalTraining(LabelledTraining[SurvivalModel]):
    """See `LabelledTraining`; `honest` holds `duration`, and the chance to be there still at the end of each period by
    a model that never saw what came of that row, see `model.curve_columns`; reasons of those that can be published."""

    spec: SurvivalSpec
    times: Times


def train_survival(
    features: pd.DataFrame,
    spec: SurvivalSpec,
    on_progress: Callable[[str], None] | None = None,
    named_leaks: Mapping[str, str] = _NOTHING,
) -> SurvivalTraining:
    """Choose and fit a model of how long it takes until the label is so.

    A row of which that is not known yet counts as long as it was followed, and then for nothing: neither as one that
    stays nor as one that leaves. Same rows, in any order, and same seed give the same model.

    Args:
        features: one row per key, columns of any type.
        spec: what to train.
        on_progress: called with one line before each longer step.
        named_leaks: columns that are suspected by what they are called, with the evidence in words.

    Raises:
        ValueError: in one plain sentence, when the rows or the specification allow no training.
    """
    rows = survival_rows(features, spec)
    split = training_rows.split_by_cutoff(rows, spec)
    followed = followed_of(rows, spec)
    times = times_of(followed, spec)
    learner = SurvivalLearner(spec, times, named_leaks, features[features[spec.label].isna()])
    found = learn(split, learner, on_progress or (lambda _: None))
    curves = dict(zip(curve_columns(times.edges), found.winner.said.T, strict=True))
    honest = found.honest({"duration": followed_of(found.development, spec).duration, **curves}, {})
    honest = honest.join(reasons_of(found, is_published(features, spec), explain_survival))
    facts = found.training(honest, _figures, features, rows)
    return SurvivalTraining(
        **facts | {"warnings": (*facts["warnings"], *time_warnings(features, followed, times, spec))},
        importances=amount_importances(found.model, found.final, spec.seed),
        spec=spec,
        times=times,
    )


def followed_in(honest: pd.DataFrame) -> Followed:
    """What came of the rows of honest predictions."""
    return Followed(honest["duration"].to_numpy(np.float64), honest["label"].to_numpy(dtype=bool))


def _figures(honest: pd.DataFrame) -> dict[str, Any]:
    edges, curves = curves_in(honest)
    return point_figures(followed_in(honest), curves, edges)
