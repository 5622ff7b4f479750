"""What an algorithm must say of itself for a model of uplift to be chosen from it, and how algorithms are found.

An algorithm is one class and one line of `UPLIFTERS`, by the name that `policy: candidates` of a `model.yaml` gives.
Other distributions add theirs by entry points of the group `meshlake.uplifters`. No scikit-learn is imported before a
pipeline is built.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from meshlake.ml_assets.candidates.algorithm import Algorithm
from meshlake.plugins import Doorway

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator, TransformerMixin

    from meshlake.ml_assets.preprocessing import FeaturePlan


class Uplifter(Algorithm):
    """An algorithm that says what a treatment changes; see `Algorithm`.

    Its estimator takes an experiment in place of a label, see `estimators`.
    """

    def preprocessing(self, plan: FeaturePlan) -> TransformerMixin:
        """See `Algorithm.preprocessing`."""
        from meshlake.ml_assets.encoding import linear_preprocessing, tree_preprocessing

        return tree_preprocessing(plan) if self.has_native_nulls else linear_preprocessing(plan)

    @abstractmethod
    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> BaseEstimator:
        """See `Algorithm.estimator`."""


def on_one_thread(estimator: Any) -> Any:
    """A forest adds up its trees in the order its threads end, which changes the last digits from run to run."""
    names = [name for name in estimator.get_params() if name.rpartition("__")[2] == "n_jobs"]
    return estimator.set_params(**dict.fromkeys(names, 1))


# The cheapest first, as measured on 4,000 rows: a policy's minutes may not do for all.
UPLIFTERS: Doorway[type[Uplifter]] = Doorway(
    "meshlake.uplifters",
    "candidate of an uplift",
    {
        "transformed_outcome": "meshlake.ml_assets.uplifters.learners:LinearEffect",
        "two_models": "meshlake.ml_assets.uplifters.learners:TwoLinearModels",
        "one_model": "meshlake.ml_assets.uplifters.learners:OneLinearModel",
        "doubly_robust": "meshlake.ml_assets.uplifters.learners:RobustLinearEffect",
        "one_boosted_model": "meshlake.ml_assets.uplifters.learners:OneBoostedModel",
        "two_boosted_models": "meshlake.ml_assets.uplifters.learners:TwoBoostedModels",
        "doubly_robust_forest": "meshlake.ml_assets.uplifters.learners:RobustForest",
    },
)
# Compared where a `model.yaml` names none. Named here, so that installing an algorithm changes no one's models.
DEFAULT_UPLIFTERS = (
    "transformed_outcome",
    "two_models",
    "one_model",
    "doubly_robust",
    "one_boosted_model",
    "doubly_robust_forest",
)
