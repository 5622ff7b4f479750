"""Whether a treatment was drawn as it is said to have been: no model may tell who was treated better than that.

Method: a propensity model, cross-fitted, held against the share of rows that were treated, or against how likely each
is said to have been (a classifier two-sample test: Lopez-Paz and Oquab, Revisiting classifier two-sample tests, 2017).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.candidates.candidate import CANDIDATES
from meshlake.ml_assets.comparison import compare, groups_by, measure
from meshlake.ml_assets.feature_choice import feature_columns
from meshlake.ml_assets.leaks.one_feature import MAX_ROWS, drawn_rows, roc_auc_error, single_roc_aucs
from meshlake.ml_assets.metrics import probability_metrics
from meshlake.ml_assets.on_folds import Lesson, fitted_pipeline
from meshlake.ml_assets.uplift.rows import experiment_of
from meshlake.ml_assets.uplifters.estimators import PROPENSITY, TREATED

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.comparison import Comparison, Interval
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.uplift.spec import UpliftSpec

    Floats = npt.NDArray[np.float64]

# What is linear in the features, and what is not, each with its parameters.
_ASKED: Mapping[str, Mapping[str, Any]] = {
    "logistic_regression": {},
    "histogram_gradient_boosting": {"seeds": 1},
}
_SHOWN = 5
# Two-sided at 5 %, of each column by itself.
_ERRORS_BEYOND = 1.96


@dataclass(frozen=True)
class Randomisation:
    """What tells how the treatment was drawn, on `rows`, a share of which was `treated`.

    `roc_auc` is how well a model of the features tells who was; `against` holds it against what is said, `columns` are
    those that tell it best by themselves.
    """

    rows: int
    treated: float
    roc_auc: Interval
    against: Comparison
    columns: Mapping[str, float]

    @property
    def is_contradicted(self) -> bool:
        """Whether the features tell beyond noise who was treated."""
        return self.against.roc_auc.is_better or self.against.log_loss.is_better

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return {**asdict(self), "columns": dict(self.columns)}


def randomisation(
    plan: FeaturePlan, rows: pd.DataFrame, folds: npt.NDArray[np.int64], spec: UpliftSpec
) -> Randomisation:
    """How well the features of `rows` tell who was treated; `folds` are those of each row, shape (n,)."""
    experiment = experiment_of(rows, spec)
    is_treated, groups = experiment[:, TREATED] == 1, groups_by(rows, spec)
    said = _cross_fitted(replace(plan, target="binary"), rows, is_treated, folds, spec)
    against = compare(is_treated, said, experiment[:, PROPENSITY], groups, spec.seed)
    area = measure(is_treated, said, groups, spec.seed)["roc_auc"]
    return Randomisation(len(rows), float(is_treated.mean()), area, against, _telling(rows, is_treated, spec))


def require_randomised(found: Randomisation, spec: UpliftSpec) -> None:
    """Refuse an experiment that was none.

    Raises:
        ValueError: the features tell beyond noise who was treated.
    """
    if not found.is_contradicted:
        return
    area = found.roc_auc
    told = f"ROC AUC {area.estimate:.3f} ({area.low:.3f} to {area.high:.3f}) on {found.rows:,} rows"
    best = ", ".join(f"{name} ({alone:.3f})" for name, alone in found.columns.items())
    best = f", best by {best}" if best else ", by several columns together"
    if spec.propensity:
        loss = found.against.log_loss.estimate
        raise ValueError(
            f"'{spec.propensity}' is not how likely rows were to be treated: the other columns tell who has "
            f"'{spec.treatment}' better than it does, {told}, log loss better by {loss:+.4f}{best}"
        )
    raise ValueError(
        f"'{spec.treatment}' was not drawn at random: the other columns tell who was treated, {told}{best}. What came "
        "of it cannot be told from who was chosen. Leave out under exclude what was written after the treatment; or "
        "name the column of how likely each row was to be treated as 'propensity'"
    )


def _cross_fitted(
    plan: FeaturePlan,
    rows: pd.DataFrame,
    is_treated: npt.NDArray[np.bool_],
    folds: npt.NDArray[np.int64],
    spec: UpliftSpec,
) -> Floats:
    """The mean of what each model says of rows it did not see: shape (n,)."""
    asked = replace(spec, parameters=_ASKED)
    lesson = Lesson(
        plan.frame().transform(rows),
        is_treated,
        fit=lambda name, frame, label: fitted_pipeline(CANDIDATES, name, plan, frame, label, asked),
        say=lambda pipeline, frame: pipeline[1:].predict_proba(frame)[:, 1],
        measure=probability_metrics,
        told=f"{len(rows)} rows",
    )
    said: Floats = np.mean([lesson.on_folds(name, folds, spec.folds).said for name in _ASKED], axis=0)
    return said


def _telling(rows: pd.DataFrame, is_treated: npt.NDArray[np.bool_], spec: UpliftSpec) -> dict[str, float]:
    """The columns that tell by themselves who was treated, with their ROC AUC, the best first."""
    drawn = drawn_rows(len(rows), MAX_ROWS)
    some, is_so = rows.iloc[drawn], is_treated[drawn]
    least = 0.5 + _ERRORS_BEYOND * roc_auc_error(0.5, is_so)
    areas = single_roc_aucs(some, feature_columns(rows, spec), is_so)
    found = sorted((each for each in areas.items() if each[1] > least), key=lambda each: -each[1])
    return dict(found[:_SHOWN])
