"""What a model of time to an event is worth, as drawings: each of rows whose outcome no model of theirs saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.churn_figures import importances_figure
from meshlake.ml_assets.drawing import GUIDE
from meshlake.ml_assets.survival.censored import kaplan_meier, mean_within
from meshlake.ml_assets.survival.measures import brier_at
from meshlake.ml_assets.survival.model import curves_in
from meshlake.ml_assets.survival.promotion import curve_of_all
from meshlake.ml_assets.survival.training import followed_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

    from meshlake.ml_assets.drawing import Draw

_GROUPS = 4


def survival_figures(honest: pd.DataFrame, facts: Mapping[str, Any]) -> dict[str, Draw]:
    """Drawings by name of `honest`, as `SurvivalTraining.honest` has rows; `facts` are those of the report."""
    unit, calibration = facts["unit"], facts["calibration"]
    edges, curves = curves_in(honest)
    followed = followed_in(honest)
    ends, once = np.concatenate([[0.0], edges]), np.ones(1)

    def survival_curves(axes: Axes) -> None:
        order = np.argsort(np.argsort(mean_within(curves, edges), kind="stable"), kind="stable")
        place = order * _GROUPS // len(curves)
        for number in range(_GROUPS):
            is_here = place == number
            (line,) = axes.plot(ends, np.concatenate([once, curves[is_here].mean(axis=0)]))
            came = np.concatenate([once, kaplan_meier(followed.where(is_here), edges)])
            axes.plot(ends, came, linestyle="--", color=line.get_color())
        axes.set(
            title="Predicted (lines) and what came (dashes)",
            xlabel=f"{unit} since the start",
            ylabel="share still there, of each quarter",
            ylim=(0, 1.02),
        )

    def calibration_at_horizons(axes: Axes) -> None:
        for horizon, told in calibration.items():
            predicted, there, low, high = (
                np.array([each[name] for each in told["groups"]])
                for name in ("predicted", "there", "low", "high")
            )
            around = [np.maximum(there - low, 0), np.maximum(high - there, 0)]
            axes.errorbar(
                predicted, there, around, marker="o", capsize=3, linestyle="none", label=f"{horizon} {unit}"
            )
        axes.plot([0, 1], [0, 1], **GUIDE)
        axes.set(
            title="Calibration",
            xlabel="predicted to be there still, fifths of rows",
            ylabel="were (Kaplan-Meier)",
        )
        axes.legend()

    def brier_score(axes: Axes) -> None:
        for name, each in (("the model", curves), ("the curve of all", curve_of_all(followed, edges))):
            axes.plot(edges, brier_at(followed, each, edges).mean(axis=0), label=name)
        axes.set(title="Brier score by time", xlabel=f"{unit} since the start", ylabel="less is better")
        axes.legend()

    words = "What moves a prediction", f"change of the time that a row is there, {unit} on average"
    drawings = (survival_curves, calibration_at_horizons, brier_score)
    return {draw.__name__: draw for draw in drawings} | {
        "importances": importances_figure(facts["importances"], *words)
    }
