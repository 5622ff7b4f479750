"""One decision tree, small enough to be read, its leaves' shares of churn smoothed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveInt

from meshlake.ml_assets.candidates.calibration import CALIBRATION_TYPES, calibrated
from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.calibration import CalibratedClassifierCV

    from meshlake.ml_assets.preprocessing import FeaturePlan


class DecisionTreeCandidate(Candidate):
    """`decision_tree`."""

    has_native_nulls: ClassVar[bool] = True
    trusted_types: ClassVar[tuple[str, ...]] = (*CALIBRATION_TYPES, "sklearn.tree._tree.Tree")

    search_space: ClassVar[Mapping[str, Between]] = {
        "max_depth": Between(2, 12),
        "min_samples_leaf": Between(2, 200, is_log=True),
    }

    criterion: Literal["gini", "entropy", "log_loss"] = Field(
        default="gini", description="What splits lower."
    )
    max_depth: PositiveInt = Field(default=6, description="The most questions asked of a row.")
    min_samples_leaf: PositiveInt = Field(default=20, description="The fewest rows of a leaf.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> CalibratedClassifierCV:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.tree import DecisionTreeClassifier

        return calibrated(DecisionTreeClassifier(**self.model_dump(), random_state=seed))
