"""How good predictions are, and whether a model's are better than another's beyond noise, on rows not learned from.

Method: three figures, or their differences on the same rows, with intervals by the paired bootstrap, which draws
customers and not rows (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 16). How models are
fitted does not belong here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.document import LabelledSpec

    Labels = npt.NDArray[np.bool_]
    Probabilities = npt.NDArray[np.float64]

RESAMPLES = 500
# More rows make intervals no narrower than what matters, and each resample costs their number.
MAX_ROWS = 20_000
MIN_ROWS_PER_CLASS = 5
_INTERVAL = (0.025, 0.975)
_FIGURES = ("log_loss", "roc_auc", "calibration_error")
_BINS = 10
# Published probabilities have six decimals: zero is anything below half of the last.
_SMALLEST = 5e-7


@dataclass(frozen=True)
class Interval:
    """A figure, with a 95 % interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference(Interval):
    """How much better a model is than another by one figure; below zero it is worse."""

    @property
    def is_better(self) -> bool:
        """Whether it is better beyond noise."""
        return self.low > 0

    @property
    def is_worse(self) -> bool:
        """Whether it is worse beyond noise."""
        return self.high < 0


@dataclass(frozen=True)
class Comparison:
    """A model held against another on `rows`: `log_loss` (nats), `roc_auc` and `calibration_error` (of ten bins)."""

    rows: int
    log_loss: Difference
    roc_auc: Difference
    calibration_error: Difference

    @property
    def is_better(self) -> bool:
        """Whether its probabilities are better beyond noise, and neither its order nor its calibration is worse."""
        return self.log_loss.is_better and not self.roc_auc.is_worse and not self.calibration_error.is_worse

    @property
    def is_worse(self) -> bool:
        """Whether its probabilities or their order are worse beyond noise."""
        return self.log_loss.is_worse or self.roc_auc.is_worse

    @property
    def has_better_order(self) -> bool:
        """Whether its order is better beyond noise, and its probabilities are not worse."""
        return self.roc_auc.is_better and not self.log_loss.is_worse

    @property
    def is_better_than_chance(self) -> bool:
        """Where the other is a base rate: whether both the probabilities and their order say more, beyond noise."""
        return self.log_loss.is_better and self.roc_auc.is_better

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


def can_compare(is_churned: Labels) -> bool:
    """Whether rows with these labels tell anything of two models."""
    return min(int(is_churned.sum()), int((~is_churned).sum())) >= MIN_ROWS_PER_CLASS


def groups_by(rows: pd.DataFrame, spec: LabelledSpec) -> npt.NDArray[np.int64]:
    """Which of `rows` go together, as numbers from 0 on: those of one group, or where there is none of one key."""
    if not spec.group or not {*spec.group} <= {*rows.columns}:
        return groups_of(rows, spec.key)
    is_alone = rows[list(spec.group)].isna().any(axis=1).to_numpy()
    by_key = len(rows) + groups_of(rows, spec.key)
    found = np.where(is_alone, by_key, groups_of(rows, spec.group))
    return np.unique(found, return_inverse=True)[1].astype(np.int64)


def groups_of(rows: pd.DataFrame, key: Sequence[str]) -> npt.NDArray[np.int64]:
    """Whom each of `rows` is about, as numbers from 0 on: shape (n,)."""
    return np.asarray(rows.groupby(list(key), dropna=False, sort=False).ngroup(), dtype=np.int64)


def compare(
    is_churned: Labels, model: Probabilities, other: Probabilities, groups: npt.NDArray[np.int64], seed: int
) -> Comparison:
    """Hold `model` against `other`; all arrays are (n,), both classes must occur.

    Args:
        is_churned: the labels.
        model: what one predicts of each row, not having seen its label.
        other: what the other predicts of it; a constant is a base rate.
        groups: whom each row is about, from 0 on: rows of one customer are drawn together.
        seed: the same gives the same intervals.
    """
    drawn, weights = resamples(groups, seed)
    first, second = (_Figures(is_churned[drawn], each[drawn]) for each in (model, other))
    with one_thread():  # Of 20,000 rows each sum took ten times as long by two threads of busy cores.
        found = with_intervals([_improvement(first.of(each), second.of(each)) for each in weights])
    return Comparison(len(drawn), *(Difference(*each) for each in found))


