"""Which number a segment has: that of the segment of the version before that it is, else a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

# A segment that shares less than half of the rows that either has is another one (Hennig 2007: dissolved).
SAME_SEGMENT = 0.5


@dataclass(frozen=True)
class Before:
    """What the version before says of the same rows.

    `numbers` is the segment of each row, shape (rows,), or `None` where it cannot read them; `names` are those of its
    segments, and `next_number` the first that no version has used.
    """

    version: str
    numbers: npt.NDArray[np.int64] | None
    names: Mapping[int, str]
    next_number: int


@dataclass(frozen=True)
class Numbering:
    """The number of each segment, by the label it was fitted with; the first number free; and what is told of it."""

    numbers: tuple[int, ...]
    next_number: int
    told: tuple[str, ...] = ()


def number_segments(
    labels: npt.NDArray[np.int64], order: npt.NDArray[np.int64], before: Before | None
) -> Numbering:
    """Number the segments of rows: as the version before did, where they are the same, else in `order`.

    Both versions are asked for the same rows. Segments are paired so that they share the most rows together (the
    Hungarian method, on Jaccard's index).

    Args:
        labels: the segment that each row is in now, shape (rows,), counted from 0; below 0 it is in none.
        order: the labels in the order in which new numbers are given.
        before: the version before, if there was one.

    Example:
        >>> import numpy as np
        >>> was = Before("v1", np.array([0, 0, 0, 1, 1, 1]), {0: "small", 1: "large"}, 2)
        >>> number_segments(np.array([1, 1, 1, 0, 0, 2]), np.array([1, 0, 2]), was).numbers
        (1, 0, 2)
    """
    if before is None:
        return Numbering(tuple(int(np.flatnonzero(order == i)[0]) for i in range(len(order))), len(order))
    same = _same(labels, len(order), before)
    numbers, free = dict(same), before.next_number
    for label in order.tolist():
        if label not in numbers:
            numbers[label] = free
            free += 1
    return Numbering(tuple(numbers[i] for i in range(len(order))), free, _told(numbers, same, before))


def _same(labels: npt.NDArray[np.int64], count: int, before: Before) -> dict[int, int]:
    """The number before of each label that is the same segment."""
    known = np.array(sorted(before.names), dtype=np.int64)
    if before.numbers is None or not len(known):
        return {}
    is_now = labels[:, None] == np.arange(count)
    was = before.numbers[:, None] == known
    shared = is_now.T.astype(np.float64) @ was.astype(np.float64)
    either = is_now.sum(axis=0)[:, None] + was.sum(axis=0)[None, :] - shared
    likeness = np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)
    pairs = zip(*linear_sum_assignment(likeness, maximize=True), strict=True)
    return {int(i): int(known[j]) for i, j in pairs if likeness[i, j] >= SAME_SEGMENT}


def _told(numbers: Mapping[int, int], same: Mapping[int, int], before: Before) -> tuple[str, ...]:
    new = sorted(number for label, number in numbers.items() if label not in same)
    gone = sorted(set(before.names) - set(same.values()))
    told = []
    if new:
        told.append(f"new since version {before.version}: segment {', '.join(map(str, new))}")
    if gone:
        named = ", ".join(f"{number} ({before.names[number]})" for number in gone)
        told.append(f"gone since version {before.version}: segment {named}")
    return tuple(told)
