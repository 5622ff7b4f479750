"""What an algorithm must say of itself for a churn model to be chosen from it, and how algorithms are found.

An algorithm is one class in one file and one line of `CANDIDATES`, by the name that `policy: candidates` of a
`model.yaml` gives. Other distributions add theirs by entry points of the group `meshlake.candidates`. No scikit-learn
is imported before a pipeline is built, since names and parameters alone are needed to read a `model.yaml`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib.util import find_spec
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.extras import missing_extra
from meshlake.plugins import Doorway
from meshlake.validation import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from sklearn.base import ClassifierMixin, TransformerMixin
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.preprocessing import FeaturePlan

# Each tree of a forest draws at most this many rows: on 20,000 rows x 25 columns log loss was the same (.361
# against .362) for less time, and on 200,000 rows drawing all took over five times as long as drawing 20,000.
MAX_ROWS_PER_TREE = 10_000


class Candidate(Document, ABC):
    """One algorithm. Its fields are the parameters that a `model.yaml` may set, with the defaults of those it does not.

    `has_native_nulls` says that it takes nulls, and categories as codes, as they are. `trusted_types` are the types of
    a fitted pipeline, beyond those skops trusts by itself, that may be loaded again: look at each, that it does no more
    on loading than to take the attributes it is given. `extra` is the extra of ours that brings `packages`, without
    which the candidate can be named and neither fitted nor loaded.
    """

    extra: ClassVar[str] = ""
    packages: ClassVar[tuple[str, ...]] = ()
    has_native_nulls: ClassVar[bool] = False
    trusted_types: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def check_installed(cls, name: str) -> None:
        """Whether its packages are there; `name` is what it is called.

        Raises:
            MissingPackageError: one is not; the hint says what to install.
        """
        for package in cls.packages:
            if find_spec(package) is None:
                raise missing_extra(cls.extra, f"the candidate {name}", package)

    def preprocessing(self, plan: FeaturePlan) -> TransformerMixin:
        """From a `FeatureFrame`'s output to the numbers the estimator takes.

        Raises:
            ValueError: in one plain sentence, when it cannot be made of these features.
        """
        from meshlake.ml_assets.encoding import linear_preprocessing, tree_preprocessing

        return tree_preprocessing(plan) if self.has_native_nulls else linear_preprocessing(plan)

    @abstractmethod
    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> ClassifierMixin:
        """The unfitted classifier, the same for the same `seed`; `rows` is how many rows it will be fitted on."""

    def effects(
        self,
        pipeline: Pipeline,  # noqa: ARG002
        frame: pd.DataFrame,  # noqa: ARG002
        usual: pd.DataFrame,  # noqa: ARG002
    ) -> npt.NDArray[np.float64] | None:
        """What each row's churn probability falls by when a feature alone takes its usual value.

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
    from sklearn.pipeline import Pipeline

    CANDIDATES.get(name).check_installed(name)
    candidate = CANDIDATES.get(name)(**parameters)
    model = candidate.estimator(plan, seed, rows)
    return Pipeline([("frame", plan.frame()), ("columns", candidate.preprocessing(plan)), ("model", model)])


def make_scoring_exact(pipeline: Pipeline) -> Pipeline:
    """Let a fitted pipeline score on one thread, in place.

    A forest adds up its trees in the order its threads end, which changes the last digits from run to run.
    """
    model = pipeline.named_steps["model"]
    if "n_jobs" in model.get_params(deep=False):
        model.set_params(n_jobs=1)
    return pipeline
