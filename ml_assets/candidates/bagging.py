"""Trees, each of its own draw of rows and features."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveInt

from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.ensemble import BaggingClassifier

    from meshlake.ml_assets.preprocessing import FeaturePlan


class BaggingCandidate(Candidate):
    """`bagging`."""

    has_native_nulls: ClassVar[bool] = True
    trusted_types: ClassVar[tuple[str, ...]] = ("sklearn.tree._tree.Tree",)

    search_space: ClassVar[Mapping[str, Between]] = {
        "min_samples_leaf": Between(1, 100, is_log=True),
        "max_features": Between(0.1, 1.0),
    }

    n_estimators: PositiveInt = Field(default=50, description="How many trees.")
    min_samples_leaf: PositiveInt = Field(default=5, description="The fewest rows of a leaf.")
    max_samples: float = Field(
        default=0.5, gt=0, le=1, description="The share of the rows that each tree draws."
    )
    max_features: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="The share of the features that each tree draws: random subspaces.",
    )
    bootstrap: bool = Field(
        default=True, description="Whether a row may be drawn twice; without, it is pasting."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> BaggingClassifier:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.ensemble import BaggingClassifier
        from sklearn.tree import DecisionTreeClassifier

        tree = DecisionTreeClassifier(min_samples_leaf=self.min_samples_leaf)
        settings = self.model_dump(exclude={"min_samples_leaf"})
        return BaggingClassifier(tree, **settings, random_state=seed)
