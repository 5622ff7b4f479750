"""What the rows of a column have, as codes and, of what can be told by numbers, in order. numpy and pandas alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from meshlake.ml_assets.ordering import Ordered

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

FEWEST = 10
_BINS, _FEW_VALUES = 16, 64
_MANY_TEXTS, _TEXT_LENGTH = 100, 200
MOMENTS = {"date", "datetime", "datetime64"}
_NUMBERS = {"boolean", "decimal", "integer", "floating", "mixed-integer-float"}


@dataclass(frozen=True)
class Numbers:
    """The number of each row, shape (n,), and the `different` ones, ascending, null last: the `place` of each row's
    among them, and how many rows have each."""

    values: Floats
    different: Floats
    place: Codes
    counts: Codes

    @classmethod
    def of(cls, values: Floats) -> Self:
        """Of numbers, null as NaN."""
        return cls(values, *np.unique(values, return_inverse=True, return_counts=True))

    def ordered(self, is_so: npt.NDArray[np.bool_]) -> Ordered | None:
        """How the numbers order rows that are so or not, null as less than any; `None` where none is known."""
        so = np.bincount(self.place, weights=is_so, minlength=len(self.counts))
        has_null = bool(np.isnan(self.different[-1:]).any())
        if len(self.different) == has_null:
            return None
        return Ordered(*(np.roll(each, int(has_null)) for each in (so, self.counts - so)))


@dataclass(frozen=True)
class Values:
    """What rows have of a column: `codes`, 0 for null, each of the row in `at`; and the `numbers`, `None` of text.

    A code is a value, the range that a number is in, or of longer texts each word: then a row has several.
    """

    at: Codes
    codes: Codes
    numbers: Numbers | None
    has_words: bool = False

    @classmethod
    def of(cls, values: pd.Series[Any], latest: pd.Series[Any] | None = None) -> Self:
        """Of a column; moments are counted back from `latest` where that is given."""
        every = np.arange(len(values))
        found = column_numbers(values, latest)
        if found is not None:
            numbers = Numbers.of(found)
            return cls(every, _codes_of(numbers), numbers)
        # Each different text is looked at once; what is no text may be equal to what is written otherwise, 1 to True.
        is_text = pd.api.types.infer_dtype(values, skipna=True) == "string"
        place, given = pd.factorize(values) if is_text else (every, values)
        texts = pd.Series(given).astype("string").str.strip().str.casefold()
        of_given, distinct = pd.factorize(texts)
        if len(distinct) <= _MANY_TEXTS:
            return cls(every, np.where(place < 0, 0, of_given[place] + 1), None)
        texts = texts.reindex(place).set_axis(every) if is_text else texts
        # Words that only occur with a number or a name are those of no other row: what is long is looked at in part.
        words = texts.str.slice(0, _TEXT_LENGTH).str.findall(r"[^\W\d_]{2,}").fillna("").map(set).map(list)
        words.index = pd.RangeIndex(len(words))
        split = words.explode()
        at = split.index.to_numpy(dtype=np.int64)
        return cls(at, pd.factorize(split)[0].astype(np.int64) + 1, None, has_words=True)


def _codes_of(numbers: Numbers) -> Codes:
    values = numbers.values
    if len(numbers.different) <= _FEW_VALUES:
        return np.asarray(pd.factorize(values)[0] + 1, dtype=np.int64)
    cuts = np.unique(np.quantile(values[np.isfinite(values)], np.linspace(0, 1, _BINS + 1)))
    # Where each of the different ones lies is where its rows lie.
    places = (
        np.searchsorted(cuts, numbers.different, "left")
        + np.searchsorted(cuts, numbers.different, "right")
        + 1
    )
    # What many rows were set to, such as 0, is a value among amounts.
    rank = np.argsort(np.argsort(-numbers.counts, kind="stable"))
    is_common = (numbers.counts >= FEWEST) & (rank < _FEW_VALUES)
    places = np.where(is_common, 2 * len(cuts) + 2 + np.arange(len(places)), places)[numbers.place]
    return np.where(np.isnan(values), 0, pd.factorize(places)[0] + 1)


def column_numbers(values: pd.Series[Any], latest: pd.Series[Any] | None = None) -> Floats | None:
    """Numbers, yes/no and moments as numbers, these as seconds before `latest` if given; null as NaN, None for text."""
    types = pd.api.types
    if types.is_bool_dtype(values.dtype) or types.is_numeric_dtype(values.dtype):
        return np.asarray(values.astype("Float64").to_numpy(na_value=np.nan), dtype=np.float64)
    inferred = types.infer_dtype(values, skipna=True)
    if inferred in MOMENTS:
        told = moments(values)
        if latest is not None:
            return np.asarray((latest - told).dt.total_seconds(), dtype=np.float64)
        seconds: Floats = np.where(told.isna(), np.nan, told.astype("int64") / 1e6)
        return seconds
    if inferred in _NUMBERS:
        return values.astype(object).where(values.notna(), np.nan).to_numpy(dtype=np.float64)
    return None


def moments(values: pd.Series[Any]) -> pd.Series[Any]:
    """Dates and moments as moments; what is none is null."""
    # Nanoseconds end in 2262, and what has no end is written 9999-12-31.
    return pd.to_datetime(values, utc=True, errors="coerce").astype("datetime64[us, UTC]")
