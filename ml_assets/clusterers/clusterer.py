"""What an algorithm must say of itself for segments to come of it, and how algorithms are found.

An algorithm is one class in one file and one line of `CLUSTERERS`, by the name that `policy: candidates` of a
`model.yaml` gives. Other distributions add theirs by entry points of the group `meshlake.clusterers`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Protocol

from meshlake.plugins import Doorway
from meshlake.validation import Document

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

NOISE = -1
# For `trusted_types` of an algorithm that fits a `NearestSample`.
NEAREST_TYPES = ("meshlake.ml_assets.clusterers.nearest.NearestSample",)


class Fitted(Protocol):
    """What came of fitting: an estimator that skops can store. It may have `predict_proba`, `bic` and `aic`, too."""

    def predict(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """The segment of each point, from 0 on, or `NOISE`: shape (n,); the same one by one as all at once."""


class Clusterer(Document, ABC):
    """One algorithm. Its fields are the parameters that a `model.yaml` may set, with the defaults of those it does not.

    `finds_count` says that it finds the number of segments itself, so that it is tried once and not for each number.
    `max_rows` is how many points it can be fitted on; of more rows a sample is drawn. `trusted_types` are the types of
    what it fits, beyond those skops trusts by itself, that may be loaded again.
    """

    finds_count: ClassVar[bool] = False
    max_rows: ClassVar[int] = 100_000
    trusted_types: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def fit(self, points: npt.NDArray[np.float64], k: int, seed: int) -> Fitted:
        """Fit `points`, (rows, columns) of unit variance, into `k` segments; the same for the same `seed`."""


# The cheapest first: `policy: minutes` may not do for all.
CLUSTERERS: Doorway[type[Clusterer]] = Doorway(
    "meshlake.clusterers",
    "candidate of a segmentation",
    {
        "k_means": "meshlake.ml_assets.clusterers.k_means:KMeansClusterer",
        "mini_batch_k_means": "meshlake.ml_assets.clusterers.k_means:MiniBatchClusterer",
        "birch": "meshlake.ml_assets.clusterers.birch:BirchClusterer",
        "gaussian_mixture": "meshlake.ml_assets.clusterers.gaussian_mixture:MixtureClusterer",
        "dbscan": "meshlake.ml_assets.clusterers.density:DbscanClusterer",
        "hdbscan": "meshlake.ml_assets.clusterers.density:HdbscanClusterer",
        "agglomerative": "meshlake.ml_assets.clusterers.agglomerative:AgglomerativeClusterer",
        "spectral": "meshlake.ml_assets.clusterers.spectral:SpectralClusterer",
        "affinity_propagation": "meshlake.ml_assets.clusterers.affinity_propagation:AffinityClusterer",
    },
)
# Compared where a `model.yaml` names none. Named here, so that installing an algorithm changes no one's segments.
DEFAULT_CLUSTERERS = ("k_means", "gaussian_mixture")
