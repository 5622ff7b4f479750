"""The values of a parameter that a search may try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Between:
    """From `low` to `high`, both taken; whole numbers where both are. Those of a size are as many where it `is_log`.

    It is a distribution as scikit-learn's `ParameterSampler` draws from.

    Example:
        >>> Between(0.001, 1000.0, is_log=True).at(0.5)
        1.0
        >>> Between(1, 50).at(1)
        50
    """

    low: float
    high: float
    is_log: bool = False

    def at(self, share: float) -> float:
        """The value that `share`, 0 to 1, of the way lies below, to four digits."""
        by_size = self.low * (self.high / self.low) ** share if self.is_log else None
        value = self.low + (self.high - self.low) * share if by_size is None else by_size
        is_whole = isinstance(self.low, int) and isinstance(self.high, int)
        return round(value) if is_whole else float(f"{value:.4g}")

    def rvs(self, random_state: np.random.RandomState) -> float:
        """One value, drawn."""
        return self.at(float(random_state.uniform()))
