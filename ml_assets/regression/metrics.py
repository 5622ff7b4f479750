"""How good predicted amounts are, and whether a model's are better than another's beyond noise.

Intervals come from the paired bootstrap of `comparison`, which draws customers and not rows.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import Difference, Interval, resamples, with_intervals
from meshlake.ml_assets.guarantees import kept_share
from meshlake.ml_assets.regression.conformal import pinball

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]

_FOUR_DIGITS = 1_000
FIGURES = ("mean_absolute_error", "root_mean_squared_error", "r2")


@dataclass(frozen=True)
class AmountComparison:
    """A model of amounts held against another on `rows`; `asked` is the figure that decides."""

    rows: int
    asked: str
    mean_absolute_error: Difference
    root_mean_squared_error: Difference
    r2: Difference

    @property
    def figure(self) -> Difference:
        """By how much its predictions are better by the figure that decides."""
        found: Difference = getattr(self, self.asked)
        return found

    @property
    def is_better(self) -> bool:
        """Whether its predictions are better beyond noise."""
        return self.figure.is_better

    @property
    def is_worse(self) -> bool:
        """Whether its predictions are worse beyond noise."""
        return self.figure.is_worse

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


def compare_amounts(
    actual: Floats, model: Floats, other: Floats, groups: npt.NDArray[np.int64], asked: str, seed: int
) -> AmountComparison:
    """Hold `model` against `other`; all arrays are (n,).

    Args:
        actual: the amounts that came.
        model: what one predicts of each row, not having seen its amount.
        other: what the other predicts of it; a constant is a base.
        groups: whom each row is about, from 0 on: rows of one customer are drawn together.
        asked: which of `FIGURES` decides.
        seed: the same gives the same intervals.
    """
    drawn, weights = resamples(groups, seed)
    figures = [
        _figures(actual[drawn], other[drawn], each) - _figures(actual[drawn], model[drawn], each)
        for each in weights
    ]
    # More variance explained is better, where less of an error is.
    found = with_intervals([each * (1, 1, -1) for each in figures])
    return AmountComparison(len(drawn), asked, *(Difference(*each) for each in found))


def measure_amounts(
    actual: Floats, predicted: Floats, groups: npt.NDArray[np.int64], seed: int
) -> dict[str, Interval]:
    """`FIGURES` of predictions, with intervals; the arguments are those of `compare_amounts`."""
    drawn, weights = resamples(groups, seed)
    found = with_intervals([_figures(actual[drawn], predicted[drawn], each) for each in weights])
    return dict(zip(FIGURES, (Interval(*each) for each in found), strict=True))


def point_metrics(actual: Floats, predicted: Floats) -> dict[str, float]:
    """`FIGURES` and `bias`, by how much predictions are too high on average; `n` is how many there are.

    `r2` is 0 of the mean of these rows, and NaN where all are the same.
    """
    absolute, squared, explained = _figures(actual, predicted, np.ones(len(actual))).tolist()
    return {
        "mean_absolute_error": absolute,
        "root_mean_squared_error": squared,
        "r2": explained,
        "bias": float((predicted - actual).mean()),
        "n": len(actual),
    }


def interval_metrics(rows: pd.DataFrame, coverage: float) -> dict[str, float]:
    """Of rows with `label`, `lower` and `upper` the share that lies within, with its 95 % interval, and how wide it is.

    `pinball` is the mean pinball loss of both ends, by which narrow intervals that hold are best.
    """
    actual, lower, upper = (rows[name].to_numpy() for name in ("label", "lower", "upper"))
    kept = kept_share((lower <= actual) & (actual <= upper)) or Interval(float("nan"), 0.0, 1.0)
    return {
        "coverage": kept.estimate,
        "coverage_low": kept.low,
        "coverage_high": kept.high,
        "mean_width": float((upper - lower).mean()),
        "pinball": float(pinball(actual, lower, upper, coverage).mean()),
    }


def in_figures(value: float, sign: str = "") -> str:
    """An amount as people read it: four digits, and all of those before the point; `sign` may be `+`.

    Example:
        >>> in_figures(123736.5), in_figures(0.0123456), in_figures(212, "+")
        ('123,736', '0.01235', '+212')
    """
    return f"{value:{sign},.0f}" if abs(value) >= _FOUR_DIGITS else f"{value:{sign}.4g}"


def _figures(actual: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Of each of `FIGURES` one, for any weights of rows: shape (3,)."""
    total, errors = weights.sum(), actual - predicted
    squared = weights @ errors**2
    around = weights @ (actual - weights @ actual / total) ** 2
    explained = 1 - squared / around if around else np.nan
    return np.array([weights @ np.abs(errors) / total, np.sqrt(squared / total), explained])
