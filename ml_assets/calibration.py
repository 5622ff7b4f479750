"""Probabilities brought to what comes of them: a curve over what a model says, learned on the folds, if it helps.

Methods: `sigmoid` of the log odds (Platt 1999; Kull and others 2017), `temperature`, the same without an intercept (Guo
and others 2017), `isotonic` (Zadrozny and Elkan 2002), and `venn_abers`, which is isotonic for either label the row may
turn out to have, and the one probability that loses least by not knowing which (Vovk, Petej and Fedorova 2015). What an
algorithm needs by itself to say probabilities at all belongs in `candidates`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline

from meshlake.ml_assets.blend import Blend, log_odds
from meshlake.ml_assets.comparison import can_compare, compare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.blend import Labels, Probabilities
    from meshlake.ml_assets.scoring import ChurnModel

NONE = "none"
# Rows alike in so many decimals of their log odds are told as one, so that a million cost no more than 1,800.
_DECIMALS = 2
# A Venn-Abers curve is a line between so many of them, each of which costs two isotonic ones.
_POINTS = 60


@dataclass
class Curve:
    """From a probability to another: a sigmoid of its log odds, or where there are points the lines between them.

    `said` are log odds, ascending, and `meant` the probabilities that are meant by them.
    """

    slope: float = 1.0
    intercept: float = 0.0
    said: tuple[float, ...] = ()
    meant: tuple[float, ...] = ()

    def __call__(self, probability: Probabilities) -> Probabilities:
        """The calibrated probabilities, shape (n,)."""
        odds = log_odds(probability)
        if self.said:
            return np.interp(odds, self.said, self.meant)
        found: Probabilities = expit(self.slope * odds + self.intercept)
        return found


class Calibrated(Blend):
    """What a model says, or a `blend` of its members, by a `curve`."""

    def __init__(
        self,
        members: Mapping[str, Pipeline],
        weights: Mapping[str, float],
        blend: Blend | None,
        curve: Curve,
    ) -> None:
        self.members = members
        self.weights = weights
        self.blend = blend
        self.curve = curve

    @classmethod
    def learned(cls, said: pd.DataFrame, is_churned: Labels) -> Calibrated:
        """Not learned so: see `calibrate`."""
        raise NotImplementedError

    def blended(self, said: pd.DataFrame) -> Probabilities:
        """See `Blend.blended`."""
        return self.curve(self.blend.blended(said) if self.blend else said.to_numpy()[:, 0])


@dataclass(frozen=True)
class Calibration:
    """How the probabilities of a winner are calibrated, `none` if that gains nothing beyond noise.

    `log_losses` are those of each method on the folds; `probability` is what each row is given by the curve that the
    other folds taught, `of_folds` these curves, and `curve` the one that all rows taught.
    """

    method: str
    log_losses: Mapping[str, float]
    probability: Probabilities
    of_folds: tuple[Curve | None, ...]
    curve: Curve | None


def calibrate(
    probability: Probabilities,
    is_churned: Labels,
    folds: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int64],
    seed: int,
) -> Calibration:
    """The method of least log loss on the folds, if it is better than none beyond noise.

    Args:
        probability: what each row was given by a model that did not see it, shape (n,).
        is_churned: the labels.
        folds: the fold of each row, from 0 on.
        groups: whom each row is about; rows of one customer are in one fold.
        seed: the same gives the same intervals.
    """
    count = int(folds.max()) + 1
    losses = {NONE: float(log_loss(is_churned, probability, labels=[False, True]))}
    nothing = Calibration(NONE, losses, probability, (None,) * count, None)
    if not can_compare(is_churned):
        return nothing
    found = {}
    for method, learn in METHODS.items():
        curves = tuple(learn(probability[folds != fold], is_churned[folds != fold]) for fold in range(count))
        said = np.empty(len(probability))
        for fold, curve in enumerate(curves):
            said[folds == fold] = curve(probability[folds == fold])
        found[method] = (said, curves)
        losses[method] = float(log_loss(is_churned, said, labels=[False, True]))
    best = min(found, key=lambda method: losses[method])
    said, curves = found[best]
    if (
        losses[best] >= losses[NONE]
        or not compare(is_churned, said, probability, groups, seed).log_loss.is_better
    ):
        return nothing
    return Calibration(best, losses, said, curves, METHODS[best](probability, is_churned))


def calibrated(model: ChurnModel, curve: Curve | None) -> ChurnModel:
    """The same model with its probabilities by `curve`."""
    if curve is None:
        return model
    fitted = model.pipeline.named_steps["model"]
    if isinstance(fitted, Blend):
        bare = type(fitted)(**{**vars(fitted), "members": {}})
        last = Calibrated(fitted.members, fitted.weights, bare, curve)
    else:
        last = Calibrated({model.algorithm: model.pipeline[1:]}, {model.algorithm: 1.0}, None, curve)
    steps = [("frame", model.pipeline.named_steps["frame"]), ("columns", "passthrough"), ("model", last)]
    return replace(model, pipeline=Pipeline(steps))


def _sigmoid(probability: Probabilities, is_churned: Labels) -> Curve:
    return _fitted(probability, is_churned, has_intercept=True)


def _temperature(probability: Probabilities, is_churned: Labels) -> Curve:
    return _fitted(probability, is_churned, has_intercept=False)


def _fitted(probability: Probabilities, is_churned: Labels, *, has_intercept: bool) -> Curve:
    model = LogisticRegression(C=np.inf, fit_intercept=has_intercept)
    model.fit(log_odds(probability)[:, np.newaxis], is_churned)
    return Curve(float(model.coef_[0, 0]), float(model.intercept_[0]) if has_intercept else 0.0)


def _isotonic(probability: Probabilities, is_churned: Labels) -> Curve:
    said, churned, rows = _by_value(probability, is_churned)
    return _points(said, isotonic_regression(churned / rows, weights=rows).x)


def _venn_abers(probability: Probabilities, is_churned: Labels) -> Curve:
    said, churned, rows = _by_value(probability, is_churned)
    points = np.unique(np.linspace(0, len(said) - 1, _POINTS).round().astype(int))
    meant = []
    for point in points:
        one = np.zeros(len(said))
        one[point] = 1
        weights = rows + one
        low, high = (
            isotonic_regression((churned + label * one) / weights, weights=weights).x[point]
            for label in (0, 1)
        )
        meant.append(high / (1 - low + high))
    return _points(said[points], np.array(meant))


METHODS: Mapping[str, Callable[[Probabilities, Labels], Curve]] = {
    "sigmoid": _sigmoid,
    "temperature": _temperature,
    "isotonic": _isotonic,
    "venn_abers": _venn_abers,
}


def _by_value(
    probability: Probabilities, is_churned: Labels
) -> tuple[Probabilities, Probabilities, Probabilities]:
    """The different log odds in order, and of each how many rows churned and how many there are."""
    said, position = np.unique(log_odds(probability).round(_DECIMALS), return_inverse=True)
    churned = np.asarray(np.bincount(position, is_churned.astype(np.float64)), dtype=np.float64)
    return np.asarray(said), churned, np.bincount(position).astype(np.float64)


def _points(said: Probabilities, meant: Probabilities) -> Curve:
    """Without those that lie within a step."""
    steps = np.flatnonzero(np.diff(meant))
    kept = np.unique([0, *steps, *(steps + 1), len(said) - 1])
    return Curve(said=tuple(said[kept].tolist()), meant=tuple(meant[kept].tolist()))
