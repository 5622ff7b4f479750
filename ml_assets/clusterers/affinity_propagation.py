"""Affinity propagation: rows choose an example that stands for them, and so find how many there are; of a sample."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from meshlake.ml_assets.clusterers.clusterer import NEAREST_TYPES, Clusterer
from meshlake.ml_assets.clusterers.spectral import MAX_PAIRED_ROWS

if TYPE_CHECKING:
    import numpy.typing as npt

    from meshlake.ml_assets.clusterers.nearest import NearestSample


class AffinityClusterer(Clusterer):
    """`affinity_propagation`."""

    finds_count: ClassVar[bool] = True
    max_rows: ClassVar[int] = MAX_PAIRED_ROWS
    trusted_types: ClassVar[tuple[str, ...]] = NEAREST_TYPES

    damping: float = Field(default=0.8, ge=0.5, lt=1, description="How slowly rows change their choice.")
    preference: float | None = Field(
        default=None,
        lt=0,
        description="The squared distance, below 0, at which a row would rather stand for itself: the lower, the "
        "fewer segments; else a tenth of rows times the median, which gives few.",
    )

    def fit(self, points: npt.NDArray[np.float64], k: int, seed: int) -> NearestSample:  # noqa: ARG002
        """See `Clusterer.fit`; where the rows come to no agreement, all are noise."""
        from sklearn.cluster import AffinityPropagation
        from sklearn.metrics import euclidean_distances

        from meshlake.ml_assets.clusterers.nearest import NearestSample

        likeness = -euclidean_distances(points, squared=True)
        preference = self.preference or float(np.median(likeness)) * len(points) / 10
        found = AffinityPropagation(
            damping=self.damping, preference=preference, affinity="precomputed", random_state=seed
        )
        with warnings.catch_warnings():
            # Without an agreement there are no examples, which is told by what comes of it.
            warnings.filterwarnings("ignore", message="Affinity propagation did not converge")
            found.fit(likeness)
        examples = found.cluster_centers_indices_
        return NearestSample(points[examples], np.arange(len(examples)))
