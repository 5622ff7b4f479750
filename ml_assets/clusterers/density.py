"""Groups where rows lie close together, of any shape; what lies between them is noise and belongs to none."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, PositiveFloat

from meshlake.ml_assets.clusterers.clusterer import NEAREST_TYPES, NOISE, Clusterer

if TYPE_CHECKING:
    import numpy.typing as npt

    from meshlake.ml_assets.clusterers.nearest import NearestSample

# Both hold each row against all others.
MAX_DENSITY_ROWS = 10_000
# Rows whose neighbours are farther than those of nine in ten are the first to be noise.
_NEAR_ENOUGH = 0.9
_LEAST_REACH = 1e-6


class DbscanClusterer(Clusterer):
    """`dbscan`."""

    finds_count: ClassVar[bool] = True
    max_rows: ClassVar[int] = MAX_DENSITY_ROWS
    trusted_types: ClassVar[tuple[str, ...]] = NEAREST_TYPES

    eps: PositiveFloat | None = Field(
        default=None,
        description="How near a neighbour is, in standard deviations; else as near as the last of `min_samples` is to "
        "nine rows of ten.",
    )
    min_samples: int = Field(default=10, ge=2, description="How many neighbours make a row part of a group.")

    def fit(self, points: npt.NDArray[np.float64], k: int, seed: int) -> NearestSample:  # noqa: ARG002
        """See `Clusterer.fit`; a new row belongs to the nearest row of a group's inside that is within `eps`."""
        from sklearn.cluster import DBSCAN

        from meshlake.ml_assets.clusterers.nearest import NearestSample

        eps = self.eps or _usual_reach(points, self.min_samples)
        fitted = DBSCAN(eps=eps, min_samples=self.min_samples).fit(points)
        inside = fitted.core_sample_indices_
        return NearestSample(points[inside], fitted.labels_[inside].astype(np.int64), eps)


class HdbscanClusterer(Clusterer):
    """`hdbscan`."""

    finds_count: ClassVar[bool] = True
    max_rows: ClassVar[int] = MAX_DENSITY_ROWS
    trusted_types: ClassVar[tuple[str, ...]] = NEAREST_TYPES

    min_cluster_share: float = Field(
        default=0.02, gt=0, lt=0.5, description="The share of rows that a group has at least."
    )
    min_samples: int = Field(default=10, ge=1, description="How many neighbours tell how close rows lie.")

    def fit(self, points: npt.NDArray[np.float64], k: int, seed: int) -> NearestSample:  # noqa: ARG002
        """See `Clusterer.fit`; a new row is what the nearest row is, and noise where it lies farther from all than the
        loosest row of a group from its neighbours."""
        from sklearn.cluster import HDBSCAN

        from meshlake.ml_assets.clusterers.nearest import NearestSample

        smallest = max(2, round(self.min_cluster_share * len(points)))
        neighbours = min(self.min_samples, len(points))
        fitted = HDBSCAN(min_cluster_size=smallest, min_samples=neighbours, copy=True).fit(points)
        reach = _distances_to_neighbour(points, neighbours)[fitted.labels_ != NOISE]
        return NearestSample(points, fitted.labels_.astype(np.int64), float(reach.max(initial=_LEAST_REACH)))


def _usual_reach(points: npt.NDArray[np.float64], nth: int) -> float:
    return max(float(np.quantile(_distances_to_neighbour(points, nth), _NEAR_ENOUGH)), _LEAST_REACH)


def _distances_to_neighbour(points: npt.NDArray[np.float64], nth: int) -> npt.NDArray[np.float64]:
    """Of each row, itself being the first of its neighbours: shape (rows,)."""
    from sklearn.neighbors import NearestNeighbors

    distances, _ = NearestNeighbors(n_neighbors=min(nth, len(points))).fit(points).kneighbors(points)
    return np.asarray(distances[:, -1], dtype=np.float64)
