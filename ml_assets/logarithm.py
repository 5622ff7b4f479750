"""Logarithms of amounts that may be zero or below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


def signed_log1p(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """log(1 + |x|) with the sign of x, so that refunds below zero stay comparable."""
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)), dtype=np.float64)
