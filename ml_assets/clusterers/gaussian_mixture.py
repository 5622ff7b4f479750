"""A mixture of normal distributions: groups of any width and slant, to which a row belongs by a probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveInt

from meshlake.ml_assets.clusterers.clusterer import Clusterer

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from sklearn.mixture import GaussianMixture


class MixtureClusterer(Clusterer):
    """`gaussian_mixture`."""

    # What an expectation step over more rows costs gains nothing a mixture of few parts would show.
    max_rows: ClassVar[int] = 20_000

    covariance_type: Literal["full", "tied", "diag", "spherical"] = Field(
        default="full", description="What shapes the groups may have."
    )
    n_init: PositiveInt = Field(default=1, description="How many starts it is the best of.")

    def fit(self, points: npt.NDArray[np.float64], k: int, seed: int) -> GaussianMixture:
        """See `Clusterer.fit`."""
        from sklearn.mixture import GaussianMixture

        # Columns that say the same of a group, or one value in all its rows, have no width of their own.
        return GaussianMixture(
            k,
            covariance_type=self.covariance_type,
            n_init=self.n_init,
            reg_covar=1e-4,
            random_state=seed,
        ).fit(points)
