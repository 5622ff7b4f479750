"""Histogram gradient boosting: text as categories of its own, and an end when rows kept aside gain no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from meshlake.ml_assets.candidates.space import Between
from meshlake.ml_assets.candidates.trees import TreeCandidate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from meshlake.ml_assets.candidates.candidate import Explained
    from meshlake.ml_assets.candidates.stopping import MeanOfSeeds
    from meshlake.ml_assets.preprocessing import FeaturePlan

# A tenth of fewer rows, which is kept aside, says by chance when to stop.
MIN_ROWS_TO_STOP = 1_000
TREES_OF_FEW_ROWS = 100
# `functools.partial` can only wrap a function that is itself trusted; here it wraps `check_array`.
TYPES_OF_BOOSTING = (
    "functools.partial",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
)
# Three take three times as long, and of more rows what each draws differs less. Of 100,000 rows x 18 columns with few
# false labels larger steps took 48 seconds on five folds in place of 79, and had less log loss (.0877 for .0897).
MAX_ROWS_OF_SEEDS = 50_000
DEFAULT_SEEDS = 3


class BoostingCandidate(TreeCandidate):
    """`histogram_gradient_boosting`."""

    trusted_types: ClassVar[tuple[str, ...]] = (
        "meshlake.ml_assets.candidates.stopping.MeanOfSeeds",
        "meshlake.ml_assets.candidates.stopping.StoppedClassifier",
        *TYPES_OF_BOOSTING,
    )

    search_space: ClassVar[Mapping[str, Between]] = {
        "max_leaf_nodes": Between(4, 63, is_log=True),
        "learning_rate": Between(0.02, 0.2, is_log=True),
        "l2_regularization": Between(0.01, 100.0, is_log=True),
        "max_features": Between(0.1, 1.0),
    }

    learning_rate: PositiveFloat | None = Field(
        default=None, description="How much of each tree is taken; 0.05, or 0.1 of many rows."
    )
    max_iter: PositiveInt = Field(default=1000, description="The most trees, one after the other.")
    n_iter_no_change: PositiveInt = Field(
        default=20, description="After how many trees without a gain on rows kept aside it stops."
    )
    max_leaf_nodes: int = Field(default=15, ge=2, description="The most leaves of a tree.")
    l2_regularization: NonNegativeFloat = Field(default=1.0, description="How far leaves are drawn to zero.")
    # Of three features of ten: less log loss on each of three tables for no more time (telco, flat and joined, and a
    # retailer's: .418, .319, .393 with all; .416, .318, .391).
    max_features: float = Field(
        default=0.3, gt=0, le=1, description="The share of the features that each split draws."
    )
    seeds: PositiveInt | None = Field(
        default=None,
        description="How many are fitted, each of its own draws, whose mean counts; 3, or 1 of many rows.",
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> MeanOfSeeds:
        """See `Candidate.estimator`."""
        from meshlake.ml_assets.candidates.stopping import MeanOfSeeds, StoppedClassifier

        first, is_few = len(plan.numeric), rows < MIN_ROWS_TO_STOP
        settings = self.model_dump(exclude={"seeds"})
        if is_few:
            settings["max_iter"] = min(self.max_iter, TREES_OF_FEW_ROWS)
        is_many = rows > MAX_ROWS_OF_SEEDS
        settings["learning_rate"] = self.learning_rate or (0.1 if is_many else 0.05)
        seeds = self.seeds or (1 if is_many else DEFAULT_SEEDS)
        boostings = [
            StoppedClassifier(
                **settings,
                categorical_features=list(range(first, first + len(plan.categorical))),
                early_stopping=not is_few,
                random_state=seed + number,
            )
            for number in range(seeds)
        ]
        return MeanOfSeeds(boostings)

    def column_effects(
        self,
        model: Any,
        numbers: npt.NDArray[np.float64],
        usual: npt.NDArray[np.float64],
        features: npt.NDArray[np.intp],
    ) -> Explained | None:
        """See `TreeCandidate.column_effects`; `None` of trees of very many leaves."""
        from meshlake.ml_assets.explaining.boosted_effects import boosted_effects

        return boosted_effects(model.estimators_, numbers, usual, features)
