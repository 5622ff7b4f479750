"""New rows for algorithms that only say where the rows they saw belong: to where the nearest of those does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.metrics import pairwise_distances_argmin_min

from meshlake.ml_assets.clusterers.clusterer import NOISE

if TYPE_CHECKING:
    import numpy.typing as npt


class NearestSample(BaseEstimator):  # type: ignore[misc]
    """The nearest neighbour (k = 1) among `points`, (samples, columns), of which `labels` are the segments.

    A row farther than `reach` from all of them is noise.

    Example:
        >>> import numpy as np
        >>> nearest = NearestSample(np.array([[0.0], [9.0]]), np.array([0, 1]), reach=2.0)
        >>> nearest.predict(np.array([[1.0], [8.0], [5.0]])).tolist()
        [0, 1, -1]
    """

    def __init__(
        self, points: npt.NDArray[np.float64], labels: npt.NDArray[np.int64], reach: float = np.inf
    ) -> None:
        self.points = points
        self.labels = labels
        self.reach = reach

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict(self, X: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """See `Fitted.predict`."""
        if not len(X) or not len(self.points):
            return np.full(len(X), NOISE, dtype=np.int64)
        nearest, distance = pairwise_distances_argmin_min(X, self.points)
        return np.where(distance <= self.reach, self.labels[nearest], NOISE).astype(np.int64)
