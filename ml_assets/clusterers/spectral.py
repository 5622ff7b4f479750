"""Spectral clustering: groups of rows that are linked by chains of near neighbours; of a sample."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, PositiveInt

from meshlake.ml_assets.clusterers.clusterer import NEAREST_TYPES, Clusterer

if TYPE_CHECKING:
    import numpy.typing as npt

    from meshlake.ml_assets.clusterers.nearest import NearestSample

MAX_PAIRED_ROWS = 2_000


class SpectralClusterer(Clusterer):
    """`spectral`."""

    max_rows: ClassVar[int] = MAX_PAIRED_ROWS
    trusted_types: ClassVar[tuple[str, ...]] = NEAREST_TYPES

    n_neighbors: PositiveInt = Field(default=10, description="How many neighbours a row is linked to.")

    def fit(self, points: npt.NDArray[np.float64], k: int, seed: int) -> NearestSample:
        """See `Clusterer.fit`."""
        from sklearn.cluster import SpectralClustering

        from meshlake.ml_assets.clusterers.nearest import NearestSample

        spectral = SpectralClustering(
            n_clusters=k,
            affinity="nearest_neighbors",
            n_neighbors=min(self.n_neighbors, len(points)),
            assign_labels="cluster_qr",
            random_state=seed,
        )
        with warnings.catch_warnings():
            # Groups that no link joins are what is looked for.
            warnings.filterwarnings("ignore", message="Graph is not fully connected")
            labels = spectral.fit_predict(points)
        return NearestSample(points, np.asarray(labels, dtype=np.int64))
