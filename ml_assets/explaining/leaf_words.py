"""What each feature alone does to a sum of trees, by words of which each bit is a leaf.

Method: QuickScorer (Lucchese et al., SIGIR 2015). What a value of a column rules out of the leaves of all trees is one
row of a table. Of each tree the leaf that no column rules out is the row's; a leaf that one feature alone rules out,
and would not if it were as usual, is where the row would go then. Both are found of all trees at once by a few "and"
and "or" for each feature.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Self

    import numpy.typing as npt

    from meshlake.ml_assets.explaining.tree_nodes import Numbers, Positions, TreeNodes

    Words = npt.NDArray[np.uint64]
    Codes = Mapping[int, Positions]
    Leaves = tuple[Positions, Words, Words]

BITS = 64
# Words of so many trees, a power of two, and of so many rows stay near the processor.
WORDS_AT_ONCE = 32
_ROWS_AT_ONCE = 1024
_ROW_SHIFT = WORDS_AT_ONCE.bit_length() - 1
# The values of a word's leaves and as many zeros: of a word without a bit the position is found to be 64.
_VALUES = 2 * BITS
_VALUES_SHIFT = _VALUES.bit_length() - 1
_FIRST_VALUE = np.arange(WORDS_AT_ONCE) * _VALUES
_ONE = np.uint64(1)
_BELOW = np.array([(1 << bit) - 1 for bit in range(BITS + 1)], dtype=np.uint64)


@dataclass(frozen=True)
class LeafTable:
    """What the values of a column rule out: of the code of a value `of_code` says the row of `ruled_out`, which is of
    shape (rows, `WORDS_AT_ONCE`); the last is of what is not known."""

    of_code: Positions
    ruled_out: Words


@dataclass(frozen=True)
class LeafWords:
    """Trees of `words_per_tree` words each, and a table for each column that they ask for; words without a tree fill
    them up.

    `outside` are the bits of no leaf, shape (words,), and `values` those of leaves, shape (words, `_VALUES`).
    """

    tables: Mapping[int, LeafTable]
    outside: Words
    values: Numbers
    words_per_tree: int

    def add(self, codes: Codes, usual: Codes, features: Positions, told: Numbers) -> None:
        """Add to `told`, shape (1 + features, n), what the trees say of rows, and what that changes by where each
        feature is as usual.

        `codes` are those of the rows by column, `usual` those of a usual row, shape (1,); `features` says of which
        feature, from 0 on, each column was made.
        """
        places = dict(by_feature(self.tables, features))
        regained = {feature: self._regained(mine, usual) for feature, mine in places.items()}
        whole = _Room.of(min(_ROWS_AT_ONCE, told.shape[1]))
        for first in range(0, told.shape[1], _ROWS_AT_ONCE):
            rows = slice(first, first + _ROWS_AT_ONCE)
            at = {place: table.of_code.take(codes[place][rows]) for place, table in self.tables.items()}
            room = whole.cut(len(told[0, rows]))
            self._look_for_leaves(at, places, room)
            told[0, rows] += room.values[:, :: self.words_per_tree].sum(axis=1)
            for feature, tables in regained.items():
                _put_together(tables, at, room.word)
                np.bitwise_and(room.word, room.once, out=room.word)
                told[1 + feature, rows] += self._change(room)

    def _regained(self, places: Sequence[int], usual: Codes) -> dict[int, Words]:
        """Of each column of a feature what its values rule out and the usual ones of the feature do not."""
        tables = {place: self.tables[place] for place in places}
        allowed = ~reduce(
            or_, (table.ruled_out[table.of_code[usual[place]]] for place, table in tables.items())
        )
        return {place: table.ruled_out & allowed for place, table in tables.items()}

    def _look_for_leaves(self, at: Codes, places: Mapping[int, Sequence[int]], room: _Room) -> None:
        """Write into `room.once` the leaves that one feature alone rules out, and what its tree says of each word."""
        once, twice, word, spare = room.once, room.twice, room.word, room.spare
        once[:], twice[:] = self.outside, self.outside
        for mine in places.values():
            _put_together({place: self.tables[place].ruled_out for place in mine}, at, word)
            np.bitwise_and(once, word, out=spare)
            np.bitwise_or(twice, spare, out=twice)
            np.bitwise_or(once, word, out=once)
        np.invert(once, out=spare)
        np.bitwise_xor(once, twice, out=once)
        self.values.ravel().take(_FIRST_VALUE + position(spare), out=room.values, mode="clip")
        if self.words_per_tree > 1:
            of_trees = room.values.reshape(len(once), -1, self.words_per_tree)
            of_trees[:] = reduce(add, np.moveaxis(of_trees, 2, 0))[:, :, np.newaxis]

    def _change(self, room: _Room) -> Numbers:
        """What is said of each row changes by, where the bits of `room.word` are the leaves that it goes to instead."""
        np.not_equal(room.word, 0, out=room.is_changed)
        at = np.flatnonzero(room.is_changed)
        leaf = at & (WORDS_AT_ONCE - 1)
        leaf <<= _VALUES_SHIFT
        leaf += position(room.word.ravel().take(at))
        change = self.values.ravel().take(leaf)
        change -= room.values.ravel().take(at)
        at >>= _ROW_SHIFT
        return np.bincount(at, weights=change, minlength=len(room.word)).astype(np.float64, copy=False)


@dataclass(frozen=True)
class _Room:
    """Arrays of shape (rows, `WORDS_AT_ONCE`) that are filled again and again: to make them anew takes a fifth more.

    `once` and `twice` are what at least so many features rule out, `values` what the tree of each word says.
    """

    once: Words
    twice: Words
    word: Words
    spare: Words
    values: Numbers
    is_changed: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, rows: int) -> Self:
        shape = (rows, WORDS_AT_ONCE)
        once, twice, word, spare = (np.empty(shape, dtype=np.uint64) for _ in range(4))
        return cls(once, twice, word, spare, np.empty(shape), np.empty(shape, dtype=bool))

    def cut(self, rows: int) -> _Room:
        """The first `rows` of them."""
        return _Room(*(each[:rows] for each in vars(self).values()))


def by_feature(columns: Mapping[int, object], features: Positions) -> Iterator[tuple[int, list[int]]]:
    """Each feature that is asked for, with its columns among those asked for."""
    asked = np.array(sorted(columns), dtype=np.intp)
    for feature in np.unique(features[asked]).tolist():
        yield feature, asked[features[asked] == feature].tolist()


def _put_together(tables: Mapping[int, Words], at: Codes, out: Words) -> None:
    """Write into `out` what the columns of a feature rule out, each by its table, at the rows of these."""
    (first, table), *others = tables.items()
    # With `clip` it is written into `out` at once.
    table.take(at[first], axis=0, out=out, mode="clip")
    for place, each in others:
        np.bitwise_or(out, each.take(at[place], axis=0), out=out)


def position(bit: Words) -> npt.NDArray[np.uint8]:
    """Which bit alone is set, from 0 on; 64 where none is."""
    found: npt.NDArray[np.uint8] = np.bitwise_count(bit - _ONE)
    return found


def words_of(nodes: TreeNodes, words_per_tree: int, edges: Mapping[int, Numbers | None]) -> LeafWords:
    """Trees, of `WORDS_AT_ONCE` words at most, as words; `edges` by column make the codes of numbers."""
    first, count = nodes.leaf_ranges()
    word, is_leaf = nodes.tree * words_per_tree, nodes.left < 0
    roots = np.flatnonzero(np.diff(nodes.tree, prepend=-1))
    # A word without a tree has one leaf, of no value.
    outside, values = np.full(WORDS_AT_ONCE, ~_ONE), np.zeros((WORDS_AT_ONCE, _VALUES))
    for part in range(words_per_tree):
        outside[word[roots] + part] = ~_bits(first[roots], count[roots], part)
    values[word[is_leaf] + first[is_leaf] // BITS, first[is_leaf] % BITS] = nodes.value[is_leaf]
    tables = {}
    for place, mine in nodes.asked().items():
        left, right = nodes.left[mine], nodes.right[mine]
        leaves = [
            (
                word[mine] + part,
                _bits(first[left], count[left], part),
                _bits(first[right], count[right], part),
            )
            for part in range(words_per_tree)
        ]
        all_edges = edges[place]
        tables[place] = (
            _of_sets(nodes, mine, leaves)
            if all_edges is None
            else _of_numbers(nodes, mine, leaves, all_edges)
        )
    return LeafWords(tables, outside, values, words_per_tree)


def _of_sets(nodes: TreeNodes, mine: Positions, leaves: Sequence[Leaves]) -> LeafTable:
    """Of the nodes `mine`, which ask for a category; `leaves` are a word of each and the bits to its left and right."""
    ruled_out = _rest(nodes, mine, leaves, nodes.sets.shape[1])
    for word, left, right in leaves:
        for code, is_left in enumerate(nodes.sets[nodes.of_set[mine]].T):
            np.bitwise_or.at(ruled_out[code], word, np.where(is_left, right, left))
    return LeafTable(np.arange(len(ruled_out)), ruled_out)


def _of_numbers(nodes: TreeNodes, mine: Positions, leaves: Sequence[Leaves], all_edges: Numbers) -> LeafTable:
    """As `_of_sets`, of nodes that ask for a number: those below an edge go to its left, and to that of all above."""
    edges = np.unique(nodes.threshold[mine])
    ruled_out = _rest(nodes, mine, leaves, len(edges) + 1)
    at = np.searchsorted(edges, nodes.threshold[mine]) * WORDS_AT_ONCE
    for word, left, right in leaves:
        above, below = np.zeros_like(ruled_out[:-1]), np.zeros_like(ruled_out[:-1])
        np.bitwise_or.at(above.ravel(), at + WORDS_AT_ONCE + word, left)
        np.bitwise_or.at(below.ravel(), at + word, right)
        ruled_out[:-1] |= np.bitwise_or.accumulate(above)
        ruled_out[:-1] |= np.bitwise_or.accumulate(below[::-1])[::-1]
    of_code = np.append(np.searchsorted(edges, all_edges), [len(edges), len(edges) + 1])
    return LeafTable(of_code, ruled_out)


def _rest(nodes: TreeNodes, mine: Positions, leaves: Sequence[Leaves], codes: int) -> Words:
    """The table of so many codes, of which that of what is not known alone is filled."""
    ruled_out = np.zeros((codes + 1, WORDS_AT_ONCE), dtype=np.uint64)
    for word, left, right in leaves:
        np.bitwise_or.at(ruled_out[-1], word, np.where(nodes.is_left_else[mine], right, left))
    return ruled_out


def _bits(first: Positions, count: Positions, part: int) -> Words:
    """The bits of leaves from `first` on, `count` of them, in that word of a tree."""
    low, high = ((each - part * BITS).clip(0, BITS) for each in (first, first + count))
    found: Words = _BELOW[high] & ~_BELOW[low]
    return found
