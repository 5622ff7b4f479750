"""Groups of a tree in which the two most alike are joined, again and again (Ward's method, unless told otherwise)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from meshlake.ml_assets.clusterers.clusterer import NEAREST_TYPES, Clusterer

if TYPE_CHECKING:
    import numpy.typing as npt

    from meshlake.ml_assets.clusterers.nearest import NearestSample


class AgglomerativeClusterer(Clusterer):
    """`agglomerative`."""

    # The tree is made of the distances between all pairs.
    max_rows: ClassVar[int] = 5_000
    trusted_types: ClassVar[tuple[str, ...]] = NEAREST_TYPES

    linkage: Literal["ward", "complete", "average", "single"] = Field(
        default="ward", description="What makes two groups alike."
    )

    def fit(self, points: npt.NDArray[np.float64], k: int, seed: int) -> NearestSample:  # noqa: ARG002
        """See `Clusterer.fit`."""
        from sklearn.cluster import AgglomerativeClustering

        from meshlake.ml_assets.clusterers.nearest import NearestSample

        fitted = AgglomerativeClustering(n_clusters=k, linkage=self.linkage).fit(points)
        return NearestSample(points, fitted.labels_.astype(np.int64))
