"""A sigmoid that is fitted on folds of whole customers, drawn by chance.

scikit-learn's folds to calibrate on are rows as they stand: where these are sorted by cut-off each fold is of other
months, and what one says of months that it never saw may even be turned around. Of `groups`, whom each row is about,
whole ones are in each fold, as in `stopping`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

if TYPE_CHECKING:
    import numpy.typing as npt

    Parts = list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]

_SEED = 0


class Calibrated(CalibratedClassifierCV):  # type: ignore[misc]
    """scikit-learn's with other folds; `cv` is how many."""

    cv: Any

    def fit(self, X: Any, y: npt.NDArray[Any], *, groups: npt.NDArray[np.int64] | None = None) -> Self:
        """Fit on `X`, shape (n, columns), and the labels `y`, shape (n,); `groups`, shape (n,), are of the rows."""
        count = self.cv
        self.cv = _of_groups(y, groups, count) or StratifiedKFold(count, shuffle=True, random_state=_SEED)
        try:
            super().fit(X, y)
        finally:
            self.cv = count
        return self


def _of_groups(y: npt.NDArray[Any], groups: npt.NDArray[np.int64] | None, count: int) -> Parts:
    """The folds, none where there are no groups, or so few that a fold or what is learned for it lacks a class."""
    if groups is None or len(np.unique(groups)) < count:
        return []
    folds = StratifiedGroupKFold(count, shuffle=True, random_state=_SEED)
    parts = list(folds.split(np.zeros(len(y)), y, groups))
    classes = len(np.unique(y))
    is_whole = all(len(np.unique(y[rows])) == classes for part in parts for rows in part)
    return parts if is_whole else []
