"""Quick models of sets of columns on rows that they did not see, and what one set gains over another beyond noise.

Where rows have periods, each but the first is predicted by what came before it (forward chaining; Hyndman and
Athanasopoulos, Forecasting, 3rd ed., section 5.10), but for the last, which is kept for the final word. Where they have
none, folds of whole groups are predicted by the others, twice over, and a quarter of the groups is kept. Differences of
loss are paired row by row, their errors those of whole groups (Cameron and Miller, A Practitioner's Guide to
Cluster-Robust Inference, 2015). What chooses is brief: half the rounds at twice the step, of at most 6,000 rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from meshlake.ml_assets.blocks.quick import BRIEF_BINS, MOST_LEARNED, Kind, quick_model
from meshlake.ml_assets.blocks.screening import strengths
from meshlake.ml_assets.leaks.one_feature import drawn_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.blocks.encoded import Encoded
    from meshlake.ml_assets.blocks.quick import Model
    from meshlake.ml_assets.blocks.target import Mask, Numbers, Target

_SEED = 42
_MOST_TESTED, _FOLDS, _REPEATS, _KEPT_SHARE = 4, 3, 2, 0.25
# Of sixty columns of a block so many tell its gain as well, in half of the time.
_MOST_OF_A_BLOCK = 20


@dataclass(frozen=True)
class Gain:
    """By how much the loss of a row falls, with its standard error."""

    estimate: float
    error: float

    @property
    def t(self) -> float:
        """How many standard errors it is."""
        return self.estimate / self.error if self.error > 0 else 0.0


@dataclass(frozen=True)
class Fold:
    """`rows` predicted by two sets of columns, learned from the same others: the figures of each, by name.

    `period` is theirs, from 0 on; None where there are no cut-offs.
    """

    period: int | None
    rows: int
    before: Mapping[str, float]
    after: Mapping[str, float]
    gain: Gain


@dataclass(frozen=True)
class HeldOut:
    """Labelled rows and the models of them.

    Args:
        encoded: all columns that may be asked of.
        target: their labels, (n,).
        groups: whom each row is about, from 0 on, (n,).
        periods: in which period its cut-off lies, from 0 on, (n,); None where there are no cut-offs.
        kind: what its models are for.
        blocks: sets of columns, of each of which models learn the twenty alone that say most at a glance of the rows
            that they learn from; empty where they learn all.
    """

    encoded: Encoded
    target: Target
    groups: npt.NDArray[np.int64]
    periods: npt.NDArray[np.int64] | None = None
    kind: Kind = Kind.FULL
    blocks: tuple[tuple[str, ...], ...] = ()
    _known: dict[tuple[tuple[str, ...], int], Numbers] = field(default_factory=dict, repr=False)
    _told: dict[int, dict[str, float]] = field(default_factory=dict, repr=False)

    @property
    def brief(self) -> HeldOut:
        """The same with models that choose."""
        return self._choosing(Kind.BRIEF)

    @property
    def plain(self) -> HeldOut:
        """The same with models that choose where little is said."""
        return self._choosing(Kind.PLAIN)

    def _choosing(self, kind: Kind) -> HeldOut:
        return replace(self, encoded=self.encoded.of_kinds(BRIEF_BINS), kind=kind, _known={}, _told={})

    def of_few(self, blocks: Sequence[Sequence[str]]) -> HeldOut:
        """The same with models that learn of each of `blocks` the columns alone that say most at a glance."""
        return replace(self, blocks=tuple(map(tuple, blocks)))

    def having(self, encoded: Encoded) -> HeldOut:
        """The same rows with other columns."""
        return replace(self, encoded=encoded, _known={}, _told={})

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
            if self.target.can_learn(learned) and self.target.can_learn(tested)
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

    @property
    def half(self) -> range:
        """The places of the later half of `splits`, which learn from most rows, or of one of the repeats."""
        return range(len(self.splits) // 2, len(self.splits))

    def losses(self, columns: Sequence[str], places: Sequence[int] | None = None) -> Numbers:
        """The loss of each row that `splits` test, with a model of `columns`; nan for the others, (n,).

        Args:
            columns: what is learned from.
            places: which of `splits` are asked; all of them where it is None.
        """
        return self._losses(columns, places, lambda _, said: said)

    def losses_at_level(self, columns: Sequence[str], places: Sequence[int] | None = None) -> Numbers:
        """The same where what is said of a period is moved until it is right of the period as a whole, (n,).

        A column that only says when (a count of what ended before the second cut-off) says the same of all rows of a
        period, and gains where the first was otherwise: not so here.
        """
        if self.periods is None:
            return self.losses(columns, places)
        return self._losses(columns, places, self.target.at_level)

    def _losses(
        self, columns: Sequence[str], places: Sequence[int] | None, of: Callable[[Mask, Numbers], Numbers]
    ) -> Numbers:
        total, count = np.zeros(len(self.target)), np.zeros(len(self.target))
        for place in range(len(self.splits)) if places is None else places:
            _, tested = self.splits[place]
            total[tested] += self.target.losses(tested, of(tested, self._said_of(columns, place)))
            count[tested] += 1
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def _said_of(self, columns: Sequence[str], place: int) -> Numbers:
        """What a model of `columns` says of the rows that one of `splits` tests; fitted once."""
        key = self._few(columns, place), place
        if key not in self._known:
            self._known[key] = self.predicted(key[0], *self.splits[place])
        return self._known[key]

    def _few(self, columns: Sequence[str], place: int) -> tuple[str, ...]:
        """`columns` without those of each of `blocks` that say least of the rows that one of `splits` learns from."""
        told, left_out = self._told.setdefault(place, {}), set[str]()
        for block in self.blocks:
            asked = [name for name in block if name in columns]
            if len(asked) > _MOST_OF_A_BLOCK:
                if not told.keys() >= {*asked}:
                    told |= self._telling(asked, self.splits[place][0])
                left_out |= set(sorted(asked, key=lambda name: -told[name])[_MOST_OF_A_BLOCK:])
        return tuple(name for name in columns if name not in left_out)

    def folds(self, columns: Sequence[str], base: Sequence[str]) -> tuple[Fold, ...]:
        """What `columns` and `base` say of the rows that each of `splits` tests."""
        return tuple(self._fold(columns, base, place) for place in range(len(self.splits)))

    def _fold(self, columns: Sequence[str], base: Sequence[str], place: int) -> Fold:
        _, tested = self.splits[place]
        after, before = (self._said_of(each, place) for each in (columns, base))
        target = self.target
        return Fold(
            None if self.periods is None else int(self.periods[tested].max()),
            int(tested.sum()),
            target.scores(tested, before),
            target.scores(tested, after),
            gain_of(target.losses(tested, before) - target.losses(tested, after), self.groups[tested]),
        )

    def predicted(self, columns: Sequence[str], learned: Mask, tested: Mask) -> Numbers:
        """What a model of the rows `learned` says of those `tested`, (k,) or (k, classes)."""
        return self.model(columns, learned).said(self.encoded.values[tested])

    def model(self, columns: Sequence[str], learned: Mask) -> Model:
        """A quick model of the rows `learned`, of those of `columns` that are filled there."""
        return quick_model(self.encoded, self.target, columns, np.flatnonzero(learned), self.kind)

    def telling(self, names: Sequence[str]) -> dict[str, float]:
        """How far each of the columns `names` is beyond chance at a glance (see `strengths`), of rows that choose."""
        return self._telling(names, ~self.is_kept)

    def _telling(self, names: Sequence[str], which: Mask) -> dict[str, float]:
        rows = np.flatnonzero(which)
        rows = rows[drawn_rows(len(rows), MOST_LEARNED)]
        return strengths(self.encoded.only(names, rows), self.target.codes[rows])

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
