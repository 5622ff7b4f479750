"""Features that know the label too well to have been known before it: suspects, each with its figures.

Every column is asked, dates and long texts too, whether a model could use it or not. What a column says of a row is
learnt on other rows (five folds), so that noise of many values says nothing. When a suspect is left out is written
down in docs/adr/0047. numpy and pandas alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets.leaks.regions import purest

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from meshlake.ml_assets.leaks.regions import Region

# On the real telco data an honest model of all features together reaches .92, while a churn score and a
# satisfaction score taken after the fact reach .94 and .95 alone.
SUSPECT_ROC_AUC = 0.9
# Values that are nearly always so: of the rows that have them, and of all rows that are so.
SURE_PRECISION, SURE_COVERAGE, SURE_ODDS = 0.95, 0.1, 40.0
# By how much the shares of rows with a value differ where it is filled in after the event.
FILLED_APART = 0.9
LATE_SHARE = 0.01
MAX_ROWS = 50_000
FEWEST = 10
_FOLDS, _BINS, _FEW_VALUES, _FEWEST_OF_VALUE = 5, 16, 64, 5
_MANY_TEXTS, _TEXT_LENGTH = 100, 200
_MOMENTS = {"date", "datetime", "datetime64"}
_NUMBERS = {"boolean", "decimal", "integer", "floating", "mixed-integer-float"}
_SURE_Z = 1.96


@dataclass(frozen=True)
class LeakSuspect:
    """A column that may have been written after the label was known.

    `evidence` is in words; `roc_auc` is what the column alone reaches on rows it was not learnt from. What is not sure
    is told, and learned from.
    """

    evidence: tuple[str, ...]
    roc_auc: float
    is_sure: bool = True

    @property
    def told(self) -> str:
        """The evidence as one text."""
        return "; ".join(self.evidence)


def suspected_leaks(
    rows: pd.DataFrame,
    columns: Iterable[str],
    is_so: npt.NDArray[np.bool_],
    *,
    cutoff: str | None = None,
    has_unsure: bool = False,
    groups: npt.NDArray[np.int64] | None = None,
) -> dict[str, LeakSuspect]:
    """The suspects among `columns` of `rows`, by name.

    Args:
        rows: at most `MAX_ROWS` of them are looked at, drawn by chance.
        columns: which columns to ask.
        is_so: the label of each row.
        cutoff: the column of days that the features should stop before; dates are looked at as days before it, too.
        has_unsure: whether those that are not sure are wanted.
        groups: whom each row is about; what tells somebody's other rows by who they are is no leak.

    Example:
        >>> has_left = np.arange(100) % 4 == 0
        >>> rows = pd.DataFrame({"closed_on": np.where(has_left, "2024-01-05", None), "age": np.arange(100) % 7})
        >>> suspected_leaks(rows, rows.columns, has_left)["closed_on"].roc_auc
        1.0
    """
    drawn = drawn_rows(len(rows), MAX_ROWS)
    rows, is_so = rows.iloc[drawn], np.asarray(is_so, dtype=bool)[drawn]
    groups = None if groups is None else groups[drawn]
    if min(is_so.sum(), (~is_so).sum()) < FEWEST:
        return {}
    names = list(columns)
    asked = _Asked(is_so, assigned_folds(is_so, groups), len(names))
    latest = _moments(rows[cutoff]) if cutoff else None
    suspects = {name: asked.suspect(rows[name], latest) for name in names}
    return {name: each for name, each in suspects.items() if each and (each.is_sure or has_unsure)}


def drawn_rows(size: int, most: int) -> npt.NDArray[np.int64]:
    """The positions of at most `most` of `size` rows, in their order; the same each time.

    By chance, and not each so-and-so-many-th: rows that come in turns would always or never be it.
    """
    if size <= most:
        return np.arange(size)
    return np.sort(np.random.default_rng(42).choice(size, most, replace=False))


def single_roc_aucs(
    rows: pd.DataFrame,
    columns: Iterable[str],
    is_so: npt.NDArray[np.bool_],
    groups: npt.NDArray[np.int64] | None = None,
) -> dict[str, float]:
    """The ROC AUC that each of `columns` reaches by itself, on rows of other `groups` than it was learnt from."""
    asked = _Asked(is_so, assigned_folds(is_so, groups))
    return {name: asked.roc_auc(rows[name]) for name in columns}


def roc_auc(is_so: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]) -> float:
    """The share of pairs, one that is so and one that is not, in which the first scores higher; ties count half."""
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    positives = int(is_so.sum())
    negatives = len(is_so) - positives
    return float((ranks[is_so].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def roc_auc_error(area: float, is_so: npt.NDArray[np.bool_]) -> float:
    """The standard error of a ROC AUC, by Hanley and McNeil (1982)."""
    positives = int(is_so.sum())
    negatives = len(is_so) - positives
    one, two = area / (2 - area), 2 * area * area / (1 + area)
    spread = area * (1 - area) + (positives - 1) * (one - area**2) + (negatives - 1) * (two - area**2)
    return float(np.sqrt(max(spread, 0.0) / (positives * negatives)))


def assigned_folds(
    is_so: npt.NDArray[np.bool_], groups: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.int64]:
    """The fold of each row, at random and with the same share that is so in each; rows of one group are together."""
    if groups is not None:
        _, group = np.unique(groups, return_inverse=True)
        return assigned_folds(2 * np.bincount(group, weights=is_so) > np.bincount(group))[group]
    folds = np.empty(len(is_so), dtype=np.int64)
    numbers = np.random.default_rng(42)
    for side in (is_so, ~is_so):
        folds[side] = numbers.permutation(int(side.sum())) % _FOLDS
    return folds


@dataclass(frozen=True)
class _Said:
    """What a column says of rows, learnt on others: a score of each, and which are said to be surely so."""

    score: npt.NDArray[np.float64]
    is_sure: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Asked:
    is_so: npt.NDArray[np.bool_]
    folds: npt.NDArray[np.int64]
    columns: int = 1

    def suspect(self, values: pd.Series[Any], latest: pd.Series[Any] | None) -> LeakSuspect | None:
        """The suspect that a column is, if it is one; `latest` are the moments that features should stop before."""
        late = [] if latest is None else _late(values, latest)
        numbers = column_numbers(values, latest)
        at, codes = value_codes(values, numbers)
        said = self._said(at, codes)
        area = self._area(numbers, said)
        surely = area - _SURE_Z * roc_auc_error(area, self.is_so)
        evidence = list(late)
        if area >= SUSPECT_ROC_AUC and surely >= SUSPECT_ROC_AUC - 0.05:
            evidence.append(f"tells the label by itself (ROC AUC {area:.3f})")
        precision, coverage = self._sure(said.is_sure)
        if filled := self._filled(values.notna().to_numpy()):
            evidence.append(filled)
        if precision:
            evidence.append(
                f"{precision:.1%} of the rows with certain values are so, {coverage:.0%} of all that are"
            )
        if evidence:
            return LeakSuspect(tuple(evidence), area)
        region = purest(at, codes, self.is_so, self.columns)
        return LeakSuspect((_told_of(region, self.is_so),), area, is_sure=region.is_pure) if region else None

    def roc_auc(self, values: pd.Series[Any]) -> float:
        """What the column reaches by itself."""
        numbers = column_numbers(values)
        return self._area(numbers, self._said(*value_codes(values, numbers)))

    def _area(self, numbers: npt.NDArray[np.float64] | None, said: _Said) -> float:
        area = roc_auc(self.is_so, said.score)
        if numbers is None or np.isnan(numbers).all():
            return area
        in_order = roc_auc(self.is_so, np.where(np.isnan(numbers), np.nanmin(numbers) - 1, numbers))
        return max(area, in_order, 1 - in_order)

    def _said(self, rows: npt.NDArray[np.int64], codes: npt.NDArray[np.int64]) -> _Said:
        """What the codes say of each row, learnt on the other folds; of `codes`, at `rows`, a row may have many."""
        score = np.zeros(len(self.is_so))
        sure = np.zeros(len(self.is_so))
        base, size = float(self.is_so.mean()), int(codes.max(initial=0)) + 1
        for fold in range(_FOLDS):
            is_out = self.folds[rows] == fold
            learnt, at = codes[~is_out], rows[is_out]
            counts = np.bincount(learnt, minlength=size)
            sums = np.bincount(learnt, weights=self.is_so[rows[~is_out]], minlength=size)
            rates = (sums + base) / (counts + 1)
            said = np.log(rates / (1 - rates))[codes[is_out]]
            is_sure = (counts >= _FEWEST_OF_VALUE) & (sums >= SURE_PRECISION * counts)
            score += np.bincount(at, weights=said, minlength=len(score))
            sure += np.bincount(at, weights=is_sure[codes[is_out]], minlength=len(score))
        return _Said(score, sure > 0)

    def _sure(self, is_sure: npt.NDArray[np.bool_]) -> tuple[float, float]:
        """Precision and coverage of the rows said to be so; 0 and 0 where they are few, or hardly better than all."""
        size, hits, all_so = int(is_sure.sum()), int((is_sure & self.is_so).sum()), int(self.is_so.sum())
        if not size or hits < FEWEST:
            return 0.0, 0.0
        precision, coverage = hits / size, hits / all_so
        others, all_others = size - hits, len(self.is_so) - all_so
        odds = (hits + 0.5) / (others + 0.5) / ((all_so - hits + 0.5) / (all_others - others + 0.5))
        is_leak = precision >= SURE_PRECISION and coverage >= SURE_COVERAGE and odds >= SURE_ODDS
        return (precision, coverage) if is_leak else (0.0, 0.0)

    def _filled(self, present: npt.NDArray[np.bool_]) -> str:
        """Words for a column that is filled, or emptied, with the event; empty where it is not."""
        so, others = float(present[self.is_so].mean()), float(present[~self.is_so].mean())
        if abs(so - others) < FILLED_APART:
            return ""
        return f"is filled in {so:.1%} of the rows that are so, and in {others:.1%} of the others"


def _told_of(region: Region, is_so: npt.NDArray[np.bool_]) -> str:
    return (
        f"{region.so:,} of the {region.rows:,} rows with one of its values are so (at least {region.least:.0%}, 95 % "
        f"sure), and {is_so.mean():.0%} of all"
    )


def value_codes(
    values: pd.Series[Any], numbers: npt.NDArray[np.float64] | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """What each row has, as codes: its value, the range its number is in, or of longer texts each word; null is 0."""
    every = np.arange(len(values))
    if numbers is not None and len(np.unique(numbers)) > _FEW_VALUES:
        cuts = np.unique(np.quantile(numbers[np.isfinite(numbers)], np.linspace(0, 1, _BINS + 1)))
        places = np.searchsorted(cuts, numbers, "left") + np.searchsorted(cuts, numbers, "right") + 1
        # What many rows were set to, such as 0, is a value among amounts.
        _, place, counts = np.unique(numbers, return_inverse=True, return_counts=True)
        is_common = (counts >= FEWEST) & (np.argsort(np.argsort(-counts, kind="stable")) < _FEW_VALUES)
        places = np.where(is_common[place], 2 * len(cuts) + 2 + place, places)
        return every, np.where(np.isnan(numbers), 0, pd.factorize(places)[0] + 1)
    if numbers is not None:
        return every, pd.factorize(numbers)[0] + 1
    texts = values.astype("string").str.strip().str.casefold()
    codes, distinct = pd.factorize(texts)
    if len(distinct) <= _MANY_TEXTS:
        return every, codes + 1
    # Words that only occur with a number or a name are those of no other row: what is long is looked at in part.
    words = texts.str.slice(0, _TEXT_LENGTH).str.findall(r"[^\W\d_]{2,}").fillna("").map(set).map(list)
    words.index = pd.RangeIndex(len(words))
    split = words.explode()
    return split.index.to_numpy(dtype=np.int64), pd.factorize(split)[0].astype(np.int64) + 1


def column_numbers(
    values: pd.Series[Any], latest: pd.Series[Any] | None = None
) -> npt.NDArray[np.float64] | None:
    """Numbers, yes/no and moments as numbers, these as seconds before `latest` if given; null as NaN, None for text."""
    types = pd.api.types
    if types.is_bool_dtype(values.dtype) or types.is_numeric_dtype(values.dtype):
        return np.asarray(values.astype("Float64").to_numpy(na_value=np.nan), dtype=np.float64)
    inferred = types.infer_dtype(values, skipna=True)
    if inferred in _MOMENTS:
        moments = _moments(values)
        if latest is not None:
            return np.asarray((latest - moments).dt.total_seconds(), dtype=np.float64)
        seconds: npt.NDArray[np.float64] = np.where(moments.isna(), np.nan, moments.astype("int64") / 1e6)
        return seconds
    if inferred in _NUMBERS:
        return values.astype(object).where(values.notna(), np.nan).to_numpy(dtype=np.float64)
    return None


def _moments(values: pd.Series[Any]) -> pd.Series[Any]:
    # Nanoseconds end in 2262, and what has no end is written 9999-12-31.
    return pd.to_datetime(values, utc=True, errors="coerce").astype("datetime64[us, UTC]")


def _late(values: pd.Series[Any], cutoff: pd.Series[Any]) -> list[str]:
    """Words for a date that lies after the day that features should stop before; none for what is no date."""
    if pd.api.types.infer_dtype(values, skipna=True) not in _MOMENTS:
        return []
    moments = _moments(values)
    late, present = int((moments > cutoff).sum()), int(moments.notna().sum())
    if late < FEWEST or late < LATE_SHARE * present:
        return []
    return [f"lies after the cut-off in {late:,} of {present:,} rows"]
