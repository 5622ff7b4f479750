"""What a treatment brought where a model said it would: curves, figures with intervals, and comparisons.

Method: the gain of treating the best rows first, in outcomes for each row of all, less that of treating as many at
random (Radcliffe, Using control groups to target on predicted lift, 2007), by scores whose mean is the effect, so that
it needs no equal groups (Yadlowsky and others, Evaluating treatment prioritization rules via rank-weighted average
treatment effects, 2021). Intervals come from the paired bootstrap of `comparison`, which draws customers and not rows;
of the best of several models they allow for the choice (White, A reality check for data snooping, 2000), and of rows on
folds for these sharing most of the rows that they are predicted by (Nadeau and Bengio, Inference for the generalization
error, 2003): the model of each fold has learned from all others, and what is noise in one is believed in the next.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets.comparison import Difference, Interval, resamples, with_intervals

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Groups = npt.NDArray[np.int64]

FIGURES = ("qini", "auuc", "average_effect")
_GROUPS = 10
_HIGH = 0.975


class Curve:
    """What treating the rows of the highest `score` first brought, for any weights of rows; all arrays are (n,)."""

    def __init__(self, score: Floats, effect: Floats) -> None:
        _, self._tie = np.unique(-score, return_inverse=True)
        self._effect = effect

    def of(self, weights: Floats) -> tuple[Floats, Floats]:
        """The share of rows treated, from 0 to 1, and what that brought for each row of all."""
        size = np.bincount(self._tie, weights)
        brought = np.bincount(self._tie, weights * self._effect)
        total = size.sum()
        return tuple(np.concatenate([[0.0], np.cumsum(each) / total]) for each in (size, brought))  # type: ignore[return-value]

    def figures(self, weights: Floats) -> Floats:
        """Of each of `FIGURES` one: shape (3,)."""
        share, gain = self.of(weights)
        area = float(np.trapezoid(gain, share))
        return np.array([area - gain[-1] / 2, area, gain[-1]])


@dataclass(frozen=True)
class UpliftComparison:
    """By how much a model's order brings more than another's, as a Qini coefficient, on `rows`."""

    rows: int
    qini: Difference

    @property
    def is_better(self) -> bool:
        """Whether its order is better beyond noise."""
        return self.qini.is_better

    @property
    def is_worse(self) -> bool:
        """Whether its order is worse beyond noise."""
        return self.qini.is_worse

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


def measure_uplift(score: Floats, effect: Floats, groups: Groups, seed: int) -> dict[str, Interval]:
    """`FIGURES` of an order, with intervals.

    Args:
        score: what is expected to be gained by treating each row, by a model that did not see it.
        effect: what was, a number of each row whose mean is so.
        groups: whom each row is about, from 0 on: rows of one customer are drawn together.
        seed: the same gives the same intervals.
    """
    drawn, weights = resamples(groups, seed)
    curve = Curve(score[drawn], effect[drawn])
    found = with_intervals([curve.figures(each) for each in weights])
    return {name: Interval(*each) for name, each in zip(FIGURES, found, strict=True)}


def compare_uplift(
    score: Floats, other: Floats, effect: Floats, groups: Groups, seed: int, folds: int = 1
) -> UpliftComparison:
    """Hold the order of `score` against that of `other`; the arguments are those of `measure_uplift`.

    Where rows were predicted on several `folds`, the interval allows for it.
    """
    drawn, weights = resamples(groups, seed)
    first, second = (Curve(each[drawn], effect[drawn]) for each in (score, other))
    ((estimate, low, high),) = with_intervals(
        [(first.figures(each) - second.figures(each))[:1] for each in weights]
    )
    wider = spread_of_folds(folds)
    found = Difference(estimate, estimate - wider * (estimate - low), estimate + wider * (high - estimate))
    return UpliftComparison(len(drawn), found)


def spread_of_folds(folds: int) -> float:
    """How many times as far as resamples of rows say figures lie that were predicted on so many `folds`; 1 of rows that
    no fold was learned from.

    Example:
        >>> spread_of_folds(5), spread_of_folds(1)
        (1.5, 1.0)
    """
    return sqrt(1 + folds / (folds - 1)) if folds > 1 else 1.0


def chosen_qini(
    scores: Sequence[Floats], chosen: int, effect: Floats, groups: Groups, seed: int, folds: int = 1
) -> Interval:
    """The Qini coefficient of the `chosen` of several `scores`, its lower end as far below as the luckiest may lie.

    The arguments are those of `compare_uplift`.
    """
    drawn, weights = resamples(groups, seed)
    curves = [Curve(score[drawn], effect[drawn]) for score in scores]
    found = np.array([[curve.figures(each)[0] for curve in curves] for each in weights])
    moved = found[1:] - found[0]
    estimate = float(found[0, chosen])
    wider = spread_of_folds(folds)
    luck, missed = (
        wider * float(np.quantile(each, _HIGH)) for each in (moved.max(axis=1), -moved[:, chosen])
    )
    return Interval(estimate, estimate - luck, estimate + missed)


def point_figures(score: Floats, effect: Floats) -> dict[str, float]:
    """`FIGURES`, and `slope`, by how much more was gained where one more was expected: 1 of a model that is right."""
    figures = Curve(score, effect).figures(np.ones(len(score))).tolist()
    return {**dict(zip(FIGURES, figures, strict=True)), "slope": slope(score, effect), "n": len(score)}


def slope(score: Floats, effect: Floats) -> float:
    """Least squares of `effect` by `score`; 0 where all rows have the same score.

    Example:
        >>> slope(np.array([0.0, 0.2]), np.array([0.0, 0.1]))
        0.5
    """
    around = score - score.mean()
    spread = float(around @ around)
    return float(around @ effect) / spread if spread > 0 else 0.0


def by_size(score: Floats, effect: Floats, groups: Groups, seed: int) -> pd.DataFrame:
    """Rows of like score together, in at most ten groups: a row of each, the highest score first.

    `expected` and `gained` are means, `low` to `high` the 95 % interval of what was gained, `rows` how many there are.
    """
    rank = pd.Series(-score).rank(method="first")
    place = pd.qcut(rank, min(_GROUPS, len(score)), labels=False).to_numpy()
    found = []
    for number in np.unique(place):
        is_here = place == number
        here = effect[is_here]
        drawn, weights = resamples(groups[is_here], seed)
        (gained,) = with_intervals([np.array([each @ here[drawn] / each.sum()]) for each in weights])
        found.append([float(score[is_here].mean()), *gained, int(is_here.sum())])
    return pd.DataFrame(found, columns=["expected", "gained", "low", "high", "rows"])
