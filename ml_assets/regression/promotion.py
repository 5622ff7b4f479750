"""Whether a new model of amounts takes the champion's place: nothing that is worse, or says no more than one amount for
all, does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.promotion import Decision, incomparable, judged, predictions_of
from meshlake.ml_assets.regression.metrics import compare_amounts, in_figures
from meshlake.ml_assets.regression.model import predict_amounts
from meshlake.ml_assets.regression.rows import FEWEST_ROWS
from meshlake.ml_assets.regression.training import tested_amounts

if TYPE_CHECKING:
    import pandas as pd

    from meshlake.ml_assets.promotion import Champion
    from meshlake.ml_assets.regression.metrics import AmountComparison
    from meshlake.ml_assets.regression.model import RegressionModel
    from meshlake.ml_assets.regression.spec import RegressionSpec

_WORDS = {"root_mean_squared_error": "root mean squared error", "mean_absolute_error": "mean absolute error"}


def decide_amounts(
    spec: RegressionSpec,
    honest: pd.DataFrame,
    features: pd.DataFrame,
    champion: Champion[RegressionModel] | None,
) -> Decision:
    """Hold a challenger against one amount for all, and against the champion if there is one.

    Args:
        spec: what was asked for.
        honest: the challenger's honest predictions, as `RegressionTraining.honest` has them.
        features: the rows it was trained on, labelled or not.
        champion: the version that scores now.
    """
    tested = tested_amounts(honest)
    actual, predicted = tested["label"].to_numpy(), tested["predicted"].to_numpy()
    groups, base = groups_by(tested, spec), constant_of(honest, spec)
    alone = compare_amounts(actual, predicted, np.full(len(tested), base), groups, spec.loss, spec.seed)
    figures: dict[str, Any] = {"constant": base, "against_constant": alone.as_dict()}
    if not alone.is_better:
        told = f"no better than the {spec.predict} of all, {in_figures(base)}: {_told(alone)}"
        return Decision(False, told, figures)
    if champion is None:
        return Decision(True, f"the first version; {_told(alone)} than the {spec.predict} of all", figures)
    other = predictions_of(champion, tested, features, spec.row_keys, "predicted", predict_amounts)
    is_known = np.isfinite(other)
    if is_known.sum() < FEWEST_ROWS:
        return incomparable(champion, figures)
    against = compare_amounts(
        actual[is_known], predicted[is_known], other[is_known], groups[is_known], spec.loss, spec.seed
    )
    figures |= {"champion": champion.version, "against_champion": against.as_dict()}
    return judged(champion, against, _told(against), figures)


def constant_of(honest: pd.DataFrame, spec: RegressionSpec) -> float:
    """One amount for all, of the rows that candidates were compared on."""
    label = honest.loc[honest["fold"].notna(), "label"]
    return float(label.mean() if spec.predict == "mean" else label.median())


def _told(against: AmountComparison) -> str:
    found = against.figure
    better, low, high = (in_figures(each + 0.0, "+") for each in (found.estimate, found.low, found.high))
    return f"{_WORDS[against.asked]} better by {better} ({low} to {high}) on {against.rows:,} rows"
