"""What an algorithm must say of itself for a model of time to an event to be chosen from it, and how these are found.

An algorithm is one class and one line of `HAZARDS`, by the name that `policy: candidates` of a `model.yaml` gives.
Other distributions add theirs by entry points of the group `meshlake.hazards`. No scikit-learn is imported before a
pipeline is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from meshlake.ml_assets.candidates.algorithm import Algorithm
from meshlake.plugins import Doorway

if TYPE_CHECKING:
    from sklearn.base import TransformerMixin

    from meshlake.ml_assets.preprocessing import FeaturePlan


class Hazard(Algorithm):
    """An algorithm whose estimator learns, of columns and a period, whether the event comes in it; see `Algorithm`.

    `has_products` says that columns are there a second time, times the logarithm of the time.
    """

    has_products: ClassVar[bool] = False

    def preprocessing(self, plan: FeaturePlan) -> TransformerMixin:
        """See `Algorithm.preprocessing`."""
        from meshlake.ml_assets.encoding import linear_preprocessing, tree_preprocessing

        return tree_preprocessing(plan) if self.has_native_nulls else linear_preprocessing(plan)


# The cheapest first: a policy's minutes may not do for all.
HAZARDS: Doorway[type[Hazard]] = Doorway(
    "meshlake.hazards",
    "candidate of a time to an event",
    {
        "logistic_hazards": "meshlake.ml_assets.hazards.learners:LogisticHazards",
        "changing_logistic_hazards": "meshlake.ml_assets.hazards.learners:ChangingLogisticHazards",
        "boosted_hazards": "meshlake.ml_assets.hazards.learners:BoostedHazards",
    },
)
# Compared where a `model.yaml` names none. Named here, so that installing an algorithm changes no one's models.
DEFAULT_HAZARDS = ("logistic_hazards", "changing_logistic_hazards", "boosted_hazards")
