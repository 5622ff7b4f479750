"""What each feature alone does to what a forest says, without sending every row through every tree for each feature.

Of the tests on the way to a leaf it is known once which a usual value would have answered otherwise. Only where one of
a feature's is among them does a row go through the tree again: elsewhere its leaf stays the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from sklearn.tree import DecisionTreeClassifier
    from sklearn.tree._tree import Tree

    Numbers = npt.NDArray[np.float64]
    Positions = npt.NDArray[np.intp]


def forest_effects(
    trees: Sequence[DecisionTreeClassifier], numbers: Numbers, usual: Numbers, features: Positions
) -> Numbers:
    """What the mean probability of `trees` falls by where a feature alone takes its usual value.

    Args:
        trees: fitted on two classes.
        numbers: the columns they take, shape (rows, columns).
        usual: the same of a usual row, shape (columns,).
        features: of which feature, from 0 on, each column was made, shape (columns,).

    Returns:
        Of shape (rows, features), to rounding what scoring says.
    """
    rows, otherwise = np.ascontiguousarray(numbers, dtype=np.float32), usual.astype(np.float32)
    is_of_feature = features == np.arange(features.max() + 1)[:, np.newaxis]
    feature_count = len(is_of_feature)
    effects = np.zeros(len(rows) * feature_count)
    for each in trees:
        tree = each.tree_
        leaf, probability = tree.apply(rows), tree.value[:, 0, 1] / tree.value[:, 0].sum(axis=1)
        at = np.flatnonzero(_is_turned(tree, otherwise, features, feature_count)[leaf].ravel())
        row, feature = np.divmod(at, feature_count)
        changed = np.where(is_of_feature[feature], otherwise, rows[row])
        effects[at] += probability[leaf[row]] - probability[tree.apply(changed)]
    return effects.reshape(len(rows), feature_count) / len(trees)


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
