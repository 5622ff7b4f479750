"""What an algorithm must say of itself for a churn model to be chosen from it, and how algorithms are found.

An algorithm is one class in one file and one line of `CANDIDATES`, by the name that `policy: candidates` of a
`model.yaml` gives. Other distributions add theirs by entry points of the group `meshlake.candidates`. No scikit-learn
is imported before a pipeline is built, since the names alone are needed to read a `model.yaml`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from meshlake.plugins import Doorway

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from sklearn.base import ClassifierMixin
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.preprocessing import FeaturePlan


class Candidate(ABC):
    """One algorithm with all its settings.

    `trusted_types` are the types of a fitted pipeline, beyond those skops trusts by itself, that may be loaded again:
    look at each, that it does no more on loading than to take the attributes it is given.
    """

    trusted_types: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def preprocessing(self, plan: FeaturePlan) -> ColumnTransformer:
        """From a `FeatureFrame`'s output to the numbers the estimator takes."""

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


CANDIDATES: Doorway[type[Candidate]] = Doorway(
    "meshlake.candidates",
    "candidate",
    {
        "logistic_regression": "meshlake.ml_assets.candidates.logistic_regression:LogisticRegressionCandidate",
        "random_forest": "meshlake.ml_assets.candidates.random_forest:RandomForestCandidate",
        "histogram_gradient_boosting": "meshlake.ml_assets.candidates.boosting:BoostingCandidate",
    },
)
# Not an algorithm: the weighted mean of what the others say, see `voting`.
SOFT_VOTING = "soft_voting"
# Compared where a `model.yaml` names none. Named here, so that installing an algorithm changes no one's models.
DEFAULT_CANDIDATES = ("logistic_regression", "random_forest", "histogram_gradient_boosting", SOFT_VOTING)


def candidate_names() -> tuple[str, ...]:
    """What `policy: candidates` may name."""
    return (*CANDIDATES.names, SOFT_VOTING)


def build_candidate(name: str, plan: FeaturePlan, seed: int, rows: int) -> Pipeline:
    """An unfitted pipeline from raw feature rows to probabilities: steps `frame`, `columns`, `model`.

    `rows` is how many rows it will be fitted on.

    Raises:
        UsageError: no candidate has that name, or what it needs is not installed.
    """
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.preprocessing import FeatureFrame

    candidate = CANDIDATES.get(name)()
    frame = FeatureFrame({name: str(kind) for name, kind in plan.kinds.items()}, plan.cutoff)
    model = candidate.estimator(plan, seed, rows)
    return Pipeline([("frame", frame), ("columns", candidate.preprocessing(plan)), ("model", model)])


def make_scoring_exact(pipeline: Pipeline) -> Pipeline:
    """Let a fitted pipeline score on one thread, in place.

    A forest adds up its trees in the order its threads end, which changes the last digits from run to run.
    """
    model = pipeline.named_steps["model"]
    if "n_jobs" in model.get_params(deep=False):
        model.set_params(n_jobs=1)
    return pipeline
