"""Algorithms of uplift: how many models of the outcome, or of what the treatment changes, and what these are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, PositiveFloat

from meshlake.ml_assets.candidates.boosting import BoostingCandidate
from meshlake.ml_assets.uplifters.uplifter import Uplifter, on_one_thread

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.linear_model import RidgeCV

    from meshlake.ml_assets.preprocessing import FeaturePlan

_ESTIMATORS = "meshlake.ml_assets.uplifters.estimators"
_TREE = "sklearn.tree._tree.Tree"
# From hardly any to so much that one effect is left for all rows.
_STRENGTHS = tuple(10.0**power for power in range(7))


class TwoLinearModels(Uplifter):
    """`two_models`: a logistic regression of treated rows, and one of the others."""

    trusted_types: ClassVar[tuple[str, ...]] = (f"{_ESTIMATORS}.TwoModels",)

    C: PositiveFloat = Field(default=0.1, description="How little coefficients are drawn to zero.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> BaseEstimator:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from meshlake.ml_assets.uplifters.estimators import TwoModels

        return TwoModels(_logistic(seed, self.C))


class OneLinearModel(TwoLinearModels):
    """`one_model`: a logistic regression to which the treatment, and its products with all others, are columns."""

    trusted_types: ClassVar[tuple[str, ...]] = (f"{_ESTIMATORS}.OneModel",)

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> BaseEstimator:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from meshlake.ml_assets.uplifters.estimators import OneModel

        return OneModel(_logistic(seed, self.C), has_products=True)


class LinearEffect(Uplifter):
    """`transformed_outcome`: a ridge of transformed outcomes, as strong as leaving out one row after the other says."""

    trusted_types: ClassVar[tuple[str, ...]] = (f"{_ESTIMATORS}.TransformedOutcome",)

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> BaseEstimator:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from meshlake.ml_assets.uplifters.estimators import TransformedOutcome

        return TransformedOutcome(_ridge())


class _Robust(Uplifter):
    folds: int = Field(
        default=3,
        ge=2,
        description="Into how many parts rows are split to expect outcomes of one by the others.",
    )


class RobustLinearEffect(_Robust):
    """`doubly_robust`: a ridge of doubly robust scores, outcomes expected by logistic regressions."""

    trusted_types: ClassVar[tuple[str, ...]] = (f"{_ESTIMATORS}.DoublyRobust",)

    C: PositiveFloat = Field(
        default=0.1, description="How little coefficients of outcomes are drawn to zero."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> BaseEstimator:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from meshlake.ml_assets.uplifters.estimators import DoublyRobust

        return DoublyRobust(_ridge(), _logistic(seed, self.C), self.folds, seed)


class RobustForest(_Robust):
    """`doubly_robust_forest`: extra trees of doubly robust scores, outcomes expected by boosting."""

    has_native_nulls: ClassVar[bool] = True
    trusted_types: ClassVar[tuple[str, ...]] = (
        f"{_ESTIMATORS}.DoublyRobust",
        _TREE,
        *BoostingCandidate.trusted_types,
    )

    n_estimators: int = Field(default=100, ge=1, description="How many trees.")
    leaf_share: float = Field(
        default=0.02,
        gt=0,
        le=0.5,
        description="The least share of the rows in a leaf: of few, effects are noise.",
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> BaseEstimator:
        """See `Algorithm.estimator`."""
        from sklearn.ensemble import ExtraTreesRegressor

        from meshlake.ml_assets.uplifters.estimators import DoublyRobust

        forest = ExtraTreesRegressor(
            self.n_estimators, min_samples_leaf=self.leaf_share, max_features=0.5, random_state=seed
        )
        return DoublyRobust(forest, _boosting(plan, seed, rows), self.folds, seed)


class TwoBoostedModels(Uplifter):
    """`two_boosted_models`: a boosting of treated rows, and one of the others."""

    has_native_nulls: ClassVar[bool] = True
    trusted_types: ClassVar[tuple[str, ...]] = (f"{_ESTIMATORS}.TwoModels", *BoostingCandidate.trusted_types)

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> BaseEstimator:
        """See `Algorithm.estimator`."""
        from meshlake.ml_assets.uplifters.estimators import TwoModels

        return TwoModels(_boosting(plan, seed, rows // 2))


class OneBoostedModel(Uplifter):
    """`one_boosted_model`: a boosting to which the treatment is a column."""

    has_native_nulls: ClassVar[bool] = True
    trusted_types: ClassVar[tuple[str, ...]] = (f"{_ESTIMATORS}.OneModel", *BoostingCandidate.trusted_types)

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> BaseEstimator:
        """See `Algorithm.estimator`."""
        from meshlake.ml_assets.uplifters.estimators import OneModel

        return OneModel(_boosting(plan, seed, rows), has_products=False)


def _logistic(seed: int, c: float) -> ClassifierMixin:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=c, max_iter=2000, random_state=seed)


def _boosting(plan: FeaturePlan, seed: int, rows: int) -> Any:
    return on_one_thread(BoostingCandidate(seeds=1, max_features=0.5).estimator(plan, seed, rows))


def _ridge() -> RidgeCV:
    from sklearn.linear_model import RidgeCV

    return RidgeCV(_STRENGTHS)
