"""What uplifts turned out to be, where it was drawn who was treated: what those of most uplift gained by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from meshlake.ml_assets.comparison import groups_by, measure
from meshlake.ml_assets.evidence import Level
from meshlake.ml_assets.matured import Matured
from meshlake.ml_assets.training_rows import read_label
from meshlake.ml_assets.uplift.learner import UpliftLearner
from meshlake.ml_assets.uplift.qini import measure_uplift
from meshlake.ml_assets.uplift.rows import experiment_of, read_propensities, read_treatment
from meshlake.ml_assets.uplifters.estimators import PROPENSITY, TREATED, transformed_outcome

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.uplift.spec import UpliftSpec

    Floats = npt.NDArray[np.float64]

_TOLD = ("qini", "average_effect")


def matured_uplift(came: pd.DataFrame, said: pd.DataFrame, spec: UpliftSpec) -> Matured:
    """What uplifts turned out to be.

    Where those of most uplift were treated, as a policy does, no other was left to tell what that changed: nothing is
    measured then, nor of fewer rows than test a model. That nothing but the uplift chose them is not asked here: the
    next training asks it of all features.

    Args:
        came: a row of each prediction: the keys, the label and the treatment as they are known now, and how likely the
            treatment was, where `spec` names a column of it.
        said: of the same rows `uplift`.
        spec: what was asked for.

    Raises:
        ValueError: the label or the treatment holds anything but true, false, 1 and 0.
    """
    label = read_label(came[spec.label]).astype(bool)
    rows = came.assign(
        **{spec.label: label, spec.treatment: read_treatment(came[spec.treatment]).astype(bool)}
    )
    if spec.propensity:
        rows = rows.assign(**{spec.propensity: read_propensities(rows[spec.propensity])})
    gain = spec.sign * said["uplift"].to_numpy(dtype=np.float64)
    experiment, groups = experiment_of(rows, spec), groups_by(rows, spec)
    if remark := _not_an_experiment(experiment, gain, groups, spec):
        return Matured(label, remark=remark)
    effect = spec.sign * transformed_outcome(experiment)
    figures = measure_uplift(gain, effect, groups, spec.seed)
    brought, expected = float(effect.mean()), float(gain.mean())
    level = Level(
        brought,
        expected,
        float(effect.std()),
        f"treating gained {100 * brought:.1f} of 100",
        f"{100 * expected:.1f} were",
    )
    return Matured(label, {name: figures[name] for name in _TOLD}, (level,))


def _not_an_experiment(
    experiment: Floats, gain: Floats, groups: npt.NDArray[np.int64], spec: UpliftSpec
) -> str | None:
    """Why nothing can be told of these rows; `None` where it can."""
    is_treated = experiment[:, TREATED] == 1
    treated = int(is_treated.sum())
    count = f"{treated:,} of {len(is_treated):,} were treated"
    if len(is_treated) < UpliftLearner.fewest or min(treated, len(is_treated) - treated) < spec.folds:
        return f"{count}: too few to tell what that changed"
    # Where chances were known and differed, by the uplift too, they are allowed for.
    if np.ptp(experiment[:, PROPENSITY]) > 0:
        return None
    order = (gain - gain.min()) / (np.ptp(gain) or 1.0)
    area = measure(is_treated, order, groups, spec.seed)["roc_auc"]
    if area.low > 0.5 or area.high < 0.5:
        told = f"by their uplift and not at random (ROC AUC {area.estimate:.3f})"
        return f"{count}, {told}: what that changed cannot be told"
    return None
