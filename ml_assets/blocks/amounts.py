"""Amounts as what is learned: models are chosen by their order, since a few of thousands would decide all else."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.stats import norm, rankdata

from meshlake.ml_assets.blocks.target import Measured, Target
from meshlake.ml_assets.regression.metrics import compare_amounts, measure_amounts, point_metrics
from meshlake.ml_assets.regression.rows import SUSPECT_ROC_AUC, halves

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.blocks.target import Codes, Mask, Numbers, Rows

_SEED, _PARTS, _FEWEST = 42, 8, 10


class Amounts(Target):
    """How much: `values` are numbers, learned as normal scores of their ranks (van der Waerden, 1952), ties alike.

    What is said becomes an amount again by the labels' own quantiles: about the median that a row may come to.
    """

    task = "regression"
    loss, unit = "squared error of ranks", "normal scores squared, a row"
    figures: ClassVar[Mapping[str, str]] = {
        "mean_absolute_error": "mean absolute error",
        "r2": "R²",
        "root_mean_squared_error": "root mean squared error",
    }
    undated_limit = dated_limit = SUSPECT_ROC_AUC
    has_pure_leaks = False  # amounts of the period before have parts that are nearly sure

    @cached_property
    def _scores(self) -> Numbers:
        return np.asarray(norm.ppf(rankdata(self.values) / (len(self.values) + 1)), dtype=np.float64)

    @cached_property
    def codes(self) -> Codes:
        """In which of eight parts of the ranks each is."""
        parts = (rankdata(self.values) * _PARTS / (len(self.values) + 1)).astype(np.int64)
        return np.asarray(np.unique(parts, return_inverse=True)[1], dtype=np.int64)

    @cached_property
    def asked(self) -> Mapping[str, Mask]:
        """As a regression asks of its columns."""
        return {f"of which rows have {told}, ": is_so for told, is_so in halves(self.values).items()}

    def can_learn(self, rows: Rows) -> bool:
        """Whether there are two amounts."""
        values = self.values[rows]
        return len(values) > 0 and bool(values.min() < values.max())

    def can_measure(self, rows: Rows) -> bool:
        """Whether there are two amounts, of enough rows."""
        return self.can_learn(rows) and len(self.values[rows]) >= _FEWEST

    def fit(self, matrix: npt.NDArray[np.float32], rows: Rows, kind: Mapping[str, Any]) -> Any:
        """By squared error of the normal scores."""
        from sklearn.ensemble import HistGradientBoostingRegressor

        return HistGradientBoostingRegressor(**kind).fit(matrix, self._scores[rows])

    def level(self, rows: Rows) -> Numbers:
        """Their mean."""
        return np.array([self._scores[rows].mean()])

    def raw(self, fitted: Any, matrix: npt.NDArray[np.float32]) -> Numbers:
        """Normal scores."""
        return np.asarray(fitted.predict(matrix), dtype=np.float64)[:, np.newaxis]

    def said(self, raw: Numbers) -> Numbers:
        """Normal scores."""
        return raw[:, 0]

    def losses(self, rows: Rows, said: Numbers) -> Numbers:
        """Squared error of the normal scores."""
        return np.asarray((self._scores[rows] - said) ** 2, dtype=np.float64)

    def at_level(self, rows: Rows, said: Numbers) -> Numbers:
        """Moved until the means are the same."""
        return np.asarray(said + (self._scores[rows].mean() - said.mean()), dtype=np.float64)

    def scores(self, rows: Rows, said: Numbers) -> dict[str, float]:
        """Errors in the unit of the label."""
        return point_metrics(self.values[rows], self._amounts(said))

    def measured(self, rows: Rows, before: Numbers, after: Numbers, groups: Codes) -> Measured:
        """As one model of amounts is held against another, by the absolute error, which the median has least of."""
        actual, first, second = self.values[rows], self._amounts(before), self._amounts(after)
        found = compare_amounts(actual, second, first, groups, next(iter(self.figures)), _SEED)
        figures = (measure_amounts(actual, each, groups, _SEED) for each in (first, second))
        return Measured(found.rows, {name: getattr(found, name) for name in self.figures}, *figures)

    def _amounts(self, said: Numbers) -> Numbers:
        scores, first = np.unique(self._scores, return_index=True)
        return np.asarray(np.interp(said, scores, self.values[first]), dtype=np.float64)
