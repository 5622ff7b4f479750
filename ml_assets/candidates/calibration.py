"""Probabilities of algorithms that give none, or give them too far out or too near to the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator
    from sklearn.calibration import CalibratedClassifierCV

CALIBRATION_TYPES = ("sklearn.calibration._CalibratedClassifier", "sklearn.calibration._SigmoidCalibration")
_FOLDS = 3


def calibrated(estimator: BaseEstimator) -> CalibratedClassifierCV:
    """`estimator` under a sigmoid of what it says of rows it was not fitted on (Platt 1999).

    It is fitted once for each of three folds to fit the sigmoid, and then on all rows.
    """
    from sklearn.calibration import CalibratedClassifierCV

    return CalibratedClassifierCV(estimator, method="sigmoid", cv=_FOLDS, ensemble=False)
