"""How good predicted curves of survival are, and whether they are better than others beyond noise.

Method: the Brier score at all times, of rows weighted by how likely they were to be seen until then (Graf and others,
Assessment and comparison of prognostic classification schemes for survival data, 1999), as a mean over time; and the
share of pairs in the right order, weighted likewise (Uno and others, On the C-statistics for evaluating overall
adequacy of risk prediction procedures with censored survival data, 2011). Intervals come from the paired bootstrap of
`comparison`; in resamples a row's own part of each figure is drawn, the weights of being seen stay those of all rows.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import Difference, Interval, resamples, with_intervals
from meshlake.ml_assets.leaks.one_feature import drawn_rows
from meshlake.ml_assets.survival.censored import kaplan_meier, mean_within, seen_until

if TYPE_CHECKING:
    import numpy.typing as npt

    from meshlake.ml_assets.survival.censored import Floats, Followed

    Groups = npt.NDArray[np.int64]

FIGURES = ("integrated_brier", "concordance")
# The order of pairs is counted pair by pair.
_ROWS_OF_A_POINT, _EVENTS_AT_ONCE = 5_000, 500
_GROUPS = 5


@dataclass(frozen=True)
class SurvivalComparison:
    """Curves held against others on `rows`: a smaller integrated Brier score, and more pairs in the right order."""

    rows: int
    integrated_brier: Difference
    concordance: Difference

    @property
    def is_better(self) -> bool:
        """Whether they are better beyond noise, and their order is not worse."""
        return self.integrated_brier.is_better and not self.concordance.is_worse

    @property
    def is_worse(self) -> bool:
        """Whether they, or their order, are worse beyond noise."""
        return self.integrated_brier.is_worse or self.concordance.is_worse

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


def compare_curves(
    followed: Followed, model: Floats, other: Floats, edges: Floats, groups: Groups, seed: int
) -> SurvivalComparison:
    """Hold the curves of `model` against those of `other`, both (n, times) at `edges`.

    Args:
        followed: what came of each row.
        model: what one says of each row, not having seen what came.
        other: what the other says; one curve for all has no order.
        edges: the times, the last of which ends what is measured.
        groups: whom each row is about, from 0 on: rows of one customer are drawn together.
        seed: the same gives the same intervals.
    """
    drawn, weights = resamples(groups, seed)
    first, second = (_Figures(followed.where(drawn), each[drawn], edges) for each in (model, other))
    sign = np.array([-1.0, 1.0])
    found = with_intervals([sign * (first.of(each) - second.of(each)) for each in weights])
    return SurvivalComparison(len(drawn), *(Difference(*each) for each in found))


def measure_curves(
    followed: Followed, curves: Floats, edges: Floats, groups: Groups, seed: int
) -> dict[str, Interval]:
    """`FIGURES` of predicted curves, with intervals; the arguments are those of `compare_curves`."""
    drawn, weights = resamples(groups, seed)
    figures = _Figures(followed.where(drawn), curves[drawn], edges)
    found = with_intervals([figures.of(each) for each in weights])
    return dict(zip(FIGURES, (Interval(*each) for each in found), strict=True))


def point_figures(followed: Followed, curves: Floats, edges: Floats) -> dict[str, float]:
    """`FIGURES`, the order of at most 5,000 rows; `n` is how many rows there are."""
    some = drawn_rows(len(curves), _ROWS_OF_A_POINT)
    brier = float(brier_parts(followed, curves, edges).mean())
    order, _ = _concordance(followed.where(some), mean_within(curves[some], edges), edges[-1])
    return {"integrated_brier": brier, "concordance": order, "n": len(curves)}


def brier_parts(followed: Followed, curves: Floats, edges: Floats) -> Floats:
    """What each row adds to the integrated Brier score, which is the mean of all: shape (n,)."""
    parts = brier_at(followed, curves, edges)
    area: Floats = np.trapezoid(
        np.hstack([np.zeros((len(parts), 1)), parts]), np.concatenate([[0], edges]), axis=1
    )
    return np.asarray(area / edges[-1])


def brier_at(followed: Followed, curves: Floats, edges: Floats) -> Floats:
    """What each row adds to the Brier score at each of `edges`, which is the mean of all: shape (n, times)."""
    of_gone = seen_until(followed, followed.duration)[:, None]
    of_there = seen_until(followed, edges)
    return np.asarray(
        followed.is_gone(edges) * curves**2 / of_gone
        + followed.is_there(edges) * (1 - curves) ** 2 / of_there
    )


class _Figures:
    """`FIGURES` of fixed curves, for any weights of their rows."""

    def __init__(self, followed: Followed, curves: Floats, edges: Floats) -> None:
        self._brier = brier_parts(followed, curves, edges)
        self._order, self._moves = _concordance(followed, mean_within(curves, edges), edges[-1])

    def of(self, weights: Floats) -> Floats:
        """Shape (2,)."""
        return np.array([weights @ self._brier / weights.sum(), self._order + weights @ self._moves])


def _concordance(followed: Followed, stays: Floats, until: float) -> tuple[float, Floats]:
    """The share of pairs in the right order by `stays`, (n,), and by how much one row more of each moves it: (n,).

    A pair is of a row whose event came by `until`, and one that was there for longer. What rows move, by the first term
    of Hoeffding's decomposition, sums up to nothing; ties count half.
    """
    duration, count = followed.duration, len(stays)
    events = np.flatnonzero(followed.is_event & (duration <= until))
    weights = seen_until(followed, duration[events]) ** -2.0
    right, pairs = np.zeros(count), np.zeros(count)
    for start in range(0, len(events), _EVENTS_AT_ONCE):
        some, weight = events[start : start + _EVENTS_AT_ONCE], weights[start : start + _EVENTS_AT_ONCE]
        is_pair = (duration > duration[some, None]) | (
            (duration == duration[some, None]) & ~followed.is_event
        )
        is_right = is_pair * (0.5 * (stays >= stays[some, None]) + 0.5 * (stays > stays[some, None]))
        right[some] += weight * is_right.sum(axis=1)
        pairs[some] += weight * is_pair.sum(axis=1)
        right += weight @ is_right
        pairs += weight @ is_pair
    if not pairs.sum():
        return float("nan"), np.zeros(count)
    order = right.sum() / pairs.sum()
    return float(order), (right - order * pairs) / (pairs.sum() / 2)


def calibration_at(
    followed: Followed, curve: Floats, at: float, groups: Groups, seed: int
) -> list[dict[str, float]]:
    """Rows of like prediction together, in at most five groups, those most likely to be gone first.

    Of each what is predicted on average to be there still at the time `at` of `curve`, (n,), and by the curve of those
    rows was `there`, from `low` to `high`, and how many `rows` there are.
    """
    order = np.argsort(np.argsort(curve, kind="stable"), kind="stable")
    place = order * _GROUPS // len(curve)
    found = []
    for number in np.unique(place):
        is_here = place == number
        drawn, weights = resamples(groups[is_here], seed)
        here = followed.where(is_here).where(drawn)
        ((there, low, high),) = with_intervals([kaplan_meier(here, np.array([at]), each) for each in weights])
        told = {"predicted": float(curve[is_here].mean()), "there": there, "low": low, "high": high}
        found.append({**told, "rows": int(is_here.sum())})
    return found


def calibration_error(groups: list[dict[str, float]]) -> float:
    """How far predictions of `calibration_at` are off, on average."""
    off = [abs(each["predicted"] - each["there"]) for each in groups]
    return float(np.average(off, weights=[each["rows"] for each in groups]))
