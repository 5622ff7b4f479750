"""Amounts as a sum over scaled numbers and one-hot text: least squares, Poisson's likelihood, or a street around them.

Strengths (`alpha`) are of labels of unit variance, so that they mean the same in cents and in millions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, NonNegativeFloat, PositiveFloat

from meshlake.ml_assets.regressors.regressor import Regressor

if TYPE_CHECKING:
    from sklearn.base import RegressorMixin
    from sklearn.compose import TransformedTargetRegressor

    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.regressors.bounded import Bounded

BOUNDED_TYPES = ("meshlake.ml_assets.regressors.bounded.Bounded",)
_ROUNDS = 10_000


def of_unit_variance(estimator: Any) -> TransformedTargetRegressor:
    """It learns labels of unit variance."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.preprocessing import StandardScaler

    return TransformedTargetRegressor(estimator, transformer=StandardScaler())


class LinearRegressor(Regressor):
    """`linear_regression`: ordinary least squares."""

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> RegressorMixin:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.linear_model import LinearRegression

        return LinearRegression()


class RidgeRegressor(Regressor):
    """`ridge`."""

    alpha: NonNegativeFloat = Field(default=1.0, description="How far coefficients are drawn to zero.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> RegressorMixin:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.linear_model import Ridge

        return Ridge(alpha=self.alpha)


class LogRidgeRegressor(RidgeRegressor):
    """`log_ridge`: least squares of logarithms, at most the largest label that was seen."""

    needs_amounts: ClassVar[bool] = True
    has_log_features: ClassVar[bool] = True
    trusted_types: ClassVar[tuple[str, ...]] = BOUNDED_TYPES

    keeps_sum: bool = Field(
        default=True, description="Whether predictions are multiplied so that they sum up to the labels."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> Bounded:
        """See `Algorithm.estimator`."""
        from meshlake.ml_assets.regressors.bounded import Bounded

        return Bounded(super().estimator(plan, seed, rows), of_logarithms=True, keeps_sum=self.keeps_sum)


class LassoRegressor(Regressor):
    """`lasso`."""

    alpha: PositiveFloat = Field(
        default=0.01, description="How far coefficients are drawn to zero, some onto it."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> TransformedTargetRegressor:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.linear_model import Lasso

        return of_unit_variance(Lasso(alpha=self.alpha, max_iter=_ROUNDS))


class ElasticNetRegressor(LassoRegressor):
    """`elastic_net`."""

    l1_ratio: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="By what: 1 by their size alone (lasso), less by their squares as well.",
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> TransformedTargetRegressor:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.linear_model import ElasticNet

        return of_unit_variance(ElasticNet(alpha=self.alpha, l1_ratio=self.l1_ratio, max_iter=_ROUNDS))


class PoissonRegressor(Regressor):
    """`poisson_regression`: Poisson's likelihood, at most the largest label that was seen.

    It is that of means which grow with their variance, amounts with many zeros among them, and says nothing of counts
    (Gourieroux, Monfort and Trognon, Pseudo maximum likelihood methods, 1984).
    """

    needs_amounts: ClassVar[bool] = True
    has_log_features: ClassVar[bool] = True
    trusted_types: ClassVar[tuple[str, ...]] = (
        *BOUNDED_TYPES,
        "sklearn._loss._loss.CyHalfPoissonLoss",
        "sklearn._loss.link.Interval",
        "sklearn._loss.link.LogLink",
        "sklearn._loss.loss.HalfPoissonLoss",
    )

    alpha: NonNegativeFloat = Field(default=0.01, description="How far coefficients are drawn to zero.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> Bounded:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.linear_model import PoissonRegressor as Poisson

        from meshlake.ml_assets.regressors.bounded import Bounded

        return Bounded(Poisson(alpha=self.alpha, solver="newton-cholesky", max_iter=1000))


class LinearSvrRegressor(Regressor):
    """`linear_svr`: a support vector machine, which counts errors and not their squares: it predicts a median."""

    C: PositiveFloat = Field(default=0.01, description="How little coefficients are drawn to zero.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> TransformedTargetRegressor:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.svm import LinearSVR

        return of_unit_variance(LinearSVR(C=self.C, random_state=seed, max_iter=_ROUNDS))
