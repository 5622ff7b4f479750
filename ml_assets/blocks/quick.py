"""A quick model of some columns: enough to tell what a block adds, at a tenth of what the published one costs.

What chooses is brief: half the rounds at twice the step, of at most 6,000 rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from meshlake.ml_assets.leaks.one_feature import drawn_rows
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from sklearn.ensemble import HistGradientBoostingClassifier

    from meshlake.ml_assets.blocks.encoded import Encoded

    Mask = npt.NDArray[np.bool_]
    Matrix = npt.NDArray[np.float32]
    Numbers = npt.NDArray[np.float64]

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
# On seven sets they tell what a block adds as well, in half the time.
_BRIEF: dict[str, Any] = {**_QUICK, "max_iter": 60, "learning_rate": 0.12}
_MOST_LEARNED = 6_000
_SEED, _SHUFFLES = 42, 3


@dataclass(frozen=True)
class Model:
    """A quick model of the columns at `places`, whose trees count them as in `order`; the base `rate` without any."""

    rate: float
    fitted: HistGradientBoostingClassifier | None = None
    places: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    order: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def said(self, rows: Matrix) -> Numbers:
        """What it says of `rows` (n, all columns), (n,)."""
        if self.fitted is None:
            return np.full(len(rows), self.rate)
        return np.asarray(expit(self._logits(self.fitted, rows)), dtype=np.float64)

    def costs(self, rows: Matrix, is_so: Mask, random: np.random.Generator) -> dict[int, float]:
        """What log loss rises by when a column of `rows` is shuffled, by its place; 0 for those that no tree asks.

        Only trees that ask for a column are asked again.
        """
        if self.fitted is None:
            return {}
        # scikit-learn, to whose version we hold, has no other names for its trees and for what they are asked by.
        trees = [tree for of_round in self.fitted._predictors for tree in of_round]
        words = (*self.fitted._bin_mapper.make_known_categories_bitsets(), 1)
        asked = [set(tree.nodes["feature_idx"][tree.nodes["is_leaf"] == 0].tolist()) for tree in trees]
        asking = {
            each: [t for t, of in zip(trees, asked, strict=True) if each in of]
            for each in set().union(*asked)
        }
        logits, values = (
            self._logits(self.fitted, rows),
            self.fitted._preprocess_X(rows[:, self.places], reset=False),
        )
        before, found = float(_losses_of(is_so, logits).mean()), {}
        for number in sorted(asking):
            own = values[:, number].copy()
            without, loss = logits - sum(tree.predict(values, *words) for tree in asking[number]), 0.0
            for _ in range(_SHUFFLES):
                values[:, number] = random.permutation(own)
                shuffled = without + sum(tree.predict(values, *words) for tree in asking[number])
                loss += float(_losses_of(is_so, shuffled).mean()) / _SHUFFLES
            values[:, number] = own
            found[int(self.order[number])] = loss - before
        return found

    def _logits(self, fitted: HistGradientBoostingClassifier, rows: Matrix) -> Numbers:
        with one_thread():
            return np.asarray(fitted.decision_function(rows[:, self.places]), dtype=np.float64)


def quick_model(
    encoded: Encoded,
    is_so: Mask,
    columns: Sequence[str],
    learned: npt.NDArray[np.int64],
    *,
    is_brief: bool = False,
) -> Model:
    """A model of the rows at the places `learned`, of those of `columns` that are filled there.

    Args:
        encoded: the rows, (n, m).
        is_so: their labels, (n,).
        columns: what is learned from.
        learned: the places of the rows to learn from, (k,).
        is_brief: whether it chooses only.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    drawn = learned[drawn_rows(len(learned), _MOST_LEARNED)] if is_brief else learned
    values, labels = encoded.values[drawn], is_so[drawn]
    places = encoded.places(columns)
    places = places[(~np.isnan(values[:, places])).any(axis=0)]
    if not len(places):
        return Model(float(labels.mean()))
    is_code = np.array([encoded.names[place] in encoded.categories for place in places])
    kind = _BRIEF if is_brief else _QUICK
    model = HistGradientBoostingClassifier(**kind, categorical_features=is_code, random_state=_SEED)
    with one_thread():
        model.fit(values[:, places], labels)
    # It puts categories first.
    return Model(float(labels.mean()), model, places, np.concatenate([places[is_code], places[~is_code]]))


def _losses_of(is_so: Mask, logits: Numbers) -> Numbers:
    return np.asarray(np.logaddexp(0.0, np.where(is_so, -logits, logits)), dtype=np.float64)
