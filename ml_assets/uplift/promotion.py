"""Whether a new model of uplift takes the champion's place: none that targets worse, or no better than chance, does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.promotion import Decision, incomparable, judged, predictions_of
from meshlake.ml_assets.regression.model import predict_amounts
from meshlake.ml_assets.uplift.learner import UpliftLearner
from meshlake.ml_assets.uplift.qini import compare_uplift
from meshlake.ml_assets.uplift.training import tested_uplift

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from meshlake.ml_assets.promotion import Champion
    from meshlake.ml_assets.regression.model import RegressionModel
    from meshlake.ml_assets.uplift.spec import UpliftSpec


def decide_uplift(
    spec: UpliftSpec,
    honest: pd.DataFrame,
    against_random: Mapping[str, float],
    features: pd.DataFrame,
    champion: Champion[RegressionModel] | None,
) -> Decision:
    """Hold a challenger against targeting at random, and against the champion if there is one.

    Args:
        spec: what was asked for.
        honest: the challenger's honest predictions, as `UpliftTraining.honest` has them.
        against_random: its Qini coefficient on the rows that tested it, as `UpliftTraining` has it.
        features: the rows it was trained on, labelled or not.
        champion: the version that scores now.
    """
    tested = tested_uplift(honest)
    figures: dict[str, Any] = {"against_random": dict(against_random)}
    told = f"Qini coefficient {in_words(against_random)} on {len(tested):,} rows"
    if against_random["low"] <= 0:
        return Decision(False, f"no better than treating at random: {told}", figures)
    if champion is None:
        return Decision(True, f"the first version; {told}", figures)
    other = predictions_of(champion, tested, features, spec.row_keys, "predicted", predict_amounts)
    is_known = np.isfinite(other)
    if is_known.sum() < UpliftLearner.fewest:
        return incomparable(champion, figures)
    known, groups = tested[is_known], groups_by(tested, spec)[is_known]
    gain, effect = (spec.sign * known[name].to_numpy() for name in ("predicted", "effect"))
    folds = 1 if tested["fold"].isna().all() else spec.folds
    against = compare_uplift(gain, spec.sign * other[is_known], effect, groups, spec.seed, folds)
    figures |= {"champion": champion.version, "against_champion": against.as_dict()}
    better = in_words(against.as_dict()["qini"], "+")
    return judged(champion, against, f"Qini coefficient better by {better} on {against.rows:,} rows", figures)


def in_words(interval: Mapping[str, float], sign: str = "") -> str:
    """An interval of shares of rows, as people read it; `sign` may be `+`.

    Example:
        >>> in_words({"estimate": 0.0271, "low": 0.002, "high": 0.05})
        '0.0271 (0.0020 to 0.0500)'
    """
    estimate, low, high = (f"{interval[name]:{sign}z.4f}" for name in ("estimate", "low", "high"))
    return f"{estimate} ({low} to {high})"
