"""The share of churn among the customers most alike, of a sample that bounds what it costs to look for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveInt

from meshlake.ml_assets.candidates.calibration import CALIBRATION_TYPES, calibrated
from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.calibration import CalibratedClassifierCV

    from meshlake.ml_assets.candidates.joint import NeighboursTogether
    from meshlake.ml_assets.preprocessing import FeaturePlan

# Each row that is scored is held against all of them.
MAX_NEIGHBOURS = 20_000


class NearestNeighboursCandidate(Candidate):
    """`nearest_neighbours`."""

    trusted_types: ClassVar[tuple[str, ...]] = CALIBRATION_TYPES
    can_be_chained: ClassVar[bool] = False

    search_space: ClassVar[Mapping[str, Between]] = {
        "n_neighbors": Between(5, 300, is_log=True),
    }

    n_neighbors: PositiveInt = Field(default=50, description="How many customers are asked.")
    weights: Literal["uniform", "distance"] = Field(
        default="uniform", description="Whether all count the same, or the nearer the more."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> CalibratedClassifierCV:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.ensemble import BaggingClassifier
        from sklearn.neighbors import KNeighborsClassifier

        neighbours = KNeighborsClassifier(
            n_neighbors=min(self.n_neighbors, rows // 4), weights=self.weights, algorithm="brute"
        )
        share = min(1.0, MAX_NEIGHBOURS / rows)
        return calibrated(
            BaggingClassifier(
                neighbours, n_estimators=1, max_samples=share, bootstrap=False, random_state=seed
            )
        )

    def of_labels(self, plan: FeaturePlan, seed: int, rows: int, count: int) -> NeighboursTogether:  # noqa: ARG002
        """See `Candidate.of_labels`: the nearest rows tell of all labels together."""
        from meshlake.ml_assets.candidates.joint import NeighboursTogether

        return NeighboursTogether(count, min(self.n_neighbors, rows // 4), self.weights, MAX_NEIGHBOURS, seed)
