"""What a training of amounts tells people: facts that fit into JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.regression.metrics import compare_amounts, point_metrics
from meshlake.ml_assets.regression.promotion import constant_of
from meshlake.ml_assets.regression.training import tested_amounts

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.regression.spec import RegressionSpec
    from meshlake.ml_assets.regression.training import RegressionTraining


def regression_report(training: RegressionTraining) -> dict[str, Any]:
    """The facts of a training of amounts.

    `out_of_fold` is measured on the cross-validated rows, `test` on the latest labelled cut-off or null; `least` is
    what no prediction is below, or null; `held_against` says how much better the model is than rules of thumb.
    """
    spec, model = training.spec, training.model
    return {
        **training.facts("regression", spec),
        "predict": spec.predict,
        "least": model.least,
        "intervals": {
            "coverage": spec.coverage,
            "are_relative": model.margins is not None and model.margins.unit is not None,
            "groups": 0 if model.margins is None else len(model.margins.below),
        },
        "held_against": held_against(training.honest, spec),
    }


def held_against(honest: pd.DataFrame, spec: RegressionSpec) -> dict[str, Any]:
    """On the rows that tested the model, figures of one amount for all, and of the period before if it is known.

    `better_by` is by how much the model's are better, with 95 % intervals.
    """
    tested = tested_amounts(honest)
    actual, predicted = tested["label"].to_numpy(), tested["predicted"].to_numpy()
    groups = groups_by(tested, spec)
    rules = {f"the {spec.predict} of all": np.full(len(tested), constant_of(honest, spec))}
    if "last_period" in tested and not tested["last_period"].isna().all():
        rules[f"the same as {spec.last_period}"] = tested["last_period"].to_numpy()
    return {name: _against(actual, predicted, rule, groups, spec) for name, rule in rules.items()}


def _against(
    actual: npt.NDArray[np.float64],
    predicted: npt.NDArray[np.float64],
    rule: npt.NDArray[np.float64],
    groups: npt.NDArray[np.int64],
    spec: RegressionSpec,
) -> dict[str, Any]:
    known = np.isfinite(rule)
    better = compare_amounts(
        actual[known], predicted[known], rule[known], groups[known], spec.loss, spec.seed
    )
    return {**point_metrics(actual[known], rule[known]), "better_by": better.as_dict()}