def measure(
    is_churned: Labels, probability: Probabilities, groups: npt.NDArray[np.int64], seed: int
) -> dict[str, Interval]:
    """`log_loss`, `roc_auc` and `calibration_error` of predictions; the arguments are those of `compare`."""
    return measure_together(is_churned[:, np.newaxis], probability[:, np.newaxis], groups, seed)


def measure_together(
    labels: Labels, probability: Probabilities, groups: npt.NDArray[np.int64], seed: int
) -> dict[str, Interval]:
    """As `measure`, of several labels the mean of each figure: `labels` and `probability` are (n, labels)."""
    drawn, weights = resamples(groups, seed)
    each_label = [_Figures(*each) for each in zip(labels[drawn].T, probability[drawn].T, strict=True)]
    with one_thread():
        found = with_intervals([np.mean([of.of(each) for of in each_label], axis=0) for each in weights])
    return dict(zip(_FIGURES, (Interval(*each) for each in found), strict=True))


def resamples(
    groups: npt.NDArray[np.int64], seed: int
) -> tuple[npt.NDArray[np.int64], Iterator[npt.NDArray[np.float64]]]:
    """The rows to measure by, and the weights of each: first all alike, then as each resample draws their groups."""
    random = np.random.default_rng(seed)
    rows = np.arange(len(groups))
    if len(rows) > MAX_ROWS:
        rows = np.sort(random.choice(len(groups), MAX_ROWS, replace=False))
    _, group = np.unique(groups[rows], return_inverse=True)
    count = int(group.max()) + 1
    # As `multinomial` draws, in a tenth of its time.
    drawn = (np.bincount(random.integers(0, count, count), minlength=count) for _ in range(RESAMPLES))
    return rows, chain([np.ones(len(rows))], (each[group].astype(np.float64) for each in drawn))


def with_intervals(figures: list[npt.NDArray[np.float64]]) -> Iterator[tuple[float, float, float]]:
    """Each figure of the first, between what those of all others have; shape (3,) of each."""
    low, high = np.nanquantile(figures[1:], _INTERVAL, axis=0)
    return ((float(e), float(lo), float(hi)) for e, lo, hi in zip(figures[0], low, high, strict=True))


def _improvement(model: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Less log loss and calibration error, and more area, is better."""
    loss, area, error = model - other
    return np.array([-loss, area, -error])


class _Figures:
    """Log loss, ROC AUC and calibration error of fixed predictions, for any weights of their rows.

    What does not depend on the weights is worked out once: rows lie in the order of their probabilities, of each class
    by themselves.
    """

    def __init__(self, is_churned: Labels, probability: Probabilities) -> None:
        self._order = np.argsort(probability, kind="stable")
        label, ordered = is_churned[self._order], probability[self._order]
        clipped = np.clip(ordered, _SMALLEST, 1 - _SMALLEST)
        self._loss = -np.where(label, np.log(clipped), np.log1p(-clipped))
        self._off = label - ordered
        self._bins = np.unique(np.arange(len(ordered)) * _BINS // len(ordered), return_index=True)[1]
        self._churned, self._stayed = np.flatnonzero(label), np.flatnonzero(~label)
        # Of each row that churned, how many that stayed are surely less probable, and how many at most as probable.
        self._less, self._tied = (
            np.searchsorted(ordered[self._stayed], ordered[self._churned], side=side)
            for side in ("left", "right")
        )
        self._has_ties = bool((self._less != self._tied).any())

    def of(self, weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The three figures, shape (3,); the area is NaN where a class has no weight."""
        weights = weights[self._order]
        churned = weights[self._churned]
        stayed = np.concatenate([[0.0], np.cumsum(weights[self._stayed])])
        won = churned @ stayed[self._less]
        if self._has_ties:
            won = (won + churned @ stayed[self._tied]) / 2
        pairs = churned.sum() * stayed[-1]
        area = won / pairs if pairs else np.nan
        error = np.abs(np.add.reduceat(weights * self._off, self._bins)).sum()
        total = weights.sum()
        return np.array([weights @ self._loss / total, area, error / total])
