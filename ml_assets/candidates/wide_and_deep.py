"""A neural network of two ways, one straight and one through layers, by Keras on JAX; of the extra `deep`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveFloat, PositiveInt

from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.base import ClassifierMixin

    from meshlake.ml_assets.preprocessing import FeaturePlan


class WideAndDeepCandidate(Candidate):
    """`wide_and_deep`."""

    extra: ClassVar[str] = "deep"
    packages: ClassVar[tuple[str, ...]] = ("keras", "jax")
    # Its weights are arrays, and what it says is computed from them without Keras.
    trusted_types: ClassVar[tuple[str, ...]] = (
        "meshlake.ml_assets.candidates.wide_and_deep_classifier.WideAndDeep",
    )

    search_space: ClassVar[Mapping[str, Between]] = {
        "dropout": Between(0.0, 0.7),
        "learning_rate": Between(0.0005, 0.02, is_log=True),
    }

    hidden: list[PositiveInt] = Field(default=[64, 32], description="The neurons of each layer.")
    dropout: float = Field(
        default=0.3, ge=0, lt=1, description="The share of neurons that each step of learning does without."
    )
    learning_rate: PositiveFloat = Field(default=0.003, description="How far each step goes at first.")
    epochs: PositiveInt = Field(default=100, description="The most times all rows are gone through.")
    patience: PositiveInt = Field(
        default=10, description="After how many without a gain it stops, and goes back to the best."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> ClassifierMixin:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from meshlake.ml_assets.candidates.wide_and_deep_classifier import WideAndDeep

        return WideAndDeep(**self.model_dump(), batch_size=min(256, max(16, rows // 50)), seed=seed)
