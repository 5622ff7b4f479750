"""What a sum of trees says of rows, and what that moves by where a feature alone is as usual."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from meshlake.ml_assets.explaining.leaf_cells import cells_of
from meshlake.ml_assets.explaining.leaf_words import BITS, WORDS_AT_ONCE, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from meshlake.ml_assets.explaining.leaf_cells import LeafCells
    from meshlake.ml_assets.explaining.leaf_words import LeafWords
    from meshlake.ml_assets.explaining.tree_nodes import Numbers, Positions, TreeNodes

# Tables of trees of more leaves are larger than the trees are worth.
MOST_LEAVES = 4 * BITS
# Of fewer rows what is the same in each cell is not worth working out.
_ROWS_FOR_CELLS = 1_000


@dataclass(frozen=True)
class TreeSum:
    """Trees in `parts`; `edges` by column make the codes of numbers, and are `None` of categories, of which so many are
    known."""

    parts: Sequence[LeafWords]
    edges: Mapping[int, Numbers | None]
    categories: int

    @classmethod
    def of(cls, nodes: TreeNodes) -> Self | None:
        """`None` of trees of more than `MOST_LEAVES`."""
        most = int(np.bincount(nodes.tree[nodes.left < 0]).max(initial=1))
        if most > MOST_LEAVES:
            return None
        words_per_tree = 1 << (max(1, -(-most // BITS)) - 1).bit_length()
        edges = {
            place: np.unique(nodes.threshold[mine]) if nodes.of_set[mine[0]] < 0 else None
            for place, mine in nodes.asked().items()
        }
        at_once = WORDS_AT_ONCE // words_per_tree
        firsts = range(0, int(nodes.tree[-1]) + 1, at_once) if len(nodes) else ()
        parts = [words_of(nodes.part(first, first + at_once), words_per_tree, edges) for first in firsts]
        return cls(parts, edges, nodes.sets.shape[1])

    def told(self, given: Numbers, usual: Numbers, features: Positions) -> Numbers:
        """What the trees say of rows, and what that changes by where each feature alone is as usual: shape
        (1 + features, n).

        Args:
            given: the columns they take, shape (n, columns).
            usual: the same of a usual row, shape (columns,).
            features: of which feature, from 0 on, each column was made, shape (columns,).
        """
        told = np.zeros((2 + int(features.max()), len(given)))
        codes, of_usual = self._codes(given), self._codes(usual[np.newaxis])
        for part in self._parts(len(given)):
            part.add(codes, of_usual, features, told)
        return told

    def _parts(self, rows: int) -> Sequence[LeafWords | LeafCells]:
        return self.parts if rows < _ROWS_FOR_CELLS else self.cells

    @cached_property
    def cells(self) -> Sequence[LeafWords | LeafCells]:
        """The parts by their cells, those of too many as they are. Batches that are told on several threads ask for
        them at once: each has all of them, or works them out itself."""
        return [cells_of(part) or part for part in self.parts]

    def _codes(self, given: Numbers) -> dict[int, Positions]:
        """The code of each value, by column."""
        return {place: self._code(given[:, place], edges) for place, edges in self.edges.items()}

    def _code(self, values: Numbers, edges: Numbers | None) -> Positions:
        is_known, last = ~np.isnan(values), self.categories if edges is None else len(edges) + 1
        code = values if edges is None else np.searchsorted(edges, values)
        return np.where(is_known, code, last).astype(np.intp).clip(max=last)
