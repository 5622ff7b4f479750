"""Algorithms of time to an event: logistic regression and histogram gradient boosting of the periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from meshlake.ml_assets.candidates.boosting import TYPES_OF_BOOSTING
from meshlake.ml_assets.hazards.hazard import Hazard

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

    from meshlake.ml_assets.preprocessing import FeaturePlan

_MODEL = "meshlake.ml_assets.hazards.estimators.DiscreteHazards"


class LogisticHazards(Hazard):
    """`logistic_hazards`: each column makes the event likelier or less by the same odds at any time."""

    trusted_types: ClassVar[tuple[str, ...]] = (_MODEL,)

    C: PositiveFloat = Field(default=1.0, description="How little coefficients are drawn to zero.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> BaseEstimator:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(C=self.C, max_iter=2000, random_state=seed)


class ChangingLogisticHazards(LogisticHazards):
    """`changing_logistic_hazards`: the same, where what columns do may grow or fade with time."""

    has_products: ClassVar[bool] = True


class BoostedHazards(Hazard):
    """`boosted_hazards`: trees that take the period as one more number."""

    has_native_nulls: ClassVar[bool] = True
    trusted_types: ClassVar[tuple[str, ...]] = (_MODEL, *TYPES_OF_BOOSTING)

    learning_rate: PositiveFloat = Field(default=0.05, description="How much of each tree is taken.")
    # No early stopping: rows kept aside would hold periods of customers who are learned of.
    max_iter: PositiveInt = Field(default=150, description="How many trees, one after the other.")
    max_leaf_nodes: int = Field(default=8, ge=2, description="The most leaves of a tree.")
    min_samples_leaf: PositiveInt = Field(default=50, description="The fewest periods in a leaf.")
    l2_regularization: NonNegativeFloat = Field(default=1.0, description="How far leaves are drawn to zero.")
    max_features: float = Field(
        default=0.5, gt=0, le=1, description="The share of the features that each split draws."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> BaseEstimator:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        first = len(plan.numeric)
        return HistGradientBoostingClassifier(
            **self.model_dump(),
            categorical_features=list(range(first, first + len(plan.categorical))),
            early_stopping=False,
            random_state=seed,
        )
