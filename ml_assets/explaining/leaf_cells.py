"""What each feature alone does to a sum of small trees, by a table of each tree.

Of each column a tree tells apart a few kinds of values, and so of rows a few thousand cells, in each of which it says
the same. What it says otherwise in each cell, where a feature is as usual, is worked out once for all rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import prod
from operator import add
from typing import TYPE_CHECKING

import numpy as np

from meshlake.ml_assets.explaining.leaf_words import position

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.explaining.leaf_words import Codes, LeafWords, Words
    from meshlake.ml_assets.explaining.tree_nodes import Numbers, Positions

    Steps = npt.NDArray[np.uint16]

# Tables of more do not stay near the processor.
MOST_CELLS = 2**14
_ROWS_AT_ONCE = 2**14


@dataclass(frozen=True)
class LeafCells:
    """Trees by their cells: `said` is what each says in each, of one axis for each of its `axes`, which are columns.

    By column `steps` says what the code of a value adds to the number of the row's cell in each tree, (codes, trees).
    """

    steps: Mapping[int, Steps]
    axes: Sequence[Sequence[int]]
    said: Sequence[Numbers]

    def add(self, codes: Codes, usual: Codes, features: Positions, told: Numbers) -> None:
        """See `LeafWords.add`."""
        made_of = features.tolist()
        for first in range(0, told.shape[1], _ROWS_AT_ONCE):
            rows = told[:, first : first + _ROWS_AT_ONCE]
            of_rows = slice(first, first + _ROWS_AT_ONCE)
            cells = reduce(
                add, (each.take(codes[place][of_rows], axis=0) for place, each in self.steps.items())
            )
            buffer = np.empty(rows.shape[1])
            for tree, cell in enumerate(np.ascontiguousarray(cells.T)):
                at = cell.astype(np.intp)
                for number, said in self._told(tree, usual, made_of):
                    # With `clip` nothing is checked, and no copy made, which takes longer than to look it up.
                    said.take(at, out=buffer, mode="clip")
                    rows[number] += buffer

    def _told(self, tree: int, usual: Codes, features: Sequence[int]) -> Iterator[tuple[int, Numbers]]:
        """What a tree says in each cell, as number 0, and what that changes by where each feature is as usual."""
        said = self.said[tree]
        yield 0, said.ravel()
        as_usual: dict[int, Numbers] = {}
        for axis, place in enumerate(self.axes[tree]):
            inner = prod(said.shape[axis + 1 :])
            kind = int(self.steps[place][usual[place], tree].item()) // inner
            # Of a feature of several columns each is made usual, one after the other.
            before = as_usual.get(features[place], said).reshape(-1, said.shape[axis], inner)
            as_usual[features[place]] = np.broadcast_to(before[:, kind : kind + 1], before.shape)
        for feature, otherwise in as_usual.items():
            yield 1 + feature, (otherwise - said.reshape(otherwise.shape)).ravel()


def cells_of(words: LeafWords) -> LeafCells | None:
    """The same trees by their cells; `None` where one has more than `MOST_CELLS`."""
    kinds = {place: _kinds(table.ruled_out) for place, table in words.tables.items()}
    trees = len(words.outside)
    sizes = np.ones(trees, dtype=np.intp)
    for kind, _ in kinds.values():
        sizes *= kind.max(axis=0) + 1
    if not kinds or words.words_per_tree > 1 or sizes.max() > MOST_CELLS:
        return None
    steps = {place: np.zeros(kind.shape, dtype=np.uint16) for place, (kind, _) in kinds.items()}
    axes, said = [], []
    for tree in range(trees):
        counts = {place: int(kind[:, tree].max()) + 1 for place, (kind, _) in kinds.items()}
        asked = [place for place, count in counts.items() if count > 1]
        ruled_out, inner = words.outside[tree : tree + 1], 1
        for place in reversed(asked):
            ruled_out = (kinds[place][1][: counts[place], tree, np.newaxis] | ruled_out).ravel()
            steps[place][:, tree] = kinds[place][0][:, tree] * inner
            inner *= counts[place]
        axes.append(asked)
        said.append(words.values[tree].take(position(~ruled_out)).reshape([counts[place] for place in asked]))
    of_codes = {place: each.take(words.tables[place].of_code, axis=0) for place, each in steps.items()}
    return LeafCells(of_codes, axes, said)


def _kinds(ruled_out: Words) -> tuple[Positions, Words]:
    """Which kind of value each code is to each tree, from 0 on: those that rule out the same. Shape (codes, trees).

    Also what kinds rule out, one after the other, in the first rows of the same shape.
    """
    order = np.argsort(ruled_out, axis=0)
    in_order = np.take_along_axis(ruled_out, order, axis=0)
    is_new = np.diff(in_order, axis=0, prepend=in_order[:1]) != 0
    kind_in_order = np.cumsum(is_new, axis=0)
    kind, of_kind = np.empty_like(order), np.zeros_like(ruled_out)
    np.put_along_axis(kind, order, kind_in_order, axis=0)
    np.put_along_axis(of_kind, kind_in_order, in_order, axis=0)
    return kind, of_kind
