"""BIRCH: rows come in chunks and are summed up in small balls, which are then grouped."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, PositiveFloat

from meshlake.ml_assets.clusterers.clusterer import NEAREST_TYPES, Clusterer

if TYPE_CHECKING:
    import numpy.typing as npt

    from meshlake.ml_assets.clusterers.nearest import NearestSample

_CHUNK_ROWS = 10_000


class BirchClusterer(Clusterer):
    """`birch`."""

    trusted_types: ClassVar[tuple[str, ...]] = NEAREST_TYPES

    threshold: PositiveFloat = Field(
        default=0.25, description="How wide a ball may be, in standard deviations."
    )
    branching_factor: int = Field(default=50, ge=2, description="The most balls of one node of its tree.")

    def fit(self, points: npt.NDArray[np.float64], k: int, seed: int) -> NearestSample:  # noqa: ARG002
        """See `Clusterer.fit`; a row belongs to its nearest ball. Of fewer balls come fewer segments."""
        from sklearn.cluster import AgglomerativeClustering, Birch

        from meshlake.ml_assets.clusterers.nearest import NearestSample

        balls = Birch(threshold=self.threshold, branching_factor=self.branching_factor, n_clusters=None)
        for start in range(0, len(points), _CHUNK_ROWS):
            balls.partial_fit(points[start : start + _CHUNK_ROWS])
        centres = balls.subcluster_centers_
        groups = AgglomerativeClustering(n_clusters=min(k, len(centres))).fit(centres)
        return NearestSample(centres, groups.labels_.astype(np.int64))
