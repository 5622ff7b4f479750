"""What is known of rows that were followed for a while: the curve of all, and what hides the rest of a row's time.

Method: the product-limit estimate (Kaplan and Meier, Nonparametric estimation from incomplete observations, 1958), of
the event, and of being lost from sight. A row that was lost from sight is neither gone nor staying: it counts among
those at risk as long as it was seen, and later for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Followed:
    """How long each row was followed, and whether the event ended that: both (n,)."""

    duration: Floats
    is_event: Flags

    def where(self, chosen: npt.NDArray[np.int64] | Flags) -> Followed:
        """Some of the rows."""
        return Followed(self.duration[chosen], self.is_event[chosen])

    def is_gone(self, at: Floats) -> Flags:
        """Whether the event had come by each of the times `at`: shape (n, times)."""
        return self.is_event[:, None] & (self.duration[:, None] <= at)

    def is_there(self, at: Floats) -> Flags:
        """Whether a row was seen to be there still at each of the times `at`: shape (n, times)."""
        is_seen = self.duration[:, None] >= at
        return is_seen & ~self.is_gone(at)


def kaplan_meier(followed: Followed, at: Floats, weights: Floats | None = None) -> Floats:
    """The share that is still there at each of the times `at`, with no features asked: shape (times,).

    Example:
        >>> rows = Followed(np.array([1.0, 2.0, 2.0, 3.0]), np.array([True, False, True, False]))
        >>> kaplan_meier(rows, np.array([1.0, 2.0, 3.0])).tolist()
        [0.75, 0.5, 0.5]
    """
    weights = np.ones(len(followed.duration)) if weights is None else weights
    times, place = np.unique(followed.duration, return_inverse=True)
    events = np.bincount(place, weights * followed.is_event)
    at_risk = np.cumsum(np.bincount(place, weights)[::-1])[::-1]
    curve = np.cumprod(1 - np.divide(events, at_risk, out=np.zeros_like(events), where=at_risk > 0))
    return np.concatenate([[1.0], curve])[np.searchsorted(times, at, side="right")]


def seen_until(followed: Followed, at: Floats) -> Floats:
    """The share of rows that would not be lost from sight before each of the times `at`: shape (times,).

    Where both come at the same time, the event was first.
    """
    times, place = np.unique(followed.duration, return_inverse=True)
    events = np.bincount(place, followed.is_event)
    lost = np.bincount(place) - events
    at_risk = np.cumsum(np.bincount(place)[::-1])[::-1] - events
    curve = np.cumprod(1 - np.divide(lost, at_risk, out=np.zeros_like(lost), where=at_risk > 0))
    return np.concatenate([[1.0], curve])[np.searchsorted(times, at, side="left")]


def mean_within(curves: Floats, edges: Floats) -> Floats:
    """How long a row is there within the last of `edges`, on average: the area below each of `curves`, shape (n,).

    Example:
        >>> mean_within(np.array([[0.5, 0.0]]), np.array([10.0, 20.0])).tolist()
        [10.0]
    """
    first = np.ones((len(curves), 1))
    area: Floats = np.trapezoid(np.hstack([first, curves]), np.concatenate([[0.0], edges]), axis=1)
    return area


def read_at(curves: Floats, known: Floats, edges: Floats) -> Floats:
    """Each of `curves`, `known` at other times, at `edges`: shape (n, edges).

    Between known times they are straight, and after the last they stay.

    Example:
        >>> read_at(np.array([[0.5, 0.4]]), np.array([10.0, 20.0]), np.array([5.0, 30.0])).tolist()
        [[0.75, 0.4]]
    """
    ends = np.concatenate([[0.0], known])
    read = [np.interp(edges, ends, np.concatenate([[1.0], curve])) for curve in curves]
    return np.array(read).reshape(len(curves), len(edges))


def at_times(curves: Floats, edges: Floats, at: Floats) -> Floats:
    """Each of `curves`, known at `edges` and straight between, at a time of its own: shape (n,), `at` within `edges`.

    Example:
        >>> at_times(np.array([[0.5, 0.0], [0.8, 0.6]]), np.array([10.0, 20.0]), np.array([15.0, 5.0])).tolist()
        [0.25, 0.9]
    """
    ends, known = np.concatenate([[0.0], edges]), np.hstack([np.ones((len(curves), 1)), curves])
    after = np.clip(np.searchsorted(ends, at, side="left"), 1, len(ends) - 1)
    rows, share = np.arange(len(curves)), (at - ends[after - 1]) / (ends[after] - ends[after - 1])
    return np.asarray(known[rows, after - 1] * (1 - share) + known[rows, after] * share)
