"""Whether feature columns are still what they were: the population stability index of each.

Method: the symmetric divergence of two histograms (Siddiqi, Credit Risk Scorecards, 2006, chapter 9, calls it a major
shift from .25 on), where chance alone does not make as much of so few rows (Yurdakul, Statistical Properties of
Population Stability Index, 2018: a chi-squared, scaled by both sizes). What is done about a shift does not belong here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from scipy.stats import chi2

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    Counts = npt.NDArray[np.float64]

MAJOR = 0.25
_BINS = 10
_CHANCE = 0.999
# Half a row more in each bin: one that a side has no row of would make the index infinite.
_PRIOR_ROWS = 0.5


@dataclass(frozen=True)
class Distribution:
    """How a column's values were distributed: `rows` by bin, the last bin those without a value.

    Of numbers the bins lie between `edges`, each of which begins one; of others each of `values` has one, and all that
    were not there share the next.
    """

    rows: tuple[int, ...]
    edges: tuple[float, ...] = ()
    values: tuple[str, ...] | None = None

    @classmethod
    def of(cls, column: pd.Series[Any]) -> Self:
        """That of `column`: tenths of its numbers, a value that many rows share by itself, or each of its values."""
        if not _is_number(column):
            place, values = pd.factorize(_texts(column))
            counts = np.append(np.bincount(place, minlength=len(values)), [0, len(column) - len(place)])
            return cls(_whole(counts), values=tuple(values))
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        known = numbers[np.isfinite(numbers)]
        tenths = np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1]) if len(known) else np.empty(0)
        edges = np.unique(np.concatenate([tenths, np.nextafter(tenths, np.inf)]))
        return cls(_whole(_of_numbers(column, edges)), edges=tuple(edges.tolist()))

    def counts(self, column: pd.Series[Any]) -> Counts:
        """Rows of `column` by the same bins."""
        if self.values is not None:
            return _of_values(column, self.values)
        return _of_numbers(column, np.array(self.edges))


def distributions(rows: pd.DataFrame, columns: Iterable[str]) -> dict[str, Distribution]:
    """How each of `columns` is distributed, but for dates: these shift by being dates."""
    names = (name for name in columns if not pd.api.types.is_datetime64_any_dtype(rows[name].dtype))
    return {name: Distribution.of(rows[name]) for name in names}


def shifted_features(before: pd.DataFrame, after: pd.DataFrame, columns: Iterable[str]) -> dict[str, float]:
    """The columns whose values shifted from `before` to `after` beyond chance, with the index, largest first.

    Example:
        >>> rows = pd.DataFrame({"fee": range(100)})
        >>> shifted_features(rows, rows, ["fee"])
        {}
    """
    found = {}
    for name, was in distributions(before, columns).items():
        index, is_shifted = stability(np.array(was.rows, dtype=np.float64), was.counts(after[name]))
        if is_shifted:
            found[name] = index
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def stability(before: Counts, after: Counts) -> tuple[float, bool]:
    """The population stability index of rows by bin, and whether it is a major shift that is no chance.

    Chance alone makes it as large in one of a thousand columns at most.
    """
    is_used = before + after > 0
    expected, actual = (each[is_used] + _PRIOR_ROWS for each in (before, after))
    expected, actual = expected / expected.sum(), actual / actual.sum()
    index = float(((actual - expected) * np.log(actual / expected)).sum())
    freedom = max(1, int(is_used.sum()) - 1)
    of_chance = float(chi2.ppf(_CHANCE, freedom) * (1 / max(1, before.sum()) + 1 / max(1, after.sum())))
    return index, index > max(MAJOR, of_chance)


def _whole(counts: Counts) -> tuple[int, ...]:
    return tuple(counts.astype(int).tolist())


def _is_number(column: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def _texts(column: pd.Series[Any]) -> pd.Series[str]:
    """Values that are known, as SQL writes them."""
    known = column.dropna()
    texts = known.astype(str)
    return texts.str.lower() if pd.api.types.infer_dtype(known) == "boolean" else texts


def _of_numbers(column: pd.Series[Any], edges: Counts) -> Counts:
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    is_known = ~np.isnan(values)
    binned = np.bincount(np.searchsorted(edges, values[is_known], side="right"), minlength=len(edges) + 1)
    return np.append(binned, len(values) - is_known.sum()).astype(np.float64)


def _of_values(column: pd.Series[Any], values: Sequence[str]) -> Counts:
    texts = _texts(column)
    kinds = {value: position for position, value in enumerate(values)}
    position = texts.map(kinds).fillna(len(kinds)).astype(int)
    binned = np.bincount(position, minlength=len(kinds) + 1)
    return np.append(binned, len(column) - len(texts)).astype(np.float64)
