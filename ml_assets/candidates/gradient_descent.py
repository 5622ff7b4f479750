"""Logistic regression by stochastic gradient descent, for many rows; it stops when customers kept aside gain
no more: see `epochs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveFloat, PositiveInt

from meshlake.ml_assets.candidates.linear import LinearCandidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from meshlake.ml_assets.candidates.epochs import StoppedDescent
    from meshlake.ml_assets.preprocessing import FeaturePlan


class GradientDescentCandidate(LinearCandidate):
    """`stochastic_gradient_descent`."""

    trusted_types: ClassVar[tuple[str, ...]] = ("meshlake.ml_assets.candidates.epochs.StoppedDescent",)

    search_space: ClassVar[Mapping[str, Between]] = {
        "alpha": Between(1e-5, 0.1, is_log=True),
        "l1_ratio": Between(0.0, 1.0),
    }

    alpha: PositiveFloat = Field(default=0.001, description="How far coefficients are drawn to zero.")
    l1_ratio: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="By what: 0 by their squares (L2), 1 by their size (L1), or both.",
    )
    max_iter: PositiveInt = Field(default=200, description="The most times all rows are gone through.")
    n_iter_no_change: PositiveInt = Field(default=10, description="After how many without a gain it stops.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> StoppedDescent:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from meshlake.ml_assets.candidates.epochs import StoppedDescent

        settings = self.model_dump()
        return StoppedDescent(
            loss="log_loss", penalty="elasticnet", **settings, average=True, random_state=seed
        )

    def log_odds(self, model: StoppedDescent) -> tuple[npt.NDArray[np.float64], float]:
        """See `LinearCandidate.log_odds`."""
        return model.coef_[0], float(model.intercept_[0])
