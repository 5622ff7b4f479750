"""Gradient boosting of exact trees, which stops when rows kept aside gain no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveFloat, PositiveInt

from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.ensemble import GradientBoostingClassifier

    from meshlake.ml_assets.preprocessing import FeaturePlan


class GradientBoostingCandidate(Candidate):
    """`gradient_boosting`."""

    trusted_types: ClassVar[tuple[str, ...]] = ("sklearn.tree._tree.Tree",)

    search_space: ClassVar[Mapping[str, Between]] = {
        "max_depth": Between(2, 6),
        "learning_rate": Between(0.01, 0.2, is_log=True),
        "max_features": Between(0.1, 1.0),
    }

    learning_rate: PositiveFloat = Field(default=0.05, description="How much of each tree is taken.")
    n_estimators: PositiveInt = Field(default=500, description="The most trees, one after the other.")
    n_iter_no_change: PositiveInt = Field(
        default=10, description="After how many trees without a gain it stops."
    )
    max_depth: PositiveInt = Field(default=3, description="The most questions a tree asks of a row.")
    subsample: float = Field(
        default=0.5, gt=0, le=1, description="The share of the rows that each tree draws."
    )
    max_features: float = Field(
        default=0.3, gt=0, le=1, description="The share of the features that each split draws."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> GradientBoostingClassifier:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.ensemble import GradientBoostingClassifier

        return GradientBoostingClassifier(**self.model_dump(), random_state=seed)
