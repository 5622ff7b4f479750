"""What a training of time to an event tells people: facts that fit into JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.survival.censored import Followed, kaplan_meier
from meshlake.ml_assets.survival.measures import (
    calibration_at,
    calibration_error,
    measure_curves,
    point_figures,
)
from meshlake.ml_assets.survival.model import chance_later, curves_in
from meshlake.ml_assets.survival.promotion import curve_of_all
from meshlake.ml_assets.survival.rows import FEWEST_ROWS
from meshlake.ml_assets.survival.training import followed_in

if TYPE_CHECKING:
    import numpy.typing as npt

    from meshlake.ml_assets.survival.censored import Floats
    from meshlake.ml_assets.survival.rows import Times
    from meshlake.ml_assets.survival.training import SurvivalTraining


def survival_report(training: SurvivalTraining) -> dict[str, Any]:
    """The facts of a training of time to an event: what any training tells, and beside it.

    `needed_columns` are read of rows to score; `measured` are the figures of the honest predictions with intervals,
    `of_all` those of the curve of all; `calibration` what was predicted and what came of rows of like prediction, at
    each horizon, `from_now` the same of rows that had been there for a while; `curve` the share of all that is there at
    each of `edges`, in `unit`.
    """
    spec, honest, times = training.spec, training.honest, training.times
    edges, curves = curves_in(honest)
    followed, groups = followed_in(honest), groups_by(honest, spec)
    measured = measure_curves(followed, curves, edges, groups, spec.seed)
    calibration = {
        str(horizon): _calibration(
            followed, curves[:, times.edges.index(horizon)], horizon, groups, spec.seed
        )
        for horizon in times.horizons
    }
    return {
        **training.facts("survival", spec),
        "needed_columns": sorted({*training.features, *spec.time_columns}),
        "unit": spec.unit,
        "horizons": list(times.horizons),
        "edges": list(times.edges),
        "events": int(followed.is_event.sum()),
        "followed": float(np.median(followed.duration)),
        "measured": {name: asdict(each) for name, each in measured.items()},
        "of_all": point_figures(followed, curve_of_all(followed, edges), edges),
        "curve": kaplan_meier(followed, edges).tolist(),
        "calibration": calibration,
        "from_now": _from_now(followed, curves, times, groups, spec.seed),
    }


def _calibration(
    followed: Followed, told: Floats, horizon: float, groups: npt.NDArray[np.int64], seed: int
) -> dict[str, Any]:
    found = calibration_at(followed, told, horizon, groups, seed)
    return {"error": calibration_error(found), "groups": found}


def _from_now(
    followed: Followed, curves: Floats, times: Times, groups: npt.NDArray[np.int64], seed: int
) -> dict[str, Any]:
    """As if now was when half of all rows had been followed: calibration of the chance to stay so much longer, of rows
    that were there, by horizon; `age` is when that was."""
    age, edges = float(np.median(followed.duration)), np.array(times.edges)
    found = {}
    for horizon in times.horizons:
        told = chance_later(curves, edges, np.full(len(curves), age), horizon)
        is_there = followed.is_there(np.array([age]))[:, 0] & np.isfinite(told)
        if is_there.sum() >= FEWEST_ROWS:
            here = Followed(followed.duration[is_there] - age, followed.is_event[is_there])
            found[str(horizon)] = _calibration(here, told[is_there], horizon, groups[is_there], seed)
    return {"age": age, "calibration": found}
