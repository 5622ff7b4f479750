"""The columns of a table's rows by how they are counted: which of too many are, is decided by what they say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# So many of each kind are counted of a table.
_MOST_NUMBERS, _MOST_CATEGORIES, _MOST_DISTINCT = 12, 6, 4


@dataclass(frozen=True)
class Columns:
    """Which columns of a table's rows may be counted, by what they are; `top_values` of each category, most first.

    `later` are dates of a row that come after it was known, `ahead` days from a cut-off to dates known in advance; of
    `kinds` different ones are counted.
    """

    numbers: tuple[str, ...] = ()
    booleans: tuple[str, ...] = ()
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    later: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()

    @property
    def counted(self) -> tuple[str, ...]:
        """Those whose cells are read as they are."""
        return (*self.numbers, *self.booleans, *(name for name, _ in self.categories), *self.kinds)

    @property
    def are_within_limits(self) -> bool:
        """Whether there are no more of a kind than are counted of a table."""
        return self.limited({}) == self

    def limited(self, says: Mapping[str, float]) -> Columns:
        """The numbers, categories and kinds that say most, in their order."""
        names = [name for name, _ in self.categories]
        kept = _most(names, says, _MOST_CATEGORIES)
        return replace(
            self,
            numbers=_most(self.numbers, says, _MOST_NUMBERS),
            categories=tuple(each for each in self.categories if each[0] in kept),
            kinds=_most(self.kinds, says, _MOST_DISTINCT),
        )

    def in_order(self, says: Mapping[str, float]) -> Columns:
        """The numbers and categories that say most first."""
        return replace(
            self,
            numbers=tuple(sorted(self.numbers, key=lambda name: -says.get(name, 0.0))),
            categories=tuple(sorted(self.categories, key=lambda each: -says.get(each[0], 0.0))),
        )


def _most(names: Sequence[str], says: Mapping[str, float], most: int) -> tuple[str, ...]:
    kept = sorted(names, key=lambda name: -says.get(name, 0.0))[:most]
    return tuple(name for name in names if name in kept)
