"""A quick model of some columns: enough to tell what a block adds, at a tenth of what the published one costs.

What chooses is brief: half the rounds at twice the step, of at most 6,000 rows, in half of the bins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.leaks.one_feature import drawn_rows
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.blocks.encoded import Encoded
    from meshlake.ml_assets.blocks.target import Numbers, Rows, Target

    Matrix = npt.NDArray[np.float32]

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
# On seven sets they tell what a block adds as well, in a third of the time.
BRIEF_BINS = 128
_BRIEF: dict[str, Any] = {**_QUICK, "max_iter": 60, "learning_rate": 0.12, "max_bins": BRIEF_BINS}
# Of one weak column among fifteen of noise deeper trees, and more of them, learn the noise.
_PLAIN: dict[str, Any] = {**_BRIEF, "max_iter": 20, "max_leaf_nodes": 2}
MOST_LEARNED = 6_000
_SEED, _SHUFFLES = 42, 3


class Kind(Enum):
    """What a quick model is for: to measure (`FULL`), to choose (`BRIEF`), or to choose where little is said (`PLAIN`:
    few trees that each ask for one column)."""

    FULL = "full"
    BRIEF = "brief"
    PLAIN = "plain"


_PARAMETERS = {Kind.FULL: _QUICK, Kind.BRIEF: _BRIEF, Kind.PLAIN: _PLAIN}


@dataclass(frozen=True)
class Model:
    """A quick model of a target, of the columns at `places`, whose trees count them as in `order`; without any it says
    `level` of all, (outputs,)."""

    target: Target
    level: Numbers
    fitted: Any = None
    places: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    order: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def said(self, rows: Matrix) -> Numbers:
        """What it says of `rows` (n, all columns), (n,) or (n, classes)."""
        return self.target.said(self._raw(rows))

    def costs(self, rows: Matrix, tested: Rows, random: np.random.Generator) -> dict[int, float]:
        """What the loss of `rows` rises by when a column is shuffled, by its place; 0 for those that no tree asks.

        Only trees that ask for a column are asked again; `tested` are the places of the rows' labels.
        """
        if self.fitted is None:
            return {}
        # scikit-learn, to whose version we hold, has no other names for its trees and for what they are asked by.
        outputs = self.target.outputs(self.fitted)
        trees = [
            (tree, output)
            for of_round in self.fitted._predictors
            for tree, output in zip(of_round, outputs, strict=True)
        ]
        words = (*self.fitted._bin_mapper.make_known_categories_bitsets(), 1)
        asked = [set(tree.nodes["feature_idx"][tree.nodes["is_leaf"] == 0].tolist()) for tree, _ in trees]
        asking = {
            each: [tree for tree, of in zip(trees, asked, strict=True) if each in of]
            for each in set().union(*asked)
        }
        raw, values = self._raw(rows), self.fitted._preprocess_X(rows[:, self.places], reset=False)
        before, found = self._loss(tested, raw), {}

        def added(number: int, sign: int, to: Numbers) -> Numbers:
            total = to.copy()
            for tree, output in asking[number]:
                total[:, output] += sign * tree.predict(values, *words)
            return total

        for number in sorted(asking):
            own = values[:, number].copy()
            without, loss = added(number, -1, raw), 0.0
            for _ in range(_SHUFFLES):
                values[:, number] = random.permutation(own)
                loss += self._loss(tested, added(number, 1, without)) / _SHUFFLES
            values[:, number] = own
            found[int(self.order[number])] = loss - before
        return found

    def _loss(self, tested: Rows, raw: Numbers) -> float:
        return float(self.target.losses(tested, self.target.said(raw)).mean())

    def _raw(self, rows: Matrix) -> Numbers:
        if self.fitted is None:
            return np.tile(self.level, (len(rows), 1))
        with one_thread():
            return self.target.raw(self.fitted, rows[:, self.places])


def quick_model(
    encoded: Encoded,
    target: Target,
    columns: Sequence[str],
    learned: npt.NDArray[np.int64],
    kind: Kind = Kind.FULL,
) -> Model:
    """A model of the rows at the places `learned`, of those of `columns` that are filled there.

    Args:
        encoded: the rows, (n, m).
        target: their labels, (n,).
        columns: what is learned from.
        learned: the places of the rows to learn from, (k,).
        kind: what it is for; what chooses learns of at most 6,000 rows.
    """
    drawn = learned if kind is Kind.FULL else learned[drawn_rows(len(learned), MOST_LEARNED)]
    values, level = encoded.values[drawn], target.level(drawn)
    places = encoded.places(columns)
    places = places[(~np.isnan(values[:, places])).any(axis=0)]
    if not len(places):
        return Model(target, level)
    # Codes of two kinds are split alike as numbers, which scikit-learn need not encode again.
    is_code = np.array([encoded.names[place] in encoded.categories for place in places])
    is_code &= np.nanmax(values[:, places], axis=0) > 1
    with one_thread():
        fitted = target.fit(
            values[:, places],
            drawn,
            {**_PARAMETERS[kind], "categorical_features": is_code, "random_state": _SEED},
        )
    # It puts categories first.
    return Model(target, level, fitted, places, np.concatenate([places[is_code], places[~is_code]]))
