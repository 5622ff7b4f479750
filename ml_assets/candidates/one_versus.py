"""Several classes told apart by linear models of two: each class against all others, or each pair of classes.

Pairs say who wins, not how likely: so they are calibrated, as is the support vector machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveFloat

from meshlake.ml_assets.candidates.calibration import CALIBRATION_TYPES, calibrated
from meshlake.ml_assets.candidates.candidate import Candidate

if TYPE_CHECKING:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import LinearSVC

    from meshlake.ml_assets.preprocessing import FeaturePlan


class OneVersusCandidate(Candidate):
    """What both ways share: which linear model each of the many is."""

    trusted_types: ClassVar[tuple[str, ...]] = CALIBRATION_TYPES

    model: Literal["linear_svm", "logistic_regression"] = Field(
        default="linear_svm", description="What tells two classes apart."
    )
    C: PositiveFloat = Field(default=0.1, description="How little coefficients are drawn to zero.")

    def of_two(self, seed: int) -> LinearSVC | LogisticRegression:
        """The unfitted model of two classes."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.svm import LinearSVC

        if self.model == "linear_svm":
            return LinearSVC(C=self.C, dual=False, random_state=seed)
        return LogisticRegression(C=self.C, max_iter=2000, random_state=seed)


class OneVsRestCandidate(OneVersusCandidate):
    """`one_vs_rest`: as many models as classes."""

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> OneVsRestClassifier:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.multiclass import OneVsRestClassifier

        two = self.of_two(seed)
        return OneVsRestClassifier(calibrated(two) if self.model == "linear_svm" else two)


class OneVsOneCandidate(OneVersusCandidate):
    """`one_vs_one`: a model of each pair of classes, each learned of their rows alone."""

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> CalibratedClassifierCV:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.multiclass import OneVsOneClassifier

        return calibrated(OneVsOneClassifier(self.of_two(seed)))
