"""Training a model of amounts: candidates compared on the same folds, the winner tested on a later cut-off and
refitted, and how far off it may be learned from what it said of rows that it did not see.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets import training_rows
from meshlake.ml_assets.explaining.reasons import reason_names
from meshlake.ml_assets.labelled_training import LabelledTraining, learn, tested_on
from meshlake.ml_assets.regression.conformal import Margins, best_margins, margins
from meshlake.ml_assets.regression.learner import AmountLearner
from meshlake.ml_assets.regression.metrics import interval_metrics, point_metrics
from meshlake.ml_assets.regression.model import (
    RegressionModel,
    amount_importances,
    explain_amounts,
    with_interval,
)
from meshlake.ml_assets.regression.rows import FEWEST_ROWS, read_amounts, require_amounts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from meshlake.ml_assets.document import LabelledSpec
    from meshlake.ml_assets.labelled_training import Learned
    from meshlake.ml_assets.regression.spec import RegressionSpec

    Learnt = Learned[RegressionModel, RegressionModel]


@dataclass(frozen=True)
class RegressionTraining(LabelledTraining[RegressionModel]):
    """See `LabelledTraining`; `honest` holds `predicted`, `lower` and `upper`, each by a model, and by margins, that
    never saw that row's label; the reasons of those that can be published; `last_period`, what the rule of thumb says,
    if there is one."""

    spec: RegressionSpec


def train_regression(
    features: pd.DataFrame, spec: RegressionSpec, on_progress: Callable[[str], None] | None = None
) -> RegressionTraining:
    """Choose, test and fit a model of amounts on the labelled rows of `features`.

    With `spec.cutoff`, candidates compete on the rows of all but the latest labelled cut-off, which then tests the
    winner and its intervals. Same rows, in any order, and same seed give the same model.

    Args:
        features: one row per key (and cut-off), columns of any type.
        spec: what to train.
        on_progress: called with one line before each longer step.

    Raises:
        ValueError: in one plain sentence, when the rows or the specification allow no training.
    """
    labelled = training_rows.labelled_rows(features, spec, read_amounts)
    require_amounts(labelled, spec)
    split = training_rows.split_by_cutoff(labelled, spec)
    require_amounts(split.earlier, spec)
    least = 0.0 if labelled[spec.label].min() >= 0 else None
    learner = AmountLearner(spec, least, features[features[spec.label].isna()])
    found = learn(split, learner, on_progress or (lambda _: None))
    honest, margins_of_folds = _honest(found, spec, least)
    honest = honest.join(reasons_of(found, is_published(features, spec)))
    model = replace(found.model, margins=_of_all(honest, spec, margins_of_folds))

    def measure(rows: pd.DataFrame) -> dict[str, float]:
        points = point_metrics(rows["label"].to_numpy(), rows["predicted"].to_numpy())
        return {**points, **interval_metrics(rows, spec.coverage)}

    facts = found.training(honest, measure, features, labelled)
    return RegressionTraining(
        **facts | {"model": model, "warnings": (*facts["warnings"], *_off(facts["test"], spec))},
        importances=amount_importances(model, found.final, spec.seed),
        spec=spec,
    )


def tested_amounts(honest: pd.DataFrame) -> pd.DataFrame:
    """The rows that tested a model, see `labelled_training.tested_on`."""
    return tested_on(honest, FEWEST_ROWS)


def is_published(features: pd.DataFrame, spec: LabelledSpec) -> Callable[[pd.DataFrame], Any]:
    """Which rows are of the cut-off that is published: all, where there is none."""
    if spec.cutoff is None:
        return lambda rows: np.ones(len(rows), dtype=bool)
    latest = features[spec.cutoff].max()
    return lambda rows: (rows[spec.cutoff] == latest).to_numpy(dtype=bool)


def _honest(found: Learnt, spec: RegressionSpec, least: float | None) -> tuple[pd.DataFrame, Margins]:
    """What was said of each row and how far off it may be, by margins of other rows; and the margins of the folds."""
    actual, predicted = found.development[spec.label].to_numpy(), found.winner.said
    of_folds, lower, upper = best_margins(actual, predicted, found.folds, spec.coverage, least)
    later: dict[str, Any] = {}
    if found.tested:
        said = found.tested.predict(found.tested.pipeline[:1].transform(found.split.held_out))
        later = with_interval(said, of_folds, least)
    honest = found.honest({"predicted": predicted, "lower": lower, "upper": upper}, later)
    if spec.last_period:
        seen = pd.concat([found.development, found.split.held_out], ignore_index=True)
        honest["last_period"] = seen[spec.last_period].astype(np.float64)
    return honest, of_folds


def reasons_of(
    found: Learned[Any, Any],
    is_published: Callable[[pd.DataFrame], Any],
    explain: Callable[[Any, pd.DataFrame], pd.DataFrame] = explain_amounts,
) -> pd.DataFrame:
    """Reasons of the rows that can be published, by the model that did not see them; null of others."""
    rows, later = found.development, found.split.held_out
    parts = [(model, rows[found.folds == fold]) for fold, model in enumerate(found.winner.models)]
    count = len(rows) + len(later)
    if found.tested:
        parts.append((found.tested, later.set_axis(range(len(rows), count))))
    told = [explain(model, part[is_published(part)]) for model, part in parts]
    return pd.concat(told).reindex(range(count))[list(reason_names())].astype("string")


def _of_all(honest: pd.DataFrame, spec: RegressionSpec, found: Margins) -> Margins:
    """The margins of the refitted model: all honest predictions, the newest among them, say how far off it may be."""
    return margins(honest["label"].to_numpy(), honest["predicted"].to_numpy(), spec.coverage, found.unit)


def _off(test: Mapping[str, Any] | None, spec: RegressionSpec) -> list[str]:
    if test is None or test["coverage_high"] >= spec.coverage:
        return []
    return [
        f"intervals hold {test['coverage']:.1%} of the rows of {test['cutoff']}, where {spec.coverage:.0%} was asked "
        "for: they are unlike the earlier ones"
    ]
