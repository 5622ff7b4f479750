"""What each feature alone does to what histogram gradient boostings say, without scoring rows once for each feature.

Method: QuickScorer (Lucchese et al., SIGIR 2015). The leaves of a tree are bits of a word, from left to right; a test
that a value fails takes those of its left side away, and the lowest bit that is left is the row's leaf. What a value
leaves of all trees is looked up at once, so that another value of one feature is one "and" for each tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from operator import and_
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from sklearn.ensemble import HistGradientBoostingClassifier

    Numbers = npt.NDArray[np.float64]
    Positions = npt.NDArray[np.intp]
    Words = npt.NDArray[Any]

# A word has no more bits than a tree may have leaves.
MOST_LEAVES = 64
# Words of so many rows stay near the processor.
_ROWS_AT_ONCE = 512
_CATEGORIES = np.arange(256)


def boosted_effects(
    boostings: Sequence[HistGradientBoostingClassifier],
    numbers: Numbers,
    usual: Numbers,
    features: Positions,
) -> Numbers | None:
    """What the mean probability of `boostings` falls by where a feature alone takes its usual value.

    Args:
        boostings: fitted on two classes.
        numbers: the columns they take, shape (rows, columns).
        usual: the same of a usual row, shape (columns,).
        features: of which feature, from 0 on, each column was made, shape (columns,).

    Returns:
        Of shape (rows, features), to rounding what scoring says; `None` of trees of more than `MOST_LEAVES` leaves.
    """
    known = [trees for each in boostings if (trees := _trees_of(each)) is not None]
    if len(known) < len(boostings):
        return None
    effects = np.zeros((len(numbers), int(features.max()) + 1))
    for boosting, trees in zip(boostings, known, strict=True):
        given = boosting._preprocess_X(np.vstack([numbers, usual]), reset=False)
        odds, moved = trees.log_odds(given[:-1], given[-1:], features[_order(boosting, len(usual))])
        effects[:, : moved.shape[1]] += (expit(odds) - expit(odds + moved)) / len(known)
    return effects


def _order(boosting: HistGradientBoostingClassifier, columns: int) -> Positions:
    """Which column each is that its trees ask for: categories come first."""
    if boosting.is_categorical_ is None:
        return np.arange(columns)
    return np.argsort(~boosting.is_categorical_, kind="stable")


@dataclass(frozen=True)
class _Column:
    """`words` are what each value leaves of each tree, shape (codes, trees); of a number the `edges` make the code."""

    edges: Numbers | None
    words: Words

    def codes(self, values: Numbers) -> Positions:
        """The position of each value; what is not known has the last."""
        is_known = ~np.isnan(values)
        found = np.full(len(values), len(self.words) - 1)
        known = values[is_known]
        found[is_known] = known.astype(np.intp) if self.edges is None else np.searchsorted(self.edges, known)
        return found

    def goes_left(
        self, node: Any, predictor: Any, is_category: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        """Whether each code goes left at `node`; `is_category` are the categories that were known in training."""
        if self.edges is not None:
            is_left = np.arange(len(self.edges) + 1) <= np.searchsorted(self.edges, node["num_threshold"])
        else:
            is_left = _bits(predictor.raw_left_cat_bitsets[node["bitset_idx"]])
            is_left = np.where(is_left | is_category, is_left, bool(node["missing_go_to_left"]))
        return np.append(is_left, bool(node["missing_go_to_left"]))


@dataclass(frozen=True)
class BitTrees:
    """All trees of a boosting: the `columns` that they ask for, by position, `leaves` of shape (trees, leaves), from
    left to right, and the log odds where there is no tree."""

    columns: Mapping[int, _Column]
    leaves: Numbers
    baseline: float

    def log_odds(self, given: Numbers, usual: Numbers, features: Positions) -> tuple[Numbers, Numbers]:
        """The log odds of the rows `given`, shape (n, 1), and where each of the features is as in the row `usual`, what
        they move by, shape (n, features)."""
        odds = np.full((len(given), 1), self.baseline)
        moved = np.zeros((len(given), int(features.max()) + 1))
        places: dict[int, list[int]] = {}
        for place in self.columns:
            places.setdefault(int(features[place]), []).append(place)
        codes = {place: column.codes(given[:, place]) for place, column in self.columns.items()}
        of_usual = {place: column.codes(usual[:, place]) for place, column in self.columns.items()}
        otherwise = [self._words(each, of_usual, slice(None)) for each in places.values()]
        for first in range(0, len(given), _ROWS_AT_ONCE):
            rows = slice(first, first + _ROWS_AT_ONCE)
            words = [self._words(each, codes, rows) for each in places.values()]
            odds[rows, 0] += self._moves(words, otherwise, moved[rows], list(places))
        return odds, moved

    def _words(self, places: Sequence[int], codes: Mapping[int, Positions], rows: slice) -> Words:
        """What the columns at `places`, those of one feature, leave of each tree, shape (rows, trees)."""
        first, *others = (self.columns[place].words[codes[place][rows]] for place in places)
        for other in others:
            first &= other
        return first

    def _moves(
        self, words: list[Words], otherwise: list[Words], moved: Numbers, features: Sequence[int]
    ) -> Numbers:
        """The sum of the leaves of each row, shape (n,); what it moves by is written into `moved`."""
        if not words:  # no tree asks for anything
            return np.full(len(moved), self.leaves[:, 0].sum())
        before, after = list(accumulate(words, and_)), list(accumulate(reversed(words), and_))[::-1]
        leaf, first_leaf = _lowest(before[-1]), np.arange(len(self.leaves)) * self.leaves.shape[1]
        values = self.leaves.ravel()[first_leaf + _position(leaf)]
        for number, (feature, other) in enumerate(zip(features, otherwise, strict=True)):
            left = other & after[number + 1] if number + 1 < len(words) else np.repeat(other, len(leaf), 0)
            found = _lowest(left & before[number - 1] if number else left).ravel()
            at = np.flatnonzero(found != leaf.ravel())
            row, tree = np.divmod(at, len(self.leaves))
            change = self.leaves.ravel()[first_leaf[tree] + _position(found[at])] - values.ravel()[at]
            moved[:, feature] = np.bincount(row, weights=change, minlength=len(leaf))
        total: Numbers = values.sum(axis=1)
        return total


def _lowest(words: Words) -> Words:
    """The lowest bit alone."""
    lowest: Words = words & (0 - words)
    return lowest


def _position(bit: Words) -> Positions:
    """Which bit it is, from 0 on."""
    return np.frexp(bit.astype(np.float64))[1] - np.intp(1)


_KNOWN: WeakKeyDictionary[HistGradientBoostingClassifier, BitTrees] = WeakKeyDictionary()


def _trees_of(boosting: HistGradientBoostingClassifier) -> BitTrees | None:
    """Its trees as bits, made once; `None` if they do not fit. scikit-learn, to whose version we hold, has no other
    name for them."""
    if boosting not in _KNOWN:
        predictors = [predictor for of_round in boosting._predictors for predictor in of_round]
        most = max((int(each.nodes["is_leaf"].sum()) for each in predictors), default=1)
        if most > MOST_LEAVES or boosting.n_trees_per_iteration_ > 1:
            return None
        _KNOWN[boosting] = _written(boosting, predictors, most)
    return _KNOWN[boosting]


def _written(boosting: HistGradientBoostingClassifier, predictors: Sequence[Any], most: int) -> BitTrees:
    columns = _columns(predictors, np.uint16 if most <= np.iinfo(np.uint16).bits else np.uint64)
    leaves = np.zeros((len(predictors), most))
    sets, of_column = boosting._bin_mapper.make_known_categories_bitsets()
    is_category = {p: _bits(sets[of_column[p]]) for p, each in columns.items() if each.edges is None}

    def write(tree: int, at: int, first: int) -> int:
        """Write the nodes from `at` on, whose leaves begin with `first`; the position after their last."""
        node = predictors[tree].nodes[at]
        if node["is_leaf"]:
            leaves[tree, first] = node["value"]
            return first + 1
        middle = write(tree, node["left"], first)
        place = int(node["feature_idx"])
        column = columns[place]
        is_left = column.goes_left(node, predictors[tree], is_category.get(place, np.empty(0, dtype=bool)))
        of_left = column.words.dtype.type((1 << middle) - (1 << first))
        column.words[~is_left, tree] &= ~of_left
        return write(tree, node["right"], middle)

    for tree in range(len(predictors)):
        write(tree, 0, 0)
    return BitTrees(columns, leaves, float(boosting._baseline_prediction.item()))


def _columns(predictors: Sequence[Any], kind: type) -> dict[int, _Column]:
    nodes = np.concatenate([each.nodes[each.nodes["is_leaf"] == 0] for each in predictors])
    found = {}
    for place in np.unique(nodes["feature_idx"]).tolist():
        mine = nodes[nodes["feature_idx"] == place]
        edges = None if mine["is_categorical"].any() else np.unique(mine["num_threshold"])
        codes = len(_CATEGORIES) if edges is None else len(edges) + 1
        found[place] = _Column(edges, np.full((codes + 1, len(predictors)), np.iinfo(kind).max, dtype=kind))
    return found


def _bits(words: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Which categories are in a set of scikit-learn's, shape (256,)."""
    found: npt.NDArray[np.bool_] = (words[_CATEGORIES // 32] >> (_CATEGORIES % 32).astype(np.uint32)) % 2 == 1
    return found
