"""What the values of two columns say to whether one refers to the other: how likely chance alone would have it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.discovery.join_names import name_evidence, own_evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from meshlake.discovery.dataset_profile import ColumnProfile
    from meshlake.discovery.join_names import Named
    from meshlake.discovery.sketches import Sketch

# Whole numbers that fill this share of the range they lie in are found among any others.
_DENSE = 0.05
_FEW = 3
_STRONG, _SOME, _WEAK = 0.9, 0.6, 0.3
# Chance finds no values among a key's that it would find so rarely, if the key's range has gaps that are uneven.
_BY_CHANCE, _WITH_GAPS, _SPANNED = 1e-6, 0.9, 0.8
# A value that so many keys hold says nothing of any of them.
_COMMON = 40
_SHARED = 0.8


@dataclass(frozen=True)
class Field:
    """A column that may refer to a key, or be one: `is_referable` where other columns may refer to it."""

    dataset: str
    column: ColumnProfile
    named: Named
    sketch: Sketch
    row_count: int
    is_key: bool
    is_referable: bool

    @property
    def distinct(self) -> int:
        """How many different values it has, nearly."""
        return self.row_count if self.is_key else self.column.distinct_count

    @property
    def density(self) -> float:
        """The share of the whole numbers between its least and greatest value that it has; 0 for other text."""
        low, high = _whole(self.column.minimum), _whole(self.column.maximum)
        if low is None or high is None:
            return 0.0
        return self.distinct / (high - low + 1)

    @property
    def has_gaps(self) -> bool:
        """Whether the whole numbers it has are some of their range, and not each so-and-so-many-th of it."""
        low, high = _whole(self.column.minimum), _whole(self.column.maximum)
        if low is None or high is None or self.distinct < 2:
            return True
        return self.density < _WITH_GAPS and (high - low) % (self.distinct - 1) != 0

    @property
    def is_of_letters(self) -> bool:
        """Whether its values are single letters or digits, which are found among any others."""
        ends = (self.column.minimum or "", self.column.maximum or "")
        return all(len(end) == 1 for end in ends)

    def spanned_of(self, key: Field) -> float:
        """The share of the range of a key's whole numbers that lies between this column's least and greatest."""
        ends = [_whole(end) for each in (self, key) for end in (each.column.minimum, each.column.maximum)]
        low, high, key_low, key_high = (0 if end is None else end for end in ends)
        return (min(high, key_high) - max(low, key_low)) / max(key_high - key_low, 1)

    def is_of_another(self, field: Field) -> bool:
        """Whether it is named after its own table, and that is no table of the same name as the other column's."""
        return self.named.is_of_its_owner and self.named.owner != field.named.owner


def value_evidence(field: Field, key: Field, share: float) -> tuple[float, str]:
    """How little chance has to do with `key` holding this share of the values of `field`, and in which words.

    Dense whole numbers are found among any others: their values say nothing, their names must, unless the key leaves
    out so many of its range that chance would have hit one. Of few different values each may be found by chance, and
    of none that is a key's it is likelier.
    """
    if key.is_of_letters or _by_chance(key.density, share, field.distinct) > _BY_CHANCE:
        return 0.0, ""
    if min(field.density, 1.0) >= _DENSE or key.density >= _DENSE:
        is_even = field.spanned_of(key) >= _SPANNED  # elsewhere the key may have no gaps
        is_chance = not key.has_gaps or not is_even
        return (0.0, "") if is_chance else (_SOME, "values that keep to the gaps of the key")
    if field.distinct >= 10:
        return _STRONG, "values that chance would not repeat"
    if field.distinct >= _FEW:
        return _SOME, "the few values it has"
    return _WEAK, "its two values"


class KeyIndex:
    """The keys that columns may refer to, found by the words of their names and by values that few keys share."""

    def __init__(self, keys: Sequence[Field]) -> None:
        self._keys = keys
        self._by_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._by_hash: dict[int, list[int]] = defaultdict(list)
        self._names: dict[Named, list[int]] = defaultdict(list)
        self._by_dataset: dict[str, list[int]] = defaultdict(list)
        for number, key in enumerate(keys):
            for words in {key.named.words, (*key.named.owner, *key.named.words)}:
                self._by_words[words].append(number)
            self._names[key.named].append(number)
            self._by_dataset[key.dataset].append(number)
            if key.has_gaps:
                for value in key.sketch.hashes:
                    self._by_hash[value].append(number)
        self._alike: dict[tuple[str, ...], list[int]] = {}
        self._weights = {(key.dataset, key.column.name): _weight(key) for key in keys}

    def candidates(self, field: Field) -> Iterator[Field]:
        """The keys that a column may refer to, by name or by values."""
        numbers = set(self._named_alike(field.named))
        if own_evidence(field.named)[0]:
            numbers.update(self._by_dataset[field.dataset])
        words = field.named.words
        for begin in range(len(words)):
            numbers.update(self._by_words.get(words[begin:], ()))
        if field.density < _WITH_GAPS:
            numbers.update(self._with_values(field.sketch))
        return (self._keys[number] for number in sorted(numbers))

    def weight(self, dataset: str, column: str) -> tuple[float, ...]:
        """What decides between keys that hold the same values: the one named after its table, then the larger."""
        return self._weights[dataset, column]

    def _named_alike(self, name: Named) -> list[int]:
        # A column's table plays no part, and names recur: each is compared with all keys once.
        if name.words not in self._alike:
            alike = (numbers for other, numbers in self._names.items() if name_evidence(name, other)[0])
            self._alike[name.words] = [number for numbers in alike for number in numbers]
        return self._alike[name.words]

    def _with_values(self, sketch: Sketch) -> Iterable[int]:
        counts: Counter[int] = Counter()
        for value in sketch.hashes:
            holders = self._by_hash.get(value, ())
            if len(holders) <= _COMMON:
                counts.update(holders)
        return counts


def _by_chance(density: float, share: float, count: int) -> float:
    """At most how likely it is that of `count` values at least this share is hit, each with the chance `density`.

    Hoeffding, Probability inequalities for sums of bounded random variables (1963), theorem 1.
    """
    if not density:
        return 0.0
    if share <= density:
        return 1.0
    missed = (1 - share) * math.log((1 - share) / (1 - density)) if share < 1 else 0.0
    return math.exp(-count * (share * math.log(share / density) + missed))


def _weight(key: Field) -> tuple[float, ...]:
    return (float(key.named.is_of_its_owner), float(key.distinct))


def _whole(value: str | None) -> int | None:
    text = (value or "").removesuffix(".0")
    return int(text) if text.lstrip("-").isdigit() and len(text) < 19 else None
