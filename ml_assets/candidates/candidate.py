"""What an algorithm must say of itself for a churn model to be chosen from it, and how algorithms are found.

An algorithm is one class in one file and one line of `CANDIDATES`, by the name that `policy: candidates` of a
`model.yaml` gives. Other distributions add theirs by entry points of the group `meshlake.candidates`. No scikit-learn
is imported before a pipeline is built, since names and parameters alone are needed to read a `model.yaml`.
"""

from __future__ import annotations

from abc import abstractmethod
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.candidates.algorithm import Algorithm, build_pipeline
from meshlake.plugins import Doorway

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from sklearn.base import ClassifierMixin, TransformerMixin
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.preprocessing import FeaturePlan

    Explained = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


class Candidate(Algorithm):
    """An algorithm that gives probabilities; see `Algorithm`.

    `learns_from_unlabelled` says that its estimator takes rows without a label too, of which `fit` is told -1 where
    others are 0 or 1. It is given a sample of them, and is taken only if it beats those who need none beyond noise.
    `can_be_chained` says that of several labels it learns each by itself, so that one may be learned of another.
    """

    learns_from_unlabelled: ClassVar[bool] = False
    can_be_chained: ClassVar[bool] = True

    def preprocessing(self, plan: FeaturePlan) -> TransformerMixin:
        """See `Algorithm.preprocessing`."""
        from meshlake.ml_assets.encoding import linear_preprocessing, tree_preprocessing

        return tree_preprocessing(plan) if self.has_native_nulls else linear_preprocessing(plan)

    @abstractmethod
    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> ClassifierMixin:
        """See `Algorithm.estimator`."""

    def of_labels(self, plan: FeaturePlan, seed: int, rows: int, count: int) -> ClassifierMixin:
        """As `estimator`, of the joint outcomes of `count` yes/no labels, see `joint`: each label by itself."""
        from meshlake.ml_assets.candidates.joint import Independent

        return Independent(self.estimator(plan, seed, rows), count)

    def explained(
        self,
        pipeline: Pipeline,  # noqa: ARG002
        frame: pd.DataFrame,  # noqa: ARG002
        usual: pd.DataFrame,  # noqa: ARG002
    ) -> Explained | None:
        """The churn probability of each row, shape (n,), and what it falls by when a feature alone takes its usual
        value, shape (n, features).

        For an algorithm that can tell without scoring the rows once for each feature; `None` where it cannot. It must
        be exact: reasons are the same either way.

        Args:
            pipeline: fitted; the steps `columns` and `model`.
            frame: what the step `frame` makes of the rows, (rows, features).
            usual: one row of the same columns.
        """
        return None


# The cheapest first, as measured on 8,000 rows: a policy's minutes may not do for all.
CANDIDATES: Doorway[type[Candidate]] = Doorway(
    "meshlake.candidates",
    "candidate",
    {
        "gaussian_naive_bayes": "meshlake.ml_assets.candidates.gaussian_naive_bayes:NaiveBayesCandidate",
        "decision_tree": "meshlake.ml_assets.candidates.decision_tree:DecisionTreeCandidate",
        "logistic_regression": "meshlake.ml_assets.candidates.logistic_regression:LogisticRegressionCandidate",
        "stochastic_gradient_descent": "meshlake.ml_assets.candidates.gradient_descent:GradientDescentCandidate",
        "linear_svm": "meshlake.ml_assets.candidates.linear_svm:LinearSvmCandidate",
        "nearest_neighbours": "meshlake.ml_assets.candidates.nearest_neighbours:NearestNeighboursCandidate",
        "gradient_boosting": "meshlake.ml_assets.candidates.gradient_boosting:GradientBoostingCandidate",
        "random_forest": "meshlake.ml_assets.candidates.random_forest:RandomForestCandidate",
        "histogram_gradient_boosting": "meshlake.ml_assets.candidates.boosting:BoostingCandidate",
        "extra_trees": "meshlake.ml_assets.candidates.extra_trees:ExtraTreesCandidate",
        "multilayer_perceptron": "meshlake.ml_assets.candidates.multilayer_perceptron:PerceptronCandidate",
        "lightgbm": "meshlake.ml_assets.candidates.lightgbm:LightGbmCandidate",
        "catboost": "meshlake.ml_assets.candidates.catboost:CatBoostCandidate",
        "wide_and_deep": "meshlake.ml_assets.candidates.wide_and_deep:WideAndDeepCandidate",
        "label_spreading": "meshlake.ml_assets.candidates.label_spreading:LabelSpreadingCandidate",
        "kernel_svm": "meshlake.ml_assets.candidates.kernel_svm:KernelSvmCandidate",
        "bagging": "meshlake.ml_assets.candidates.bagging:BaggingCandidate",
        "ada_boost": "meshlake.ml_assets.candidates.ada_boost:AdaBoostCandidate",
    },
)
# No algorithms: what is made of the others, see `ensembles`.
ENSEMBLES = ("soft_voting", "hard_voting", "stacking")
# Compared where a `model.yaml` names none. Named here, so that installing an algorithm changes no one's models.
DEFAULT_CANDIDATES = (
    "logistic_regression",
    "histogram_gradient_boosting",
    "extra_trees",
    "soft_voting",
    "stacking",
)


def packages_of(names: Iterable[str]) -> tuple[str, ...]:
    """The packages that algorithms need and that are no part of every installation."""
    return tuple(chain.from_iterable(CANDIDATES.get(name).packages for name in names))


def learns_from_unlabelled(names: Iterable[str]) -> bool:
    """Whether any of the candidates called `names` learns from rows without a label too; ensembles have no say."""
    return any(CANDIDATES.get(name).learns_from_unlabelled for name in names if name in CANDIDATES)


def build_candidate(
    name: str,
    plan: FeaturePlan,
    seed: int,
    rows: int,
    parameters: Mapping[str, Any] = MappingProxyType({}),
) -> Pipeline:
    """An unfitted pipeline from raw feature rows to probabilities: steps `frame`, `columns`, `model`.

    `rows` is how many rows it will be fitted on; of `parameters` that are not given the candidate has defaults.

    Raises:
        UsageError: no candidate has that name, or what it needs is not installed.
        ValueError: it has no such parameter, or not of this value, or cannot take these features.
    """
    return build_pipeline(CANDIDATES, name, plan, seed, rows, parameters)
