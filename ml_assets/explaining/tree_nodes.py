"""The nodes of fitted trees as arrays, whichever of scikit-learn's they are, and in which order their leaves come.

scikit-learn, to whose version we hold, has no other names for `tree_`, `_predictors` and what they keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.tree._tree import Tree

    Numbers = npt.NDArray[np.float64]
    Positions = npt.NDArray[np.intp]
    Mask = npt.NDArray[np.bool_]

_CATEGORIES = np.arange(256)
_OF_NODES = ("tree", "left", "right", "column", "threshold", "is_left_else", "value", "of_set")


@dataclass(frozen=True)
class TreeNodes:
    """All nodes of some trees, each array of shape (nodes,): of which `tree`, from 0 on, and where among them the nodes
    to its `left` and `right` are, -1 of leaves, which have a `value`.

    A node asks whether the number in `column` is at most `threshold`, or, where `of_set` is not -1, whether the
    category goes left by that row of `sets`, shape (sets, categories). What is not known goes left where
    `is_left_else`.
    """

    tree: Positions
    left: Positions
    right: Positions
    column: Positions
    threshold: Numbers
    is_left_else: Mask
    value: Numbers
    of_set: Positions
    sets: Mask

    def __len__(self) -> int:
        return len(self.tree)

    def part(self, first: int, end: int) -> TreeNodes:
        """The trees from `first` on that are before `end`."""
        low, high = np.searchsorted(self.tree, [first, end])
        cut = {name: getattr(self, name)[low:high] for name in _OF_NODES}
        for side in ("left", "right"):
            cut[side] = np.where(cut[side] < 0, -1, cut[side] - low)
        return TreeNodes(**{**cut, "tree": cut["tree"] - first}, sets=self.sets)

    def asked(self) -> dict[int, Positions]:
        """By column the nodes that ask for it."""
        inner = np.flatnonzero(self.left >= 0)
        column = self.column[inner]
        return {place: inner[column == place] for place in np.unique(column).tolist()}

    def leaf_ranges(self) -> tuple[Positions, Positions]:
        """The first leaf below each node, counted from left to right in its tree, and how many there are."""
        inner, level = [], np.flatnonzero(np.diff(self.tree, prepend=-1))
        while len(level):
            level = level[self.left[level] >= 0]
            inner.append(level)
            level = np.concatenate([self.left[level], self.right[level]])
        first, count = np.zeros(len(self.tree), dtype=np.intp), np.ones(len(self.tree), dtype=np.intp)
        for each in reversed(inner):
            count[each] = count[self.left[each]] + count[self.right[each]]
        for each in inner:
            first[self.left[each]] = first[each]
            first[self.right[each]] = first[each] + count[self.left[each]]
        return first, count


def nodes_of_forest(trees: Sequence[Tree]) -> TreeNodes:
    """Of trees of two classes, whose leaves give the share of the second."""
    counts = [each.node_count for each in trees]
    tree, start = _numbered(counts)
    left = np.concatenate([each.children_left for each in trees])
    right = np.concatenate([each.children_right for each in trees])
    of_classes = np.concatenate([each.value[:, 0] for each in trees])
    return TreeNodes(
        tree,
        np.where(left < 0, -1, left + start),
        np.where(left < 0, -1, right + start),
        np.concatenate([each.feature for each in trees]),
        np.concatenate([each.threshold for each in trees]),
        np.concatenate([each.missing_go_to_left for each in trees]).astype(bool),
        of_classes[:, 1] / of_classes.sum(axis=1),
        np.full(len(tree), -1),
        np.empty((0, 0), dtype=bool),
    )


def nodes_of_boosting(boosting: HistGradientBoostingClassifier) -> TreeNodes:
    """Of a boosting of two classes, whose leaves add to the log odds."""
    predictors = [predictor for of_round in boosting._predictors for predictor in of_round]
    tree, start = _numbered([len(each.nodes) for each in predictors])
    nodes = np.concatenate([each.nodes for each in predictors])
    is_leaf, is_left_else = nodes["is_leaf"].astype(bool), nodes["missing_go_to_left"].astype(bool)
    is_of_set = nodes["is_categorical"].astype(bool) & ~is_leaf
    return TreeNodes(
        tree,
        np.where(is_leaf, -1, nodes["left"] + start),
        np.where(is_leaf, -1, nodes["right"] + start),
        nodes["feature_idx"].astype(np.intp),
        nodes["num_threshold"].astype(np.float64),
        is_left_else,
        nodes["value"].astype(np.float64),
        np.where(is_of_set, np.cumsum(is_of_set) - 1, -1),
        _goes_left(boosting, predictors, nodes[is_of_set], tree[is_of_set]),
    )


def _goes_left(boosting: Any, predictors: Sequence[Any], nodes: Any, tree: Positions) -> Mask:
    """Of each of `nodes`, which ask for categories, which of these go left: those not known in training as unknown."""
    if not len(nodes):
        return np.empty((0, 0), dtype=bool)
    known, of_column = boosting._bin_mapper.make_known_categories_bitsets()
    is_known = _bits(known)[of_column[nodes["feature_idx"]]]
    of_tree = [each.raw_left_cat_bitsets for each in predictors]
    is_left = _bits(np.array([of_tree[at][each] for at, each in zip(tree, nodes["bitset_idx"], strict=True)]))
    found = np.where(is_left | is_known, is_left, nodes["missing_go_to_left"].astype(bool)[:, np.newaxis])
    return found[:, : int(np.flatnonzero(_bits(known).any(axis=0)).max(initial=-1)) + 1]


def _numbered(counts: Sequence[int]) -> tuple[Positions, Positions]:
    """For each of several after one another, of so many each: which one it is of, and where that begins."""
    of = np.repeat(np.arange(len(counts)), counts)
    return of, np.cumsum([0, *counts])[of]


def _bits(words: npt.NDArray[np.uint32]) -> Mask:
    """Which categories are in each of some sets of scikit-learn's, shape (sets, 256)."""
    found: Mask = (words[:, _CATEGORIES // 32] >> (_CATEGORIES % 32).astype(np.uint32)) % 2 == 1
    return found
