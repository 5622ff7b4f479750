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

    from meshlake.ml_assets.regression.folds import AmountCandidate
    from meshlake.ml_assets.regression.spec import RegressionSpec
    from meshlake.ml_assets.regression.training import RegressionTraining


def regression_report(training: RegressionTraining) -> dict[str, Any]:
    """The facts of a training of amounts.

    `out_of_fold` is measured on the cross-validated rows, `test` on the latest labelled cut-off or null; `least` is
    what no prediction is below, or null; `held_against` says how much better the model is than rules of thumb.
    """
    spec, model = training.spec, training.model
    return {
        "task": "regression",
        "algorithm": model.algorithm,
        "rows": dict(training.row_counts),
        "features": dict(training.features),
        "dropped": dict(training.dropped),
        "folds": {"count": spec.folds, "seed": spec.seed, "sha256": training.folds_sha256},
        "candidates": {each.algorithm: _candidate_report(each) for each in training.candidates},
        "importances": dict(training.importances),
        "predict": spec.predict,
        "least": model.least,
        "intervals": {
            "coverage": spec.coverage,
            "are_relative": model.margins is not None and model.margins.unit is not None,
            "groups": 0 if model.margins is None else len(model.margins.below),
        },
        "out_of_fold": dict(training.out_of_fold),
        "test": None if training.test is None else dict(training.test),
        "held_against": held_against(training.honest, spec),
        "warnings": list(training.warnings),
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


def _candidate_report(candidate: AmountCandidate) -> dict[str, Any]:
    names = [name for name in candidate.folds[0] if name != "n"]
    values = {name: [fold[name] for fold in candidate.folds] for name in names}
    return {
        "out_of_fold": dict(candidate.out_of_fold),
        "folds": [dict(fold) for fold in candidate.folds],
        "fold_mean": {name: float(np.mean(values[name])) for name in names},
        "fold_sd": {name: float(np.std(values[name], ddof=1)) for name in names},
        "seconds": candidate.seconds,
    }
