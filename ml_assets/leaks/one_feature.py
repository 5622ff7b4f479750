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
from meshlake.ml_assets.leaks.values import FEWEST, MOMENTS, Values, moments
from meshlake.ml_assets.ordering import Ordered

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
_FOLDS, _FEWEST_OF_VALUE = 5, 5
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
    latest = moments(rows[cutoff]) if cutoff else None
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
    """What a column says of rows, learnt on others: how its scores order them, how many are said to be surely so, and
    how many of these are."""

    ordered: Ordered
    sure: int
    sure_hits: int


@dataclass(frozen=True)
class _Asked:
    is_so: npt.NDArray[np.bool_]
    folds: npt.NDArray[np.int64]
    columns: int = 1

    def suspect(self, values: pd.Series[Any], latest: pd.Series[Any] | None) -> LeakSuspect | None:
        """The suspect that a column is, if it is one; `latest` are the moments that features should stop before."""
        late = [] if latest is None else _late(values, latest)
        has = Values.of(values, latest)
        said = self._said(has)
        area = self._area(has, said)
        surely = area - _SURE_Z * roc_auc_error(area, self.is_so)
        evidence = list(late)
        if area >= SUSPECT_ROC_AUC and surely >= SUSPECT_ROC_AUC - 0.05:
            evidence.append(f"tells the label by itself (ROC AUC {area:.3f})")
        precision, coverage = self._sure(said)
        if filled := self._filled(values.notna().to_numpy()):
            evidence.append(filled)
        if precision:
            evidence.append(
                f"{precision:.1%} of the rows with certain values are so, {coverage:.0%} of all that are"
            )
        if evidence:
            return LeakSuspect(tuple(evidence), area)
        region = purest(has.at, has.codes, self.is_so, self.columns)
        return LeakSuspect((_told_of(region, self.is_so),), area, is_sure=region.is_pure) if region else None

    def roc_auc(self, values: pd.Series[Any]) -> float:
        """What the column reaches by itself."""
        has = Values.of(values)
        return self._area(has, self._said(has))

    def _area(self, has: Values, said: _Said) -> float:
        by_number = has.numbers.ordered(self.is_so) if has.numbers else None
        if by_number is None:
            return said.ordered.roc_auc
        in_order = by_number.roc_auc
        return max(said.ordered.roc_auc, in_order, 1 - in_order)

    def _said(self, has: Values) -> _Said:
        """What the codes say of each row, learnt on the other folds: all rows of a code and fold are said the same."""
        base, size = float(self.is_so.mean()), int(has.codes.max(initial=0)) + 1
        part = self.folds[has.at] * size + has.codes
        rows = np.bincount(part, minlength=_FOLDS * size).reshape(_FOLDS, size)
        so = np.bincount(part, weights=self.is_so[has.at], minlength=_FOLDS * size).reshape(_FOLDS, size)
        counts, sums = rows.sum(axis=0) - rows, so.sum(axis=0) - so
        rates = (sums + base) / (counts + 1)
        said = np.log(rates / (1 - rates)).ravel()
        is_sure = (counts >= _FEWEST_OF_VALUE) & (sums >= SURE_PRECISION * counts)
        if not has.has_words:
            ordered = Ordered.of_parts(so.ravel(), (rows - so).ravel(), said)
            return _Said(ordered, int(rows[is_sure].sum()), int(so[is_sure].sum()))
        score = np.bincount(has.at, weights=said[part], minlength=len(self.is_so)).astype(np.float64)
        sure = np.bincount(has.at, weights=is_sure.ravel()[part], minlength=len(self.is_so)) > 0
        return _Said(Ordered.of(self.is_so, score), int(sure.sum()), int((sure & self.is_so).sum()))

    def _sure(self, said: _Said) -> tuple[float, float]:
        """Precision and coverage of the rows said to be so; 0 and 0 where they are few, or hardly better than all."""
        size, hits, all_so = said.sure, said.sure_hits, int(self.is_so.sum())
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


def _late(values: pd.Series[Any], cutoff: pd.Series[Any]) -> list[str]:
    """Words for a date that lies after the day that features should stop before; none for what is no date."""
    if pd.api.types.infer_dtype(values, skipna=True) not in MOMENTS:
        return []
    when = moments(values)
    late, present = int((when > cutoff).sum()), int(when.notna().sum())
    if late < FEWEST or late < LATE_SHARE * present:
        return []
    return [f"lies after the cut-off in {late:,} of {present:,} rows"]
