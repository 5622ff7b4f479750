"""A neural network, which stops when customers kept aside gain no more: see `epochs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.ml_assets.candidates.epochs import StoppedPerceptron
    from meshlake.ml_assets.preprocessing import FeaturePlan


class PerceptronCandidate(Candidate):
    """`multilayer_perceptron`."""

    trusted_types: ClassVar[tuple[str, ...]] = (
        "meshlake.ml_assets.candidates.epochs.StoppedPerceptron",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    )

    search_space: ClassVar[Mapping[str, Between]] = {
        "alpha": Between(0.001, 30.0, is_log=True),
        "learning_rate_init": Between(0.0005, 0.02, is_log=True),
    }

    hidden_layer_sizes: list[PositiveInt] = Field(default=[32, 16], description="The neurons of each layer.")
    activation: Literal["relu", "tanh", "logistic"] = Field(
        default="relu", description="What a neuron makes of its sum."
    )
    alpha: NonNegativeFloat = Field(default=1.0, description="How far weights are drawn to zero.")
    max_iter: PositiveInt = Field(default=300, description="The most times all rows are gone through.")
    learning_rate_init: PositiveFloat = Field(default=0.003, description="How far each step goes at first.")
    n_iter_no_change: PositiveInt = Field(default=20, description="After how many without a gain it stops.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> StoppedPerceptron:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from meshlake.ml_assets.candidates.epochs import StoppedPerceptron

        size = min(200, max(16, rows // 50))
        return StoppedPerceptron(**self.model_dump(), batch_size=size, random_state=seed)
