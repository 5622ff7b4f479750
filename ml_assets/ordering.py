"""How well scores tell rows that are so from those that are not, by the order alone. numpy alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ordered:
    """How many rows of each score are so, and how many are not, the lowest score first: shape (scores,) of each.

    Of what is so, and of what is not, there must be one row at least.

    Example:
        >>> found = Ordered.of(np.array([True, False, True, False]), np.array([0.9, 0.4, 0.4, 0.1]))
        >>> found.roc_auc, round(found.average_precision, 3)
        (0.875, 0.833)
    """

    so: Floats
    others: Floats

    @classmethod
    def of(cls, is_so: npt.NDArray[np.bool_], score: Floats) -> Self:
        """Of rows by what is so, shape (n,), and their scores, of the same shape."""
        return cls.of_parts(is_so, ~is_so, score)

    @classmethod
    def of_parts(cls, so: npt.NDArray[Any], others: npt.NDArray[Any], score: Floats) -> Self:
        """Of parts of the rows: how many of each are so and how many are not, and its score, each of shape (parts,)."""
        order = np.argsort(score)
        in_order = score[order]
        ends = np.append(np.flatnonzero(in_order[1:] != in_order[:-1]), len(order) - 1)
        return cls(
            *(np.diff(np.cumsum(each[order], dtype=np.float64)[ends], prepend=0.0) for each in (so, others))
        )

    @property
    def roc_auc(self) -> float:
        """The share of pairs, one that is so and one that is not, in which the first scores higher; ties count half."""
        below = np.cumsum(self.others) - self.others / 2
        return float((self.so * below).sum() / (self.so.sum() * self.others.sum()))

    @property
    def average_precision(self) -> float:
        """The mean over those that are so of the share that is so among all that score as high or higher.

        As `sklearn.metrics.average_precision_score`, which sorts again and looks longer at what it is given.
        """
        so_above = np.cumsum(self.so[::-1])
        all_above = np.cumsum((self.so + self.others)[::-1])
        return float((self.so[::-1] * so_above / all_above).sum() / so_above[-1])
