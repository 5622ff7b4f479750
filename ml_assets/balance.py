"""Whether two groups of rows are alike in all that is known of them, as groups drawn at random are.

Columns of numbers are compared by the rank-sum test of Mann and Whitney (1947), values by chi-square, both with nulls
as one more value; of so many tests the smallest p is held against its share (Bonferroni).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, mannwhitneyu

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

# Fewer rows or columns are alike by chance.
FEWEST_ROWS, FEWEST_COLUMNS = 200, 3
# Of groups drawn at random one in twenty is taken for none.
_SURE = 0.05
_FEW_VALUES, _FEWEST_EXPECTED = 20, 5


@dataclass(frozen=True)
class Balance:
    """In how many columns the groups are alike, with so many rows in each; `p_value` is the smallest, corrected."""

    column_count: int
    row_counts: tuple[int, int]
    p_value: float


def balance(rows: pd.DataFrame, columns: Iterable[str], is_in: npt.NDArray[np.bool_]) -> Balance | None:
    """The balance of the rows that are `is_in` with the others; None where some column, or too little, tells.

    Example:
        >>> rows = pd.DataFrame({name: np.arange(1000) * step % 997 for name, step in zip("abc", (7, 11, 13))})
        >>> balance(rows, rows.columns, np.arange(1000) % 2 == 0).column_count
        3
        >>> balance(rows, rows.columns, rows["a"].to_numpy() > 400)
    """
    is_in = np.asarray(is_in, dtype=bool)
    sizes = int(is_in.sum()), int((~is_in).sum())
    if min(sizes) < FEWEST_ROWS:
        return None
    found = [p for name in columns if (p := _p_value(rows[name], is_in)) is not None]
    if len(found) < FEWEST_COLUMNS:
        return None
    corrected = min(1.0, min(found) * len(found))
    return Balance(len(found), sizes, corrected) if corrected > _SURE else None


def _p_value(values: pd.Series[Any], is_in: npt.NDArray[np.bool_]) -> float | None:
    """How likely groups drawn at random differ as much; None where the column tells nothing of it."""
    has_order = pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_datetime64_any_dtype(
        values.dtype
    )
    if not has_order or values.nunique() <= _FEW_VALUES:
        return _of_values(pd.factorize(values.astype("string"))[0] + 1, is_in)
    numbers = values.rank().to_numpy(dtype=np.float64)
    is_null = np.isnan(numbers)
    groups = numbers[is_in & ~is_null], numbers[~is_in & ~is_null]
    if min(map(len, groups)) < FEWEST_ROWS:
        return _of_values(is_null.astype(np.int64), is_in)
    ranks = float(mannwhitneyu(*groups, method="asymptotic").pvalue)
    nulls = _of_values(is_null.astype(np.int64), is_in)
    return ranks if nulls is None else min(1.0, 2 * min(ranks, nulls))


def _of_values(codes: npt.NDArray[np.int64], is_in: npt.NDArray[np.bool_]) -> float | None:
    """Chi-square over the values, those that are too rare taken together."""
    size = int(codes.max(initial=0)) + 1
    counts = np.array([np.bincount(codes[side], minlength=size) for side in (is_in, ~is_in)])
    expected = counts.sum(axis=0) * min(is_in.mean(), 1 - is_in.mean())
    is_rare = expected < _FEWEST_EXPECTED
    kept = np.column_stack([counts[:, ~is_rare], counts[:, is_rare].sum(axis=1)])
    kept = kept[:, kept.sum(axis=0) * min(is_in.mean(), 1 - is_in.mean()) >= _FEWEST_EXPECTED]
    return float(chi2_contingency(kept, correction=False).pvalue) if kept.shape[1] > 1 else None
