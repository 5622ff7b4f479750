"""Sketches of a column's values, small enough to keep, by which columns of different datasets can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.names import quote_identifier
from meshlake.types.odcs import logical_name
from meshlake.types.tree import Scalar, is_nested

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.discovery.readings import Reading
    from meshlake.discovery.scan import Measure
    from meshlake.types.tree import Type

_SKETCH_HASHES = 1_000
_HASH_RANGE = 2**63


@dataclass(frozen=True)
class Sketch:
    """The hashes of a column's values, as text, that lie below `share` of the range of all hashes: about a thousand.

    Sketches of equal values are equal, so the share of one column's values found in another is the share of its
    hashes below the smaller of the two limits that is found there (coordinated sampling).
    """

    share: float
    hashes: frozenset[int]

    def share_in(self, other: Sketch) -> float:
        """The estimated share of this column's distinct values that `other` has too; 0 when nothing can be told."""
        limit = int(_HASH_RANGE * min(self.share, other.share))
        mine = [value for value in self.hashes if value < limit]
        return sum(value in other.hashes for value in mine) / len(mine) if mine else 0.0


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

    @property
    def hashes_sql(self) -> str:
        """The aggregate that gives the hashes."""
        hashed = f"(hash({self.as_text}) >> 1)"
        is_below = f"{hashed} < {int(_HASH_RANGE * self.share)}::UBIGINT"
        return f"list(DISTINCT {hashed}) FILTER (WHERE {is_below} AND {self.as_text} IS NOT NULL)"


def sketched_columns(
    types: Mapping[str, Type], measures: Mapping[str, Measure], readings: Mapping[str, Reading | None]
) -> dict[str, Sketched]:
    """The columns to sketch: text and whole numbers of more than two values."""
    joinable = {}
    for name, kind in types.items():
        cell, reading = quote_identifier(name), readings[name]
        logical = reading.logical_type if reading else logical_name(kind)
        if measures[name].whole and measures[name].whole == measures[name].present:
            text = f"CAST(TRY_CAST({cell} AS BIGINT) AS VARCHAR)"
        elif logical == "integer":
            text = f"CAST({reading.value(cell)} AS VARCHAR)" if reading else f"CAST({cell} AS VARCHAR)"
        elif logical == "string" and not is_nested(kind):
            text = f"NULLIF({cell}, '')" if kind is Scalar.VARCHAR else f"CAST({cell} AS VARCHAR)"
        else:
            continue
        if measures[name].distinct > 1:
            joinable[name] = Sketched(text, measures[name].distinct)
    return joinable
