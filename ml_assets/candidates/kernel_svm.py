"""A support vector machine with a kernel, by as many landmarks as memory allows, calibrated.

Method: Nystroem's approximation of the kernel (Williams and Seeger 2001), under a linear machine: time and memory grow
with the rows, and not with their square.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from meshlake.ml_assets.candidates.calibration import CALIBRATION_TYPES, calibrated
from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.calibration import CalibratedClassifierCV

    from meshlake.ml_assets.preprocessing import FeaturePlan


class KernelSvmCandidate(Candidate):
    """`kernel_svm`."""

    trusted_types: ClassVar[tuple[str, ...]] = CALIBRATION_TYPES

    search_space: ClassVar[Mapping[str, Between]] = {
        "gamma": Between(0.001, 0.3, is_log=True),
        "C": Between(0.01, 100.0, is_log=True),
    }

    kernel: Literal["rbf", "poly", "sigmoid"] = Field(default="rbf", description="What makes two rows alike.")
    gamma: PositiveFloat = Field(default=0.01, description="How near two rows must be for it.")
    degree: PositiveInt = Field(default=3, description="Of the polynomial kernel.")
    C: PositiveFloat = Field(default=1.0, description="How little coefficients are drawn to zero.")
    n_components: PositiveInt = Field(default=200, description="How many rows are landmarks.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> CalibratedClassifierCV:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.kernel_approximation import Nystroem
        from sklearn.pipeline import Pipeline
        from sklearn.svm import LinearSVC

        # Whatever is not of the kernel in use may not be given.
        degree = self.degree if self.kernel == "poly" else None
        landmarks = Nystroem(
            kernel=self.kernel,
            gamma=self.gamma,
            degree=degree,
            n_components=min(self.n_components, rows // 2),
            random_state=seed,
        )
        machine = LinearSVC(C=self.C, dual=False, random_state=seed)
        return calibrated(Pipeline([("landmarks", landmarks), ("machine", machine)]))
