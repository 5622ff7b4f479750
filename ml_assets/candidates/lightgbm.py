"""LightGBM: trees grown leaf by leaf on histograms, text as categories of its own; of the extra `lightgbm`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.base import ClassifierMixin

    from meshlake.ml_assets.preprocessing import FeaturePlan


class LightGbmCandidate(Candidate):
    """`lightgbm`."""

    extra: ClassVar[str] = "lightgbm"
    packages: ClassVar[tuple[str, ...]] = ("lightgbm",)
    has_native_nulls: ClassVar[bool] = True
    # A `Booster` is kept as the text of its trees, which LightGBM's own reader takes.
    trusted_types: ClassVar[tuple[str, ...]] = (
        "collections.OrderedDict",
        "lightgbm.basic.Booster",
        "meshlake.ml_assets.candidates.lightgbm_classifier.CategoricalLightGbm",
    )

    search_space: ClassVar[Mapping[str, Between]] = {
        "num_leaves": Between(4, 63, is_log=True),
        "learning_rate": Between(0.01, 0.1, is_log=True),
        "min_child_samples": Between(5, 200, is_log=True),
        "reg_lambda": Between(0.01, 100.0, is_log=True),
    }

    n_estimators: PositiveInt = Field(default=300, description="How many trees, one after the other.")
    learning_rate: PositiveFloat = Field(default=0.03, description="How much of each tree is taken.")
    num_leaves: int = Field(default=15, ge=2, description="The most leaves of a tree.")
    min_child_samples: PositiveInt = Field(default=20, description="The fewest rows of a leaf.")
    reg_lambda: NonNegativeFloat = Field(default=1.0, description="How far leaves are drawn to zero.")
    feature_fraction_bynode: float = Field(
        default=0.3, gt=0, le=1, description="The share of the features that each split draws."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> ClassifierMixin:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from meshlake.ml_assets.candidates.lightgbm_classifier import CategoricalLightGbm

        return CategoricalLightGbm(
            len(plan.numeric),
            len(plan.categorical),
            **self.model_dump(),
            deterministic=True,
            force_row_wise=True,
            n_jobs=1,
            random_state=seed,
            verbose=-1,
        )
