"""What a training of time to an event tells people: facts that fit into JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.survival.censored import kaplan_meier
from meshlake.ml_assets.survival.measures import (
    calibration_at,
    calibration_error,
    measure_curves,
    point_figures,
)
from meshlake.ml_assets.survival.model import curves_in
from meshlake.ml_assets.survival.promotion import curve_of_all
from meshlake.ml_assets.survival.training import followed_in

if TYPE_CHECKING:
    from meshlake.ml_assets.survival.training import SurvivalTraining


def survival_report(training: SurvivalTraining) -> dict[str, Any]:
    """The facts of a training of time to an event: what any training tells, and beside it.

    `measured` are the figures of the honest predictions with intervals, `of_all` those of the curve of all;
    `calibration` what was predicted and what came of rows of like prediction, at each horizon; `curve` the share of all
    that is there at each of `edges`, in `unit`.
    """
    spec, honest, times = training.spec, training.honest, training.times
    edges, curves = curves_in(honest)
    followed, groups = followed_in(honest), groups_by(honest, spec)
    measured = measure_curves(followed, curves, edges, groups, spec.seed)
    calibration = {}
    for horizon in times.horizons:
        told = curves[:, times.edges.index(horizon)]
        found = calibration_at(followed, told, horizon, groups, spec.seed)
        calibration[str(horizon)] = {"error": calibration_error(found), "groups": found}
    return {
        **training.facts("survival", spec),
        "unit": spec.unit,
        "horizons": list(times.horizons),
        "edges": list(times.edges),
        "events": int(followed.is_event.sum()),
        "followed": float(np.median(followed.duration)),
        "measured": {name: asdict(each) for name, each in measured.items()},
        "of_all": point_figures(followed, curve_of_all(followed, edges), edges),
        "curve": kaplan_meier(followed, edges).tolist(),
        "calibration": calibration,
    }
