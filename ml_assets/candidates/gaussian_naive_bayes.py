"""Naive Bayes, which takes features for independent and is too sure of itself for it: so it is calibrated."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveFloat

from meshlake.ml_assets.candidates.calibration import CALIBRATION_TYPES, calibrated
from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.calibration import CalibratedClassifierCV

    from meshlake.ml_assets.preprocessing import FeaturePlan


class NaiveBayesCandidate(Candidate):
    """`gaussian_naive_bayes`."""

    trusted_types: ClassVar[tuple[str, ...]] = CALIBRATION_TYPES

    search_space: ClassVar[Mapping[str, Between]] = {
        "var_smoothing": Between(1e-6, 1.0, is_log=True),
    }

    var_smoothing: PositiveFloat = Field(
        default=0.001, description="What is added to each variance, as a share of the largest."
    )

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> CalibratedClassifierCV:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.naive_bayes import GaussianNB

        return calibrated(GaussianNB(var_smoothing=self.var_smoothing))
