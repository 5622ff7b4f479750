"""A neural network of amounts, which stops when customers kept aside gain no more: see `epochs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from meshlake.ml_assets.regressors.regressor import Regressor

if TYPE_CHECKING:
    from meshlake.ml_assets.candidates.epochs import OfUnitVariance
    from meshlake.ml_assets.preprocessing import FeaturePlan


class PerceptronRegressor(Regressor):
    """`multilayer_perceptron`."""

    has_log_features: ClassVar[bool] = True
    trusted_types: ClassVar[tuple[str, ...]] = (
        "meshlake.ml_assets.candidates.epochs.OfUnitVariance",
        "meshlake.ml_assets.candidates.epochs.StoppedPerceptronOfAmounts",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    )

    hidden_layer_sizes: list[PositiveInt] = Field(default=[32, 16], description="The neurons of each layer.")
    alpha: NonNegativeFloat = Field(default=1.0, description="How far weights are drawn to zero.")
    learning_rate_init: PositiveFloat = Field(default=0.003, description="How far each step goes at first.")
    max_iter: PositiveInt = Field(default=300, description="The most times all rows are gone through.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> OfUnitVariance:  # noqa: ARG002
        """See `Algorithm.estimator`."""
        from sklearn.preprocessing import StandardScaler

        from meshlake.ml_assets.candidates.epochs import OfUnitVariance, StoppedPerceptronOfAmounts

        size = min(200, max(16, rows // 50))
        perceptron = StoppedPerceptronOfAmounts(**self.model_dump(), batch_size=size, random_state=seed)
        return OfUnitVariance(perceptron, transformer=StandardScaler())
