"""Models of discrete time: the chance that the event comes in a period, if it has not come before.

Method: each row becomes one row for each period that it was followed in, of which a classifier learns (Singer and
Willett, It's about time: using discrete-time survival analysis, 1993; Tutz and Schmid, Modeling Discrete Time-to-Event
Data, 2016). A row that ends within a period without the event counts for the share of it that it was followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, clone

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# Columns of a row whose time is learned: how long it was followed, and whether the event ended that.
DURATION, EVENT = 0, 1
# Of 25 columns they take 80 MB; of more, those without the event are drawn.
MAX_PERIODS = 400_000
# So large that coefficients of periods are drawn to each other by hardly anything.
_BASELINE = 10.0


@dataclass(frozen=True)
class Periods:
    """Rows and periods that they were followed in; all arrays are (k,)."""

    row: npt.NDArray[np.int64]
    period: npt.NDArray[np.int64]
    is_event: npt.NDArray[np.bool_]
    weight: Floats


def person_periods(followed: Floats, edges: Sequence[float], seed: int, most: int = MAX_PERIODS) -> Periods:
    """Each row of `followed`, shape (n, 2), once for each period that it was followed in.

    Periods end at `edges`, which are included; what comes after the last is not looked at. Where there are more than
    `most`, those without the event are drawn, and count for as many as they stand for.

    Example:
        >>> found = person_periods(np.array([[2.0, 1], [1.5, 0]]), [1.0, 2.0], seed=0)
        >>> found.row.tolist(), found.period.tolist(), found.is_event.tolist(), found.weight.tolist()
        ([0, 0, 1, 1], [0, 1, 0, 1], [False, True, False, False], [1.0, 1.0, 1.0, 0.5])
    """
    ends, duration = np.asarray(edges, dtype=np.float64), followed[:, DURATION]
    happens = (followed[:, EVENT] == 1) & (duration <= ends[-1])
    until = np.minimum(duration, ends[-1])
    last = np.searchsorted(ends, until, side="left")
    begins = np.concatenate([[0.0], ends[:-1]])
    share = np.where(happens, 1.0, (until - begins[last]) / (ends - begins)[last])
    count = last + (share > 0)
    row = np.repeat(np.arange(len(duration)), count)
    period = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    is_last = period == last[row]
    is_event = is_last & happens[row]
    weight = np.where(is_last, share[row], 1.0)
    if len(row) > most:
        others = np.flatnonzero(~is_event)
        size = max(most - int(is_event.sum()), 1)
        drawn = np.random.default_rng(seed).choice(others, min(size, len(others)), replace=False)
        weight[drawn] *= len(others) / len(drawn)
        kept = np.sort(np.concatenate([np.flatnonzero(is_event), drawn]))
        row, period, is_event, weight = row[kept], period[kept], is_event[kept], weight[kept]
    return Periods(row, period, is_event, weight)


class DiscreteHazards(BaseEstimator):  # type: ignore[misc]
    """Any classifier as a model of time: `of_period` learns of columns and the period.

    With `is_one_hot` the period is a column for each, as linear models need it, else its number; with `has_products`
    all columns are there a second time, times the logarithm of the time, so that what they do may change with it.
    """

    def __init__(
        self,
        of_period: Any,
        edges: Sequence[float],
        is_one_hot: bool = False,
        has_products: bool = False,
        seed: int = 42,
    ) -> None:
        self.of_period = of_period
        self.edges = edges
        self.is_one_hot = is_one_hot
        self.has_products = has_products
        self.seed = seed

    def fit(self, X: Floats, y: Floats) -> DiscreteHazards:
        """Learn of columns, shape (n, columns), and how long each row was followed, and whether the event came: (n, 2).

        Raises:
            ValueError: of these rows nothing can be learned.
        """
        periods = person_periods(y, self.edges, self.seed)
        columns = self._columns(X[periods.row], periods.period)
        fitted = clone(self.of_period).fit(columns, periods.is_event, sample_weight=periods.weight)
        self.of_period_ = fitted
        return self

    def predict(self, X: Floats) -> Floats:
        """The chance that the event has not come by the end of each period: shape (n, periods)."""
        hazards = np.empty((len(X), len(self.edges)))
        for period in range(len(self.edges)):
            columns = self._columns(X, np.full(len(X), period))
            hazards[:, period] = self.of_period_.predict_proba(columns)[:, 1]
        return np.asarray(np.cumprod(1 - hazards, axis=1), dtype=np.float64)

    def _columns(self, X: Floats, period: npt.NDArray[np.int64]) -> Floats:
        if not self.is_one_hot:
            return np.column_stack([X, period])
        parts = [X, _BASELINE * (period[:, None] == np.arange(len(self.edges)))]
        if self.has_products:
            parts.append(X * _log_time(self.edges)[period][:, None])
        return np.hstack(parts)


def _log_time(edges: Sequence[float]) -> Floats:
    """The logarithm of the middle of each period, of mean 0 and variance 1."""
    ends = np.asarray(edges, dtype=np.float64)
    found = np.log((np.concatenate([[0.0], ends[:-1]]) + ends) / 2)
    return np.asarray((found - found.mean()) / (found.std() or 1.0))
