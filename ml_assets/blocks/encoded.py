"""Rows as the numbers that a quick model takes: made once, as hundreds of models look at the same columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

# Histogram gradient boosting has as many bins; of more kinds the rarest are one.
_MOST_KINDS = 250
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class Encoded:
    """`values` (n, m) of the columns `names`: numbers, codes of the `categories` among them, days; null and
    infinite are nan."""

    names: tuple[str, ...]
    values: npt.NDArray[np.float32]
    categories: frozenset[str]

    @classmethod
    def of(cls, rows: pd.DataFrame, names: Iterable[str], cutoff: str | None = None) -> Encoded:
        """Those of `rows`; dates are counted in days back from `cutoff`, or from the newest.

        Example:
            >>> rows = pd.DataFrame({"plan": ["a", "b", "a", None], "fee": [1, 2, 3, 4]})
            >>> Encoded.of(rows, ["plan", "fee"]).values[:, 0]
            array([ 0.,  1.,  0., nan], dtype=float32)
        """
        names = tuple(names)
        moments = _days(rows[cutoff]) if cutoff else None
        matrix, categories = np.empty((len(rows), len(names)), dtype=np.float32), set()
        for place, name in enumerate(names):
            matrix[:, place], is_code = _numbers(rows[name], moments)
            if is_code:
                categories.add(name)
        matrix[np.isinf(matrix)] = np.nan
        return cls(names, matrix, frozenset(categories))

    def places(self, names: Sequence[str]) -> npt.NDArray[np.int64]:
        """Where columns stand."""
        place = {name: number for number, name in enumerate(self.names)}
        return np.array([place[name] for name in names], dtype=np.int64)

    def of_kinds(self, most: int) -> Encoded:
        """The same, where categories have at most so many kinds: the rarest of more are one."""
        places = self.places(sorted(self.categories))
        if not (self.values[:, places] >= most).any():
            return self
        values = self.values.copy()
        values[:, places] = np.minimum(values[:, places], most - 1)
        return replace(self, values=values)

    def only(self, names: Sequence[str], rows: npt.NDArray[np.int64]) -> Encoded:
        """The columns `names` of the rows at the places `rows` (k,)."""
        return Encoded(
            tuple(names), self.values[np.ix_(rows, self.places(names))], self.categories & {*names}
        )

    def of_rows(self, names: Sequence[str], taken: npt.NDArray[np.int64]) -> Encoded:
        """The same, each row with the columns `names` of the row at the place `taken`."""
        values, places = self.values.copy(), self.places(names)
        values[:, places] = self.values[np.ix_(taken, places)]
        return replace(self, values=values)

    def copied(self, copies: dict[str, str], taken: npt.NDArray[np.int64]) -> Encoded:
        """With copies of columns beside them, by the copy's name, whose rows are dealt as `taken` says."""
        beside = self.values[np.ix_(taken, self.places(list(copies.values())))]
        categories = {copy for copy, name in copies.items() if name in self.categories}
        return Encoded((*self.names, *copies), np.hstack([self.values, beside]), self.categories | categories)


def _numbers(
    values: pd.Series[Any], cutoffs: npt.NDArray[np.float64] | None
) -> tuple[npt.NDArray[Any], bool]:
    """A column as numbers, and whether these are codes."""
    if values.dtype == np.float32:
        return values.to_numpy(), False
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind in ("datetime64", "datetime", "date"):
        days = _days(values)
        return (np.nanmax(days, initial=0.0) if cutoffs is None else cutoffs) - days, False
    if pd.api.types.is_numeric_dtype(values.dtype) or kind in ("decimal", "boolean"):
        return pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan), False
    texts = values.astype("string")
    frequent = texts.value_counts().index[:_MOST_KINDS]
    codes = pd.Index(frequent).get_indexer(texts).astype(np.float64)
    codes[codes < 0] = len(frequent)
    return np.where(texts.isna(), np.nan, codes), True


def _days(values: pd.Series[Any]) -> npt.NDArray[np.float64]:
    moments = pd.to_datetime(values, utc=True, errors="coerce")
    seconds = moments.astype("datetime64[s, UTC]").astype("int64").to_numpy(dtype=np.float64)
    return np.where(moments.isna(), np.nan, seconds / _SECONDS_PER_DAY)
