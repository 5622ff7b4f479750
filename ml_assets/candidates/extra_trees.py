"""A forest of trees whose splits are drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveInt

from meshlake.ml_assets.candidates.algorithm import MAX_ROWS_PER_TREE
from meshlake.ml_assets.candidates.space import Between
from meshlake.ml_assets.candidates.trees import ForestCandidate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.ensemble import ExtraTreesClassifier

    from meshlake.ml_assets.preprocessing import FeaturePlan


class ExtraTreesCandidate(ForestCandidate):
    """`extra_trees`."""

    search_space: ClassVar[Mapping[str, Between]] = {
        "min_samples_leaf": Between(1, 50, is_log=True),
        "max_features": Between(0.1, 1.0),
    }

    n_estimators: PositiveInt = Field(default=100, description="How many trees.")
    min_samples_leaf: PositiveInt = Field(default=3, description="The fewest rows of a leaf.")
    # Of nine tables none was told worse beyond noise than by 200 trees of as many leaves as come of themselves, of half
    # the features: see ADR 0121. It is also what reasons are told by two words of (`explaining.leaf_words`).
    max_leaf_nodes: int | None = Field(
        default=128, ge=2, description="The most leaves of a tree; null: as many as come of themselves."
    )
    max_features: float = Field(
        default=1.0, gt=0, le=1, description="The share of the features that each split draws."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> ExtraTreesClassifier:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.ensemble import ExtraTreesClassifier

        is_drawn = rows > MAX_ROWS_PER_TREE
        return ExtraTreesClassifier(
            **self.model_dump(),
            bootstrap=is_drawn,
            max_samples=MAX_ROWS_PER_TREE if is_drawn else None,
            n_jobs=-1,
            random_state=seed,
        )
