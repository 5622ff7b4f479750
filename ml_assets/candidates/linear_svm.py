"""A linear support vector machine, calibrated: by itself it gives no probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveFloat

from meshlake.ml_assets.candidates.calibration import CALIBRATION_TYPES, calibrated
from meshlake.ml_assets.candidates.linear import LinearCandidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt
    from sklearn.calibration import CalibratedClassifierCV

    from meshlake.ml_assets.preprocessing import FeaturePlan


class LinearSvmCandidate(LinearCandidate):
    """`linear_svm`."""

    trusted_types: ClassVar[tuple[str, ...]] = CALIBRATION_TYPES

    search_space: ClassVar[Mapping[str, Between]] = {
        "C": Between(0.001, 100.0, is_log=True),
    }

    C: PositiveFloat = Field(
        default=0.1, description="How little coefficients are drawn to zero: the narrower the street."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> CalibratedClassifierCV:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.svm import LinearSVC

        return calibrated(LinearSVC(C=self.C, dual=False, random_state=seed))

    def log_odds(self, model: CalibratedClassifierCV) -> tuple[npt.NDArray[np.float64], float]:
        """See `LinearCandidate.log_odds`: the sigmoid's slope times the machine's own coefficients."""
        fitted = model.calibrated_classifiers_[0]
        machine, sigmoid = fitted.estimator, fitted.calibrators[0]
        return -sigmoid.a_ * machine.coef_[0], float(-sigmoid.a_ * machine.intercept_[0] - sigmoid.b_)
