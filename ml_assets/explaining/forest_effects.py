"""What each feature alone does to what a forest says, without sending every row through every tree for each feature.

Of trees of few leaves it is told by words, see `tree_sums`. Of the tests on the way to a leaf of a larger tree it is
known once which a usual value would have answered otherwise. Only where one of a feature's is among them does a row go
through the tree again: elsewhere its leaf stays the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from meshlake.ml_assets.explaining.tree_nodes import nodes_of_forest
from meshlake.ml_assets.explaining.tree_sums import TreeSum

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
    from sklearn.tree._tree import Tree

    Numbers = npt.NDArray[np.float64]
    Positions = npt.NDArray[np.intp]

_KNOWN: WeakKeyDictionary[ExtraTreesClassifier | RandomForestClassifier, TreeSum | None] = WeakKeyDictionary()


def forest_effects(
    forest: ExtraTreesClassifier | RandomForestClassifier,
    numbers: Numbers,
    usual: Numbers,
    features: Positions,
) -> tuple[Numbers, Numbers]:
    """What a forest gives rows, and what that falls by where a feature alone takes its usual value.

    Args:
        forest: fitted on two classes.
        numbers: the columns it takes, shape (rows, columns).
        usual: the same of a usual row, shape (columns,).
        features: of which feature, from 0 on, each column was made, shape (columns,).

    Returns:
        Of shapes (rows,) and (rows, features), to rounding what scoring says.
    """
    trees = [each.tree_ for each in forest.estimators_]
    rows, otherwise = np.ascontiguousarray(numbers, dtype=np.float32), usual.astype(np.float32)
    if forest not in _KNOWN:
        _KNOWN[forest] = TreeSum.of(nodes_of_forest(trees))
    known = _KNOWN[forest]
    if known is None:
        said, effects = _by_going_again(trees, rows, otherwise, features)
    else:
        said, *falls = known.told(rows.astype(np.float64), otherwise.astype(np.float64), features)
        effects = -np.transpose(falls)
    return said / len(trees), effects / len(trees)


def _by_going_again(
    trees: Sequence[Tree],
    rows: npt.NDArray[np.float32],
    otherwise: npt.NDArray[np.float32],
    features: Positions,
) -> tuple[Numbers, Numbers]:
    """The sums of what trees say, shape (rows,), and of what that falls by, shape (rows, features)."""
    is_of_feature = features == np.arange(features.max() + 1)[:, np.newaxis]
    feature_count = len(is_of_feature)
    said, effects = np.zeros(len(rows)), np.zeros(len(rows) * feature_count)
    for tree in trees:
        leaf, probability = tree.apply(rows), tree.value[:, 0, 1] / tree.value[:, 0].sum(axis=1)
        said += probability[leaf]
        at = np.flatnonzero(_is_turned(tree, otherwise, features, feature_count)[leaf].ravel())
        row, feature = np.divmod(at, feature_count)
        changed = np.where(is_of_feature[feature], otherwise, rows[row])
        effects[at] += probability[leaf[row]] - probability[tree.apply(changed)]
    return said, effects.reshape(len(rows), feature_count)


def _is_turned(
    tree: Tree, usual: npt.NDArray[np.float32], features: Positions, feature_count: int
) -> npt.NDArray[np.bool_]:
    """Whether, on the way to each node, a test of each feature answers a usual row otherwise: shape (nodes, features).

    Nodes come level by level, so that of all of one level their parents are known.
    """
    left, right, column = tree.children_left, tree.children_right, np.maximum(tree.feature, 0)
    value = usual[column]
    is_left = np.where(np.isnan(value), tree.missing_go_to_left.astype(bool), value <= tree.threshold)
    turned = np.zeros((tree.node_count, feature_count), dtype=bool)
    level = np.flatnonzero(left[:1] >= 0)
    while len(level):
        for child, goes_there in ((left[level], is_left[level]), (right[level], ~is_left[level])):
            turned[child] = turned[level]
            turned[child[~goes_there], features[column[level[~goes_there]]]] = True
        below = np.concatenate([left[level], right[level]])
        level = below[left[below] >= 0]
    return turned
