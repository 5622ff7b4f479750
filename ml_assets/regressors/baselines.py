"""Rules of thumb: the same for all, and the same as last time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from meshlake.ml_assets.regressors.regressor import Regressor

if TYPE_CHECKING:
    from sklearn.base import RegressorMixin, TransformerMixin
    from sklearn.dummy import DummyRegressor

    from meshlake.ml_assets.preprocessing import FeaturePlan

LAST_PERIOD = "last_period"


class ConstantRegressor(Regressor):
    """`constant`."""

    strategy: Literal["mean", "median"] = Field(default="mean", description="What is said of all.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> DummyRegressor:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.dummy import DummyRegressor

        return DummyRegressor(strategy=self.strategy)


class LastPeriodRegressor(Regressor):
    """`last_period`; where it is not known, the median of all."""

    column: str = Field(min_length=1, description="The feature that holds the amount of the period before.")

    def preprocessing(self, plan: FeaturePlan) -> TransformerMixin:
        """See `Algorithm.preprocessing`."""
        from sklearn.compose import ColumnTransformer
        from sklearn.impute import SimpleImputer

        if self.column not in plan.numeric:
            why = plan.dropped.get(self.column, "it is no feature of numbers")
            raise ValueError(f"'{self.column}' is not the amount of the period before: {why}")
        return ColumnTransformer([("amount", SimpleImputer(strategy="median"), [self.column])])

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> RegressorMixin:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from meshlake.ml_assets.regressors.bounded import AsItIs

        return AsItIs()
