"""Sketches of a column's values, small enough to keep, by which columns of different datasets can be compared."""

from __future__ import annotations

from dataclasses import dataclass

_SKETCH_HASHES = 1_000
_HASH_RANGE = 2**63


@dataclass(frozen=True)
class Sketch:
    """The hashes of a column's values, as text, that lie below `share` of the range of all hashes: about a thousand.

    Sketches of equal values are equal, so the share of one column's values found in another is the share of its
    hashes below the smaller of the two limits that is found there (coordinated sampling). `as_text` is the SQL that
    gave the values, by which they are found again.
    """

    share: float
    hashes: frozenset[int]
    as_text: str = ""

    def share_in(self, other: Sketch) -> float | None:
        """The estimated share of this column's distinct values that `other` has too; None where nothing can be told,
        as of few values beside a sketch of a thousandth."""
        mine = len(self.hashes)
        if other.share < self.share:
            limit = int(_HASH_RANGE * other.share)
            mine = sum(value < limit for value in self.hashes)
        if not mine:
            return None if self.hashes else 0.0
        return len(self.hashes & other.hashes) / mine  # what both hold lies below both limits


@dataclass(frozen=True)
class Sketched:
    """A column to be sketched. `as_text` is SQL for a value as text, alike whether it landed as text, as a whole
    number or as a float of one."""

    as_text: str
    distinct: int

    @property
    def share(self) -> float:
        """The share of its distinct values that the sketch holds."""
        return min(1.0, _SKETCH_HASHES / max(self.distinct, 1))

    def hashes_sql(self, text: str) -> str:
        """The aggregate that gives the hashes of what `as_text` made, which is called `text`."""
        hashed = f"(hash({text}) >> 1)"
        is_below = f"{hashed} < {int(_HASH_RANGE * self.share)}::UBIGINT"
        # A FILTER would keep all columns of the statement once more.
        return f"list(DISTINCT CASE WHEN {is_below} AND {text} IS NOT NULL THEN {hashed} END)"
