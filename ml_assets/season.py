"""The level of a season: how much likelier or less likely churn was at cut-offs of the same month in years before.

Of each labelled cut-off it is measured by how much the log odds of out-of-fold predictions were off, less what chance
explains of that (empirical Bayes: Efron and Morris, JASA 70, 1975). Where months came back, the share of it that came
back, too, is learned of them (a slope through zero); a pair of cut-offs of which half came back is put beside them, and
is all there is where none did: between no season, where any share adds an error, and one that repeats, half loses
least. The order within a cut-off stays as it is; nothing is learned of whom a season moves more, which a few cut-offs
cannot tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.pipeline import Pipeline

from meshlake.ml_assets.blend import Blend, log_odds
from meshlake.ml_assets.calendar_parts import MONTH, as_datetimes, part_name
from meshlake.ml_assets.calibration import Calibrated, Curve, calibrated
from meshlake.ml_assets.comparison import can_compare
from meshlake.ml_assets.preprocessing import Kind, kind_of
from meshlake.ml_assets.scoring import published_probability

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.blend import Labels, Probabilities
    from meshlake.ml_assets.preprocessing import FeatureFrame
    from meshlake.ml_assets.scoring import ChurnModel
    from meshlake.ml_assets.spec import ChurnSpec

# A month of the same name so many days before is that of another year.
_OF_A_YEAR_BEFORE = pd.Timedelta(days=330)
_SHARE_UNTESTED = 0.5
_MOST = 10.0
# Less moves no probability by more than a quarter of a percent.
_LEAST = 0.01


@dataclass(frozen=True)
class Season:
    """What is added to the log odds of rows whose cut-off is in `month`: `shift`, the `share` of how it was before.

    `years` is how many cut-offs of that month there were, `returns` in how many cases a month came back and told the
    share.
    """

    month: str
    shift: float
    share: float
    years: int
    returns: int

    def warning(self, cutoff: str) -> str:
        """What the build tells of it."""
        known = (
            f"months that came back ({self.returns})" if self.returns else "none came back yet, so half of it"
        )
        return (
            f"log odds of churn of a '{cutoff}' in {self.month} are moved by {self.shift:+.2f}, {self.share:.0%} of "
            f"how far those of that month were off in years before; what tells that share: {known}"
        )


class Seasonal(Calibrated):
    """What a calibrated model says, and its log odds moved where the month in `column` has one of `shifts`."""

    def __init__(
        self,
        members: Mapping[str, Pipeline],
        weights: Mapping[str, float],
        blend: Blend | None,
        curve: Curve,
        column: str,
        shifts: Mapping[str, float],
    ) -> None:
        super().__init__(members, weights, blend, curve)
        self.column = column
        self.shifts = shifts

    def predict_proba(self, X: pd.DataFrame) -> Probabilities:
        """The probabilities of both classes, shape (n, 2)."""
        said = super().predict_proba(X)[:, 1]
        shift = X[self.column].map(self.shifts).astype(np.float64).fillna(0).to_numpy()
        moved = np.where(shift == 0, said, expit(log_odds(said) + shift))
        return np.column_stack([1 - moved, moved])


def learn_season(
    rows: pd.DataFrame, probability: Probabilities, later: pd.DataFrame, spec: ChurnSpec
) -> Season | None:
    """The season of the latest cut-off of `later`; `None` if there is no cut-off of its month a year before, or if it
    moves next to nothing.

    Args:
        rows: labelled rows, of other cut-offs too.
        probability: what each was given by a model that did not see it, shape (n,).
        later: rows, labelled or not.
        spec: what is trained.
    """
    if spec.cutoff is None or later.empty or kind_of(later[spec.cutoff]) is not Kind.DATETIME:
        return None
    moments = as_datetimes(rows[spec.cutoff])
    scored = as_datetimes(later[spec.cutoff]).max()
    off = _levels(moments, probability, rows[spec.label].to_numpy(dtype=bool))
    before = _before(scored, off)
    if len(off) < 2 or not before:
        return None
    came_back = [(np.mean(earlier), level) for day, level in off.items() if (earlier := _before(day, off))]
    usual = float(np.mean(np.square(list(off.values()))))
    if usual == 0:
        return None
    told = sum(was * level for was, level in came_back) + _SHARE_UNTESTED * usual
    share = float(np.clip(told / (sum(was**2 for was, _ in came_back) + usual), 0, 1))
    shift = share * float(np.mean(before))
    if abs(shift) < _LEAST:
        return None
    return Season(scored.month_name(), shift, share, len(before), len(came_back))


def seasonal(model: ChurnModel, season: Season | None, cutoff: str | None) -> ChurnModel:
    """The same model, which knows the `season` of rows by their `cutoff` column."""
    if season is None or cutoff is None:
        return model
    column = part_name(cutoff, MONTH)
    last = model.pipeline.named_steps["model"]
    if not isinstance(last, Calibrated):
        last = calibrated(model, Curve()).pipeline.named_steps["model"]
    frame: FeatureFrame = model.pipeline.named_steps["frame"]
    steps = [
        ("frame", frame.with_part(cutoff, MONTH)),
        ("columns", "passthrough"),
        ("model", Seasonal(**vars(last), column=column, shifts={season.month: season.shift})),
    ]
    usual = {**model.references, column: season.month}
    return replace(model, pipeline=Pipeline(steps), references=usual)


def unmoved(predicted: pd.DataFrame, season: Season | None) -> Probabilities:
    """The `churn_probability` of rows of one cut-off as it is without the `season`, shape (n,); none of no rows."""
    if predicted.empty:
        return np.empty(0)
    said = predicted["churn_probability"].to_numpy(dtype=np.float64)
    return expit(log_odds(said) - season.shift) if season else said


def threshold_in(season: Season | None, threshold: float, spec: ChurnSpec) -> float:
    """The threshold of rows of the `season`: for a share or a recall that of the same rows as without it."""
    is_of_order = spec.flag_share is not None or spec.min_recall is not None
    if season is None or not is_of_order or not 0 < threshold < 1:
        return threshold
    moved = expit(log_odds(np.array([threshold])) + season.shift)
    return float(published_probability(moved)[0])


def _before(day: pd.Timestamp, off: Mapping[pd.Timestamp, float]) -> list[float]:
    """How far cut-offs of the month of `day` were off in the years before."""
    return [
        level for each, level in off.items() if each.month == day.month and each <= day - _OF_A_YEAR_BEFORE
    ]


def _levels(
    moments: pd.Series[pd.Timestamp], probability: Probabilities, is_churned: Labels
) -> dict[pd.Timestamp, float]:
    """How far the log odds of each cut-off's rows were off, drawn to zero by what chance explains."""
    found, variances = {}, []
    for day in sorted(moments.unique()):
        is_in = (moments == day).to_numpy()
        if can_compare(is_churned[is_in]):
            odds = log_odds(probability[is_in])
            found[day] = _missing_shift(odds, is_churned[is_in])
            after = expit(odds + found[day])
            variances.append(1 / float((after * (1 - after)).sum()))
    levels, noise = np.array(list(found.values())), np.array(variances)
    spread = max(0.0, float(np.mean(levels**2 - noise))) if found else 0.0
    return dict(zip(found, (levels * spread / (spread + noise)).tolist(), strict=True))


def _missing_shift(odds: npt.NDArray[np.float64], is_churned: Labels) -> float:
    """What is to be added to log odds, so that as many churn as did."""
    return float(brentq(lambda shift: float((expit(odds + shift) - is_churned).sum()), -_MOST, _MOST))
