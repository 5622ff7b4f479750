"""Quick models of sets of columns on rows that they did not see, and what one set gains over another beyond noise.

Where rows have periods, each but the first is predicted by what came before it (forward chaining; Hyndman and
Athanasopoulos, Forecasting, 3rd ed., section 5.10), but for the last, which is kept for the final word. Where they have
none, folds of whole groups are predicted by the others, twice over, and a quarter of the groups is kept. Differences of
log loss are paired row by row, their errors those of whole groups (Cameron and Miller, A Practitioner's Guide to
Cluster-Robust Inference, 2015).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.metrics import log_losses, probability_metrics
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt
    from sklearn.ensemble import HistGradientBoostingClassifier

    from meshlake.ml_assets.blocks.encoded import Encoded

    Mask = npt.NDArray[np.bool_]
    Matrix = npt.NDArray[np.float32]
    Numbers = npt.NDArray[np.float64]

# What a quick model is: enough to tell what a block adds, at a tenth of what the published one costs.
_QUICK: dict[str, Any] = {
    **{
        "max_iter": 120,
        "learning_rate": 0.06,
        "max_leaf_nodes": 8,
        "min_samples_leaf": 30,
        "max_features": 0.5,
    },
    **{"l2_regularization": 5.0, "early_stopping": False},
}
_SEED = 42
_MOST_TESTED, _FOLDS, _REPEATS, _KEPT_SHARE = 4, 3, 2, 0.25
_ONE_CLASS = 2
_LEAST, _STEPS = 1e-6, 20


@dataclass(frozen=True)
class Gain:
    """By how much log loss (nats a row) falls, with its standard error."""

    estimate: float
    error: float

    @property
    def t(self) -> float:
        """How many standard errors it is."""
        return self.estimate / self.error if self.error > 0 else 0.0


@dataclass(frozen=True)
class Fold:
    """`rows` predicted by two sets of columns, learned from the same others: by log loss (nats) and ROC AUC of each.

    `period` is theirs, from 0 on; None where there are no cut-offs.
    """

    period: int | None
    rows: int
    base_log_loss: float
    log_loss: float
    base_roc_auc: float
    roc_auc: float
    gain: Gain


@dataclass(frozen=True)
class HeldOut:
    """Labelled rows and the models of them.

    Args:
        encoded: all columns that may be asked of.
        is_so: the label, (n,).
        groups: whom each row is about, from 0 on, (n,).
        periods: in which period its cut-off lies, from 0 on, (n,); None where there are no cut-offs.
    """

    encoded: Encoded
    is_so: Mask
    groups: npt.NDArray[np.int64]
    periods: npt.NDArray[np.int64] | None = None
    _known: dict[tuple[str, ...], tuple[Numbers, Numbers]] = field(default_factory=dict, repr=False)

    @cached_property
    def is_kept(self) -> Mask:
        """The rows that choose nothing: those of the last period, or of a quarter of the groups."""
        if self.periods is not None and self.periods.max() > 0:
            return np.asarray(self.periods == self.periods.max())
        drawn = np.random.default_rng(_SEED).random(int(self.groups.max()) + 1) < _KEPT_SHARE
        return np.asarray(drawn[self.groups], dtype=bool)

    @cached_property
    def splits(self) -> tuple[tuple[Mask, Mask], ...]:
        """Rows to learn from and rows to predict, none of which is kept."""
        return tuple(
            (learned, tested)
            for learned, tested in self._splits()
            if _has_both(self.is_so[learned]) and _has_both(self.is_so[tested])
        )

    def _splits(self) -> Iterator[tuple[Mask, Mask]]:
        known = ~self.is_kept
        if self.periods is not None and self.periods.max() > 1:
            last = int(self.periods.max())
            for period in range(max(1, last - _MOST_TESTED), last):
                yield self.periods < period, self.periods == period
            return
        for repeat in range(_REPEATS):
            folds = np.random.default_rng(_SEED + repeat).integers(0, _FOLDS, int(self.groups.max()) + 1)
            for fold in range(_FOLDS):
                is_out = folds[self.groups] == fold
                yield known & ~is_out, known & is_out

    def losses(self, columns: Sequence[str]) -> Numbers:
        """The log loss of each row that `splits` test, with a model of `columns`; nan for the others, (n,)."""
        raw, _ = self._both_losses(columns)
        return raw

    def losses_at_level(self, columns: Sequence[str]) -> Numbers:
        """The same where what is said of a period is moved to the share that is so in it, (n,).

        A column that only says when (a count of what ended before the second cut-off) says the same of all rows of a
        period, and gains where the first was otherwise: not so here.
        """
        _, moved = self._both_losses(columns)
        return moved

    def _both_losses(self, columns: Sequence[str]) -> tuple[Numbers, Numbers]:
        key = tuple(columns)
        if key not in self._known:
            total, count = np.zeros((2, len(self.is_so))), np.zeros(len(self.is_so))
            for learned, tested in self.splits:
                is_so, said = self.is_so[tested], self.predicted(columns, learned, tested)
                moved = said if self.periods is None else _at_level(said, float(is_so.mean()))
                total[:, tested] += log_losses(is_so, said), log_losses(is_so, moved)
                count[tested] += 1
            with np.errstate(invalid="ignore"):
                raw, moved = np.where(count > 0, total / np.maximum(count, 1), np.nan)
            self._known[key] = raw, moved
        return self._known[key]

    def folds(self, columns: Sequence[str], base: Sequence[str]) -> tuple[Fold, ...]:
        """What `columns` and `base` say of the rows that each of `splits` tests."""
        return tuple(self._fold(columns, base, learned, tested) for learned, tested in self.splits)

    def _fold(self, columns: Sequence[str], base: Sequence[str], learned: Mask, tested: Mask) -> Fold:
        is_so = self.is_so[tested]
        said, before = (self.predicted(each, learned, tested) for each in (columns, base))
        gain = gain_of(log_losses(is_so, before) - log_losses(is_so, said), self.groups[tested])
        of_base, of_columns = (probability_metrics(is_so, each) for each in (before, said))
        return Fold(
            None if self.periods is None else int(self.periods[tested].max()),
            len(is_so),
            of_base["log_loss"],
            of_columns["log_loss"],
            of_base["roc_auc"],
            of_columns["roc_auc"],
            gain,
        )

    def predicted(self, columns: Sequence[str], learned: Mask, tested: Mask) -> Numbers:
        """What a model of the rows `learned` says of those `tested`, (k,)."""
        return self.model(columns, learned)(self.encoded.values[tested])

    def model(self, columns: Sequence[str], learned: Mask) -> Callable[[Matrix], Numbers]:
        """A quick model of the rows `learned`: what it says of rows of `encoded`; the base rate without columns."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        values = self.encoded.values[learned]
        places = self.encoded.places([name for name in columns if self._is_filled(name, values)])
        if not len(places):
            rate = float(self.is_so[learned].mean())
            return lambda rows: np.full(len(rows), rate)
        is_code = [self.encoded.names[place] in self.encoded.categories for place in places]
        model = HistGradientBoostingClassifier(**_QUICK, categorical_features=is_code, random_state=_SEED)
        with one_thread():
            model.fit(values[:, places], self.is_so[learned])
        return lambda rows: _said(model, rows[:, places])

    def _is_filled(self, name: str, values: Matrix) -> bool:
        return bool((~np.isnan(values[:, self.encoded.places([name])])).any())

    def loss(self, probability: Numbers, tested: Mask) -> float:
        """The mean log loss of what is said of the rows `tested`."""
        return float(log_losses(self.is_so[tested], probability).mean())

    def gain(self, of: Numbers, over: Numbers) -> Gain:
        """What losses `of` one model gain over those of another."""
        return gain_of(over - of, self.groups)


