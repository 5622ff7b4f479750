"""Amounts as what is learned: models are chosen by their order, since a few of thousands would decide all else."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.stats import norm, rankdata

from meshlake.ml_assets.blocks.target import Measured, Target
from meshlake.ml_assets.comparison import Difference, Interval, resamples, with_intervals
from meshlake.ml_assets.regression.rows import SUSPECT_ROC_AUC, halves

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.blocks.target import Codes, Mask, Numbers, Rows

_SEED, _PARTS = 42, 8
_MORE_IS_BETTER = np.array([1, -1, 1])


class Amounts(Target):
    """How much: `values` are numbers, learned as normal scores of their ranks (van der Waerden, 1952), ties alike.

    What is said becomes an amount again by the labels' own quantiles: about the median that a row may come to.
    """

    task = "regression"
    loss, unit = "squared error of ranks", "squared normal scores a row"
    figures: ClassVar[Mapping[str, str]] = {
        "rank_correlation": "rank correlation",
        "mean_absolute_error": "mean absolute error",
        "r2": "R²",
    }
    drawn, better = "rank_correlation", "more"
    undated_limit = dated_limit = SUSPECT_ROC_AUC
    has_pure_leaks = False  # amounts of the period before have parts that are nearly sure

    @cached_property
    def _normal_scores(self) -> Numbers:
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

    def fit(self, matrix: npt.NDArray[np.float32], rows: Rows, kind: Mapping[str, Any]) -> Any:
        """By squared error of the normal scores."""
        from sklearn.ensemble import HistGradientBoostingRegressor

        return HistGradientBoostingRegressor(**kind).fit(matrix, self._normal_scores[rows])

    def level(self, rows: Rows) -> Numbers:
        """Their mean."""
        return np.array([self._normal_scores[rows].mean()])

    def raw(self, fitted: Any, matrix: npt.NDArray[np.float32]) -> Numbers:
        """Normal scores."""
        return np.asarray(fitted.predict(matrix), dtype=np.float64)[:, np.newaxis]

    def said(self, raw: Numbers) -> Numbers:
        """Normal scores."""
        return raw[:, 0]

    def losses(self, rows: Rows, said: Numbers) -> Numbers:
        """Squared error of the normal scores."""
        return np.asarray((self._normal_scores[rows] - said) ** 2, dtype=np.float64)

    def at_level(self, rows: Rows, said: Numbers) -> Numbers:
        """Moved until the means are the same."""
        return np.asarray(said + (self._normal_scores[rows].mean() - said.mean()), dtype=np.float64)

    def scores(self, rows: Rows, said: Numbers) -> dict[str, float]:
        """Rank correlation, errors in the unit of the label, and R²."""
        of = _Figures(self.values[rows], said, self._amounts(said))
        return dict(zip(self.figures, of.of(np.ones(len(said))).tolist(), strict=True))

    def measured(self, rows: Rows, before: Numbers, after: Numbers, groups: Codes) -> Measured:
        """By the order, which a few large amounts do not decide."""
        drawn, weights = resamples(groups, _SEED)
        actual = self.values[rows][drawn]
        first, second = (
            _Figures(actual, each[drawn], self._amounts(each[drawn])) for each in (before, after)
        )
        of = [(first.of(each), second.of(each)) for each in weights]
        gains = with_intervals([_MORE_IS_BETTER * (each[1] - each[0]) for each in of])
        sides = (with_intervals([each[side] for each in of]) for side in (0, 1))
        return Measured(
            len(drawn),
            {name: Difference(*each) for name, each in zip(self.figures, gains, strict=True)},
            *({n: Interval(*each) for n, each in zip(self.figures, side, strict=True)} for side in sides),
        )

    def _amounts(self, said: Numbers) -> Numbers:
        scores, first = np.unique(self._normal_scores, return_index=True)
        return np.asarray(np.interp(said, scores, self.values[first]), dtype=np.float64)


class _Figures:
    """Spearman's rank correlation, mean absolute error and R² of fixed predictions, for any weights of their rows.

    Args:
        actual: the amounts that came, (n,).
        said: what orders the rows, (n,).
        amounts: the amounts that are said, (n,).
    """

    def __init__(self, actual: Numbers, said: Numbers, amounts: Numbers) -> None:
        self._actual, self._errors = actual, actual - amounts
        self._ranks = np.stack([rankdata(actual), rankdata(said)])

    def of(self, weights: Numbers) -> Numbers:
        """The three figures, (3,); one amount for all has no order, and its correlation is 0."""
        total = weights.sum()
        off = self._ranks - (self._ranks @ weights / total)[:, np.newaxis]
        together, of_actual, of_said = ((weights * off[a]) @ off[b] for a, b in ((0, 1), (0, 0), (1, 1)))
        spread = np.sqrt(of_actual * of_said)
        around = weights @ (self._actual - weights @ self._actual / total) ** 2
        squared, absolute = weights @ self._errors**2, weights @ np.abs(self._errors) / total
        return np.array(
            [together / spread if spread else 0.0, absolute, 1 - squared / around if around else np.nan]
        )
