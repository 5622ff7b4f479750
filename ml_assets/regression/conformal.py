"""Between which amounts a row's will lie: intervals that hold a stated share of rows, whatever the model.

Method: conformal prediction, of the errors of predictions of rows that the model did not see (Vovk, Gammerman and
Shafer, Algorithmic Learning in a Random World, 2005; cross-conformal, Vovk 2015). Rows of like predictions have an
interval of their own (Mondrian), since amounts that are large are less sure, and one side is as wide as errors on it
are, since amounts are skewed. Whether errors grow with the prediction is decided by the interval score (Gneiting and
Raftery, Strictly proper scoring rules, 2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# Matrix products may differ in the 16th digit with the size of a batch.
AMOUNT_DECIMALS = 6
_MOST_GROUPS, _ROWS_OF_GROUP, _ERRORS_BEYOND = 10, 200, 10
_END_SHARE = 2


@dataclass(frozen=True)
class Margins:
    """How far below and above a prediction the amount may lie.

    Predictions from each of `edges` on are the next group, whose margins are at the same place of `below` and `above`:
    one more than there are edges. Where there is a `unit`, they are multiples of the size of the prediction and it.
    """

    edges: tuple[float, ...]
    below: tuple[float, ...]
    above: tuple[float, ...]
    unit: float | None = None

    def interval(self, predicted: Floats, least: float | None) -> tuple[Floats, Floats]:
        """The lowest and the highest amount of each prediction, none below `least`: shape (n,) of both."""
        group = np.searchsorted(np.array(self.edges), predicted, side="right")
        size = _size(predicted, self.unit)
        ends = [predicted + np.array(each)[group] * size for each in (self.below, self.above)]
        # A margin that ends at zero does so but for its last digits, and then zeros would lie outside.
        lower, upper = (np.round(end, AMOUNT_DECIMALS) + 0.0 for end in ends)
        return (lower, upper) if least is None else (np.maximum(lower, least), np.maximum(upper, least))


def fewest_rows(coverage: float) -> int:
    """The fewest predictions that an interval which holds the share `coverage` can be told from."""
    return int(np.ceil(round(2 / (1 - coverage), AMOUNT_DECIMALS)))


def margins(actual: Floats, predicted: Floats, coverage: float, unit: float | None = None) -> Margins:
    """Those that the share `coverage` of rows like these lies within, each side missing half of the others.

    Args:
        actual: the amounts, shape (n,), of at least `fewest_rows(coverage)`.
        predicted: what was said of each by a model that did not see it.
        coverage: the share, between 0 and 1.
        unit: if given, errors are taken as multiples of the size of the prediction and it.

    Example:
        >>> errors = np.linspace(-1, 1, 201)
        >>> found = margins(10 + errors, np.full(201, 10.0), 0.9)
        >>> [round(float(end[0]), 2) for end in found.interval(np.array([10.0]), None)]
        [9.09, 10.91]
    """
    rows_of_group = max(_ROWS_OF_GROUP, int(_ERRORS_BEYOND * _END_SHARE / (1 - coverage)))
    count = min(_MOST_GROUPS, max(1, len(actual) // rows_of_group))
    edges = np.unique(np.quantile(predicted, np.arange(1, count) / count)) if count > 1 else np.empty(0)
    edges = edges[edges > predicted.min()]
    group = np.searchsorted(edges, predicted, side="right")
    errors = (actual - predicted) / _size(predicted, unit)
    ends = [_ends(errors[group == number], coverage) for number in range(len(edges) + 1)]
    below, above = zip(*ends, strict=True)
    return Margins(tuple(edges.tolist()), below, above, unit)


def best_margins(
    actual: Floats, predicted: Floats, folds: npt.NDArray[np.int64], coverage: float, least: float | None
) -> tuple[Margins, Floats, Floats]:
    """The margins of all rows, and the lowest and highest amount of each by the margins of the other folds.

    Where there is a `least` amount, margins may grow with the prediction: that which has the better interval score.
    """
    mean = float(np.abs(actual).mean())
    units = [None, mean] if least is not None and mean > 0 else [None]
    found = []
    for unit in units:
        lower, upper = np.empty(len(actual)), np.empty(len(actual))
        for fold in np.unique(folds):
            is_out = folds == fold
            others = margins(actual[~is_out], predicted[~is_out], coverage, unit)
            lower[is_out], upper[is_out] = others.interval(predicted[is_out], least)
        found.append((float(pinball(actual, lower, upper, coverage).mean()), unit, lower, upper))
    _, unit, lower, upper = min(found, key=lambda each: each[0])
    return margins(actual, predicted, coverage, unit), lower, upper


def pinball(actual: Floats, lower: Floats, upper: Floats, coverage: float) -> Floats:
    """The pinball loss of both ends, their mean of each row: shape (n,)."""
    missed = (1 - coverage) / 2
    beyond = np.maximum(lower - actual, 0) + np.maximum(actual - upper, 0)
    loss: Floats = (missed * (upper - lower) + beyond) / 2
    return loss


def _ends(errors: Floats, coverage: float) -> tuple[float, float]:
    """Order statistics, so that of n + 1 rows alike the share within is at least `coverage`; zero is always within."""
    ordered = np.sort(errors)
    place = max(1, int(round((1 - coverage) / 2 * (len(errors) + 1), AMOUNT_DECIMALS)))
    return min(0.0, float(ordered[place - 1])), max(0.0, float(ordered[-place]))


def _size(predicted: Floats, unit: float | None) -> Floats:
    return np.ones(len(predicted)) if unit is None else np.abs(predicted) + unit