def gain_of(differences: Numbers, groups: npt.NDArray[np.int64]) -> Gain:
    """The mean of `differences`, where they are known, with the error that whole `groups` leave.

    Example:
        >>> gain_of(np.array([0.1, 0.3, np.nan]), np.array([0, 1, 1])).estimate.round(3)
        np.float64(0.2)
    """
    is_known = ~np.isnan(differences)
    count = int(is_known.sum())
    if not count:
        return Gain(0.0, 0.0)
    mean = float(differences[is_known].mean())
    sums = np.bincount(groups[is_known], weights=differences[is_known] - mean)
    return Gain(mean, float(np.sqrt((sums**2).sum())) / count)


def _at_level(said: Numbers, share: float) -> Numbers:
    """Probabilities (n,) whose logits are moved alike until their mean is `share`, by Newton's method."""
    clipped = np.clip(said, _LEAST, 1 - _LEAST)
    logits = np.log(clipped / (1 - clipped))
    for _ in range(_STEPS):
        moved = 1 / (1 + np.exp(-logits))
        logits = logits + np.clip((share - moved.mean()) / max((moved * (1 - moved)).mean(), _LEAST), -1, 1)
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float64)


def _said(model: HistGradientBoostingClassifier, rows: Matrix) -> Numbers:
    with one_thread():
        return np.asarray(model.predict_proba(rows)[:, 1], dtype=np.float64)


def _has_both(is_so: Mask) -> bool:
    return len(np.unique(is_so)) == _ONE_CLASS
