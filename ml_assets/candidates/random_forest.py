"""A forest of trees, each of rows drawn with replacement."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveInt

from meshlake.ml_assets.candidates.algorithm import MAX_ROWS_PER_TREE
from meshlake.ml_assets.candidates.space import Between
from meshlake.ml_assets.candidates.trees import ForestCandidate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.ensemble import RandomForestClassifier

    from meshlake.ml_assets.preprocessing import FeaturePlan


class RandomForestCandidate(ForestCandidate):
    """`random_forest`."""

    search_space: ClassVar[Mapping[str, Between]] = {
        "min_samples_leaf": Between(1, 100, is_log=True),
    }

    n_estimators: PositiveInt = Field(default=100, description="How many trees.")
    min_samples_leaf: PositiveInt = Field(default=5, description="The fewest rows of a leaf.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> RandomForestClassifier:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.ensemble import RandomForestClassifier

        return RandomForestClassifier(
            **self.model_dump(),
            max_samples=MAX_ROWS_PER_TREE if rows > MAX_ROWS_PER_TREE else None,
            n_jobs=-1,
            random_state=seed,
        )
