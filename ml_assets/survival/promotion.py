"""Whether a new model of time to an event takes the champion's place: nothing that is worse, or says no more than the
curve of all, does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.promotion import Decision, all_predictions_of, incomparable, judged
from meshlake.ml_assets.survival.censored import kaplan_meier, read_at
from meshlake.ml_assets.survival.measures import compare_curves
from meshlake.ml_assets.survival.model import curve_columns, curves_in, score_curves
from meshlake.ml_assets.survival.rows import FEWEST_ROWS
from meshlake.ml_assets.survival.training import followed_in

if TYPE_CHECKING:
    import pandas as pd

    from meshlake.ml_assets.promotion import Champion
    from meshlake.ml_assets.survival.censored import Floats, Followed
    from meshlake.ml_assets.survival.measures import SurvivalComparison
    from meshlake.ml_assets.survival.model import SurvivalModel
    from meshlake.ml_assets.survival.spec import SurvivalSpec


def decide_survival(
    spec: SurvivalSpec, honest: pd.DataFrame, features: pd.DataFrame, champion: Champion[SurvivalModel] | None
) -> Decision:
    """Hold a challenger against the curve of all, and against the champion if there is one.

    Args:
        spec: what was asked for.
        honest: the challenger's honest predictions, as `SurvivalTraining.honest` has them.
        features: the rows it was trained on, labelled or not.
        champion: the version that scores now.
    """
    edges, curves = curves_in(honest)
    followed, groups = followed_in(honest), groups_by(honest, spec)
    alone = compare_curves(followed, curves, curve_of_all(followed, edges), edges, groups, spec.seed)
    figures: dict[str, Any] = {"against_all": alone.as_dict()}
    if not alone.is_better:
        return Decision(False, f"no better than the curve of all (Kaplan-Meier): {_told(alone)}", figures)
    if champion is None:
        return Decision(True, f"the first version; {_told(alone)} than the curve of all", figures)
    other = _curves_of(champion, honest, features, spec, edges)
    is_known = np.asarray(np.isfinite(other).all(axis=1))
    if is_known.sum() < FEWEST_ROWS:
        return incomparable(champion, figures)
    known, of_known = followed.where(is_known), groups[is_known]
    against = compare_curves(known, curves[is_known], other[is_known], edges, of_known, spec.seed)
    figures |= {"champion": champion.version, "against_champion": against.as_dict()}
    return judged(champion, against, _told(against), figures)


def curve_of_all(followed: Followed, edges: Floats) -> Floats:
    """The Kaplan-Meier estimate of all rows, for each of them: shape (n, edges).

    It has seen what came of them, which makes it a little better than it is.
    """
    return np.tile(kaplan_meier(followed, edges), (len(followed.duration), 1))


def _curves_of(
    champion: Champion[SurvivalModel],
    honest: pd.DataFrame,
    features: pd.DataFrame,
    spec: SurvivalSpec,
    edges: Floats,
) -> Floats:
    """What the champion says of the same rows, not having seen what came of them, at our times: shape (n, edges)."""
    known, _ = curves_in(champion.honest)
    columns = curve_columns(tuple(known.tolist()))
    said = all_predictions_of(champion, honest, features, spec.row_keys, columns, score_curves)
    return read_at(said, known, edges)


def _told(against: SurvivalComparison) -> str:
    brier, order = (
        f"{found.estimate:+z.4f} ({found.low:+z.4f} to {found.high:+z.4f})"
        for found in (against.integrated_brier, against.concordance)
    )
    return f"integrated Brier score better by {brier}, concordance by {order} on {against.rows:,} rows"
