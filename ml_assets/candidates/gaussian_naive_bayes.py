"""Naive Bayes, which takes features for independent and is too sure of itself for it: so it is calibrated."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveFloat

from meshlake.ml_assets.candidates.calibration import CALIBRATION_TYPES, calibrated
from meshlake.ml_assets.candidates.candidate import Candidate

if TYPE_CHECKING:
    from sklearn.calibration import CalibratedClassifierCV

    from meshlake.ml_assets.preprocessing import FeaturePlan


class NaiveBayesCandidate(Candidate):
    """`gaussian_naive_bayes`."""

    trusted_types: ClassVar[tuple[str, ...]] = CALIBRATION_TYPES

    var_smoothing: PositiveFloat = Field(
        default=0.001, description="What is added to each variance, as a share of the largest."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> CalibratedClassifierCV:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.naive_bayes import GaussianNB

        return calibrated(GaussianNB(var_smoothing=self.var_smoothing))
