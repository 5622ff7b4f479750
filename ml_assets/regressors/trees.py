"""One tree, and forests of trees, whose leaves say the mean of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, PositiveInt

from meshlake.ml_assets.candidates.algorithm import MAX_ROWS_PER_TREE
from meshlake.ml_assets.regressors.regressor import Regressor

if TYPE_CHECKING:
    from sklearn.base import RegressorMixin

    from meshlake.ml_assets.preprocessing import FeaturePlan

_TREE_TYPES = ("sklearn.tree._tree.Tree",)


class DecisionTreeRegressor(Regressor):
    """`decision_tree`."""

    has_native_nulls: ClassVar[bool] = True
    trusted_types: ClassVar[tuple[str, ...]] = _TREE_TYPES

    criterion: Literal["squared_error", "absolute_error"] = Field(
        default="squared_error", description="What a split makes less of."
    )
    max_depth: PositiveInt = Field(default=5, description="The most questions asked of a row.")
    min_samples_leaf: PositiveInt = Field(default=20, description="The fewest rows of a leaf.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> RegressorMixin:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.tree import DecisionTreeRegressor as Tree

        return Tree(**self.model_dump(), random_state=seed)


class _Forest(Regressor):
    has_native_nulls: ClassVar[bool] = True
    trusted_types: ClassVar[tuple[str, ...]] = _TREE_TYPES

    n_estimators: PositiveInt = Field(default=100, description="How many trees.")
    min_samples_leaf: PositiveInt = Field(default=5, description="The fewest rows of a leaf.")
    max_features: float = Field(
        default=0.5, gt=0, le=1, description="The share of the features that each split draws."
    )

    def _settings(self, seed: int, rows: int) -> dict[str, Any]:
        drawn = MAX_ROWS_PER_TREE if rows > MAX_ROWS_PER_TREE else None
        return {**self.model_dump(), "max_samples": drawn, "n_jobs": -1, "random_state": seed}


class RandomForestRegressor(_Forest):
    """`random_forest`."""

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> RegressorMixin:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.ensemble import RandomForestRegressor as Forest

        return Forest(**self._settings(seed, rows))


class ExtraTreesRegressor(_Forest):
    """`extra_trees`."""

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> RegressorMixin:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.ensemble import ExtraTreesRegressor as Forest

        return Forest(**self._settings(seed, rows), bootstrap=rows > MAX_ROWS_PER_TREE)
