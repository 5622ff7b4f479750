"""What is said of a few customers, spread to those most alike, also through customers of whom nothing is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveInt

from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.base import ClassifierMixin

    from meshlake.ml_assets.preprocessing import FeaturePlan


class LabelSpreadingCandidate(Candidate):
    """`label_spreading`."""

    learns_from_unlabelled: ClassVar[bool] = True
    # It holds numbers, arrays and a `KNeighborsRegressor`, and does no more on loading than to take them.
    trusted_types: ClassVar[tuple[str, ...]] = (
        "meshlake.ml_assets.candidates.label_spreading_classifier.Spreading",
    )

    search_space: ClassVar[Mapping[str, Between]] = {
        "n_neighbors": Between(5, 100, is_log=True),
        "alpha": Between(0.02, 0.9),
    }

    n_neighbors: PositiveInt = Field(
        default=10, description="To how many most alike each customer passes it on."
    )
    alpha: float = Field(
        default=0.2,
        gt=0,
        lt=1,
        description="How much a customer takes from those alike, of what is said of it.",
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> ClassifierMixin:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from meshlake.ml_assets.candidates.label_spreading_classifier import Spreading

        return Spreading(**self.model_dump(), seed=seed)
