"""Whether feature columns are still what they were: the population stability index of each.

Method: the symmetric divergence of two histograms (Siddiqi, Credit Risk Scorecards, 2006, chapter 9, calls it a major
shift from .25 on), where chance alone does not make as much of so few rows (Yurdakul, Statistical Properties of
Population Stability Index, 2018: a chi-squared, scaled by both sizes). What is done about a shift does not belong here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import chi2

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    Shares = npt.NDArray[np.float64]

MAJOR = 0.25
_BINS = 10
_CHANCE = 0.999
# Half a row more in each bin: one that a side has no row of would make the index infinite.
_PRIOR_ROWS = 0.5


def shifted_features(before: pd.DataFrame, after: pd.DataFrame, columns: Iterable[str]) -> dict[str, float]:
    """The columns whose values shifted from `before` to `after` beyond chance, with the index, largest first.

    Dates are left out: they shift by being dates.

    Example:
        >>> rows = pd.DataFrame({"fee": range(100)})
        >>> shifted_features(rows, rows, ["fee"])
        {}
    """
    found = {}
    for name in columns:
        if pd.api.types.is_datetime64_any_dtype(before[name].dtype):
            continue
        index, of_chance = _stability(before[name], after[name])
        if index > max(MAJOR, of_chance):
            found[name] = index
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def _stability(before: pd.Series[Any], after: pd.Series[Any]) -> tuple[float, float]:
    """The index, and how large chance alone makes it in one of a thousand columns."""
    first, second = _counts(before, after)
    is_used = first + second > 0
    expected, actual = (each[is_used] + _PRIOR_ROWS for each in (first, second))
    expected, actual = expected / expected.sum(), actual / actual.sum()
    index = float(((actual - expected) * np.log(actual / expected)).sum())
    freedom = max(1, int(is_used.sum()) - 1)
    return index, float(chi2.ppf(_CHANCE, freedom) * (1 / len(before) + 1 / len(after)))


def _counts(before: pd.Series[Any], after: pd.Series[Any]) -> tuple[Shares, Shares]:
    """Rows by bin of both, the last bin those without a value: tenths of `before`, or its values."""
    if pd.api.types.is_numeric_dtype(before.dtype) and not pd.api.types.is_bool_dtype(before.dtype):
        values = before.to_numpy(dtype=np.float64, na_value=np.nan)
        known = values[np.isfinite(values)]
        edges = (
            np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1])) if len(known) else np.empty(0)
        )
        # A value that many rows share has a bin of its own.
        edges = np.unique(np.concatenate([edges, np.nextafter(edges, np.inf)]))
        first, second = (_of_numbers(each, edges) for each in (before, after))
        return first, second
    kinds = {value: position for position, value in enumerate(pd.unique(before.dropna().astype(str)))}
    first, second = (_of_values(each, kinds) for each in (before, after))
    return first, second


def _of_numbers(column: pd.Series[Any], edges: Shares) -> Shares:
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    is_known = ~np.isnan(values)
    binned = np.bincount(np.searchsorted(edges, values[is_known], side="right"), minlength=len(edges) + 1)
    return np.append(binned, len(values) - is_known.sum()).astype(np.float64)


def _of_values(column: pd.Series[Any], kinds: dict[str, int]) -> Shares:
    """Values that were not there before share a bin."""
    known = column.dropna().astype(str)
    position = known.map(kinds).fillna(len(kinds)).astype(int)
    binned = np.bincount(position, minlength=len(kinds) + 1)
    return np.append(binned, len(column) - len(known)).astype(np.float64)
