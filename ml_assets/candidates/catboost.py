"""CatBoost: boosted symmetric trees, text by what rows before said of each category; of the extra `catboost`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.base import ClassifierMixin, TransformerMixin

    from meshlake.ml_assets.preprocessing import FeaturePlan


class CatBoostCandidate(Candidate):
    """`catboost`."""

    extra: ClassVar[str] = "catboost"
    packages: ClassVar[tuple[str, ...]] = ("catboost",)
    # Its state is the bytes of the format `cbm`, which CatBoost's own reader takes.
    trusted_types: ClassVar[tuple[str, ...]] = (
        "meshlake.ml_assets.candidates.catboost_classifier.RepeatableCatBoost",
    )

    search_space: ClassVar[Mapping[str, Between]] = {
        "depth": Between(3, 9),
        "learning_rate": Between(0.01, 0.2, is_log=True),
        "l2_leaf_reg": Between(0.5, 30.0, is_log=True),
    }

    iterations: PositiveInt = Field(default=500, description="How many trees, one after the other.")
    learning_rate: PositiveFloat | None = Field(
        default=None, description="How much of each tree is taken; CatBoost's own choice by rows and trees."
    )
    depth: int = Field(default=6, ge=1, le=16, description="How many splits lie above each leaf.")
    l2_leaf_reg: NonNegativeFloat = Field(default=3.0, description="How far leaves are drawn to zero.")

    def preprocessing(self, plan: FeaturePlan) -> TransformerMixin:
        """See `Candidate.preprocessing`; text stays text, of many values too, but for free text."""
        from sklearn.compose import ColumnTransformer

        from meshlake.ml_assets.encoding import of_words

        as_they_are = [*plan.numeric, *plan.categorical, *plan.many_valued]
        return ColumnTransformer([("features", "passthrough", as_they_are), *of_words(plan)])

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> ClassifierMixin:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from meshlake.ml_assets.candidates.catboost_classifier import RepeatableCatBoost

        first, texts = len(plan.numeric), len(plan.categorical) + len(plan.many_valued)
        return RepeatableCatBoost(
            **self.model_dump(exclude_none=True),
            cat_features=list(range(first, first + texts)),
            allow_writing_files=False,
            random_seed=seed,
            thread_count=1,
            verbose=False,
        )
