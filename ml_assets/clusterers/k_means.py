"""k-means, on all rows at once or on small batches of them: round groups of like width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, PositiveInt

from meshlake.ml_assets.clusterers.clusterer import Clusterer

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from sklearn.cluster import KMeans, MiniBatchKMeans


class KMeansClusterer(Clusterer):
    """`k_means`."""

    n_init: PositiveInt = Field(default=3, description="How many starts it is the best of.")

    def fit(self, points: npt.NDArray[np.float64], k: int, seed: int) -> KMeans:
        """See `Clusterer.fit`."""
        from sklearn.cluster import KMeans

        return _without_rows(KMeans(n_clusters=k, n_init=self.n_init, random_state=seed).fit(points))


class MiniBatchClusterer(Clusterer):
    """`mini_batch_k_means`."""

    n_init: PositiveInt = Field(default=3, description="How many starts it is the best of.")
    batch_size: PositiveInt = Field(default=1024, description="How many rows each step draws.")

    def fit(self, points: npt.NDArray[np.float64], k: int, seed: int) -> MiniBatchKMeans:
        """See `Clusterer.fit`."""
        from sklearn.cluster import MiniBatchKMeans

        fitted = MiniBatchKMeans(
            n_clusters=k, n_init=self.n_init, batch_size=self.batch_size, random_state=seed
        ).fit(points)
        return _without_rows(fitted)


def _without_rows(fitted: KMeans) -> KMeans:
    """The labels of the rows fitted on belong to no model: they would be stored with it, one per customer."""
    fitted.labels_ = fitted.labels_[:0]
    return fitted
