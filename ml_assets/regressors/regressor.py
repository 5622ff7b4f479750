"""What an algorithm must say of itself for a model of amounts to be chosen from it, and how algorithms are found.

An algorithm is one class and one line of `REGRESSORS`, by the name that `policy: candidates` of a `model.yaml` gives.
Other distributions add theirs by entry points of the group `meshlake.regressors`. No scikit-learn is imported before a
pipeline is built.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.candidates.algorithm import Algorithm
from meshlake.plugins import Doorway

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.base import RegressorMixin, TransformerMixin

    from meshlake.ml_assets.preprocessing import FeaturePlan


class Regressor(Algorithm):
    """An algorithm that predicts an amount; see `Algorithm`.

    `needs_amounts` says that it can learn of labels of at least 0 alone, `has_log_features` that the logarithms of
    numbers are what it is linear in.
    """

    needs_amounts: ClassVar[bool] = False
    has_log_features: ClassVar[bool] = False

    def preprocessing(self, plan: FeaturePlan) -> TransformerMixin:
        """See `Algorithm.preprocessing`."""
        from meshlake.ml_assets.encoding import linear_preprocessing, tree_preprocessing
        from meshlake.ml_assets.logarithm import signed_log1p

        if self.has_native_nulls:
            return tree_preprocessing(plan)
        return linear_preprocessing(plan, of_numbers=signed_log1p if self.has_log_features else None)

    @abstractmethod
    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> RegressorMixin:
        """See `Algorithm.estimator`."""


# The cheapest first, as measured on 13,000 rows: a policy's minutes may not do for all.
REGRESSORS: Doorway[type[Regressor]] = Doorway(
    "meshlake.regressors",
    "candidate of a regression",
    {
        "constant": "meshlake.ml_assets.regressors.baselines:ConstantRegressor",
        "last_period": "meshlake.ml_assets.regressors.baselines:LastPeriodRegressor",
        "linear_regression": "meshlake.ml_assets.regressors.linear:LinearRegressor",
        "ridge": "meshlake.ml_assets.regressors.linear:RidgeRegressor",
        "log_ridge": "meshlake.ml_assets.regressors.linear:LogRidgeRegressor",
        "lasso": "meshlake.ml_assets.regressors.linear:LassoRegressor",
        "elastic_net": "meshlake.ml_assets.regressors.linear:ElasticNetRegressor",
        "poisson_regression": "meshlake.ml_assets.regressors.linear:PoissonRegressor",
        "linear_svr": "meshlake.ml_assets.regressors.linear:LinearSvrRegressor",
        "decision_tree": "meshlake.ml_assets.regressors.trees:DecisionTreeRegressor",
        "histogram_gradient_boosting": "meshlake.ml_assets.regressors.boosting:BoostingRegressor",
        "poisson_boosting": "meshlake.ml_assets.regressors.boosting:PoissonBoostingRegressor",
        "quantile_boosting": "meshlake.ml_assets.regressors.boosting:QuantileBoostingRegressor",
        "extra_trees": "meshlake.ml_assets.regressors.trees:ExtraTreesRegressor",
        "multilayer_perceptron": "meshlake.ml_assets.regressors.multilayer_perceptron:PerceptronRegressor",
        "random_forest": "meshlake.ml_assets.regressors.trees:RandomForestRegressor",
    },
)
# Compared where a `model.yaml` names none, with their parameters, by what is predicted. Which loss amounts are learned
# by, squared errors, errors of logarithms or Poisson's, is so decided on the folds.
DEFAULT_REGRESSORS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "mean": {
        "ridge": {},
        "log_ridge": {},
        "poisson_regression": {},
        "histogram_gradient_boosting": {},
        "poisson_boosting": {},
        "extra_trees": {},
    },
    "median": {
        "linear_svr": {},
        "log_ridge": {"keeps_sum": False},
        "quantile_boosting": {},
        "extra_trees": {},
    },
}
