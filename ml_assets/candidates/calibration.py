"""Probabilities of algorithms that give none, or give them too far out or too near to the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

    from meshlake.ml_assets.candidates.calibrated import Calibrated

CALIBRATION_TYPES = (
    "meshlake.ml_assets.candidates.calibrated.Calibrated",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
)
_FOLDS = 3


def calibrated(estimator: BaseEstimator) -> Calibrated:
    """`estimator` under a sigmoid of what it says of rows it was not fitted on (Platt 1999).

    It is fitted once for each of three folds to fit the sigmoid, and then on all rows.
    """
    from meshlake.ml_assets.candidates.calibrated import Calibrated

    return Calibrated(estimator, method="sigmoid", cv=_FOLDS, ensemble=False)
