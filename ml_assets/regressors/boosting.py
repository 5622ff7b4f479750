"""Histogram gradient boosting of amounts, by the loss that each tree makes less of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from meshlake.ml_assets.candidates.boosting import MIN_ROWS_TO_STOP, TREES_OF_FEW_ROWS, TYPES_OF_BOOSTING
from meshlake.ml_assets.regressors.regressor import Regressor

if TYPE_CHECKING:
    from sklearn.base import RegressorMixin

    from meshlake.ml_assets.preprocessing import FeaturePlan

_TYPES = ("meshlake.ml_assets.candidates.stopping.StoppedRegressor", *TYPES_OF_BOOSTING)


class BoostingRegressor(Regressor):
    """`histogram_gradient_boosting`: squared errors."""

    has_native_nulls: ClassVar[bool] = True
    trusted_types: ClassVar[tuple[str, ...]] = _TYPES
    loss: ClassVar[str] = "squared_error"

    learning_rate: PositiveFloat = Field(default=0.05, description="How much of each tree is taken.")
    max_iter: PositiveInt = Field(default=1000, description="The most trees, one after the other.")
    n_iter_no_change: PositiveInt = Field(
        default=20, description="After how many trees without a gain on rows kept aside it stops."
    )
    max_leaf_nodes: int = Field(default=15, ge=2, description="The most leaves of a tree.")
    l2_regularization: NonNegativeFloat = Field(default=1.0, description="How far leaves are drawn to zero.")
    max_features: float = Field(
        default=0.3, gt=0, le=1, description="The share of the features that each split draws."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> RegressorMixin:
        """See `Algorithm.estimator`."""
        from meshlake.ml_assets.candidates.stopping import StoppedRegressor

        first, is_few = len(plan.numeric), rows < MIN_ROWS_TO_STOP
        settings: dict[str, Any] = self.model_dump()
        if is_few:
            settings["max_iter"] = min(self.max_iter, TREES_OF_FEW_ROWS)
        return StoppedRegressor(
            loss=self.loss,
            **settings,
            categorical_features=list(range(first, first + len(plan.categorical))),
            early_stopping=not is_few,
            random_state=seed,
        )


class PoissonBoostingRegressor(BoostingRegressor):
    """`poisson_boosting`: Poisson's likelihood, of amounts with many zeros among them."""

    needs_amounts: ClassVar[bool] = True
    loss: ClassVar[str] = "poisson"


class QuantileBoostingRegressor(BoostingRegressor):
    """`quantile_boosting`: the pinball loss, which makes it say a quantile: of .5 the median."""

    loss: ClassVar[str] = "quantile"

    quantile: float = Field(default=0.5, gt=0, lt=1, description="The share of labels that lie below.")
