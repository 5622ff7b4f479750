"""What type a column really has: as its landed type says, or as its text reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.discovery.names import is_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.discovery.readings import Reading
    from meshlake.discovery.scan import Measure

# A text column is read as something else when at least this share of its values can be.
NEARLY_ALL = 0.99
FLOATS = frozenset({"FLOAT", "DOUBLE"})
_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT")
_LANDED_TYPES = {
    "DATE": "date",
    "TIME": "time",
    "BOOLEAN": "boolean",
    "FLOAT": "number",
    "DOUBLE": "number",
    "HUGEINT": "number",
    "UHUGEINT": "number",
    "UBIGINT": "number",
}


def best_reading(candidates: Sequence[Reading], measure: Measure) -> Reading | None:
    """The first candidate that reads every value, else the one that reads most, if nearly all; never of codes like
    007, whose zeros a number would lose."""
    if not measure.present or measure.zero_led:
        return None
    best = max(range(len(candidates)), key=lambda i: measure.fits[i], default=None)
    if best is None or measure.fits[best] < NEARLY_ALL * measure.present:
        return None
    return candidates[best]


def found_type(name: str, kind: str, measure: Measure, reading: Reading | None) -> str:
    """The contract's logical type for the column `name` of DuckDB type `kind`."""
    if reading is not None:
        return reading.logical_type
    # Where some are null, whole numbers often land as floats; of other numbers, the next file may hold fractions.
    is_whole = kind in FLOATS and 0 < measure.present == measure.whole
    return "integer" if is_whole and is_identifier(name) else logical_type(kind)


def logical_type(kind: str) -> str:
    """The contract's logical type for values of DuckDB type `kind`."""
    if kind in _LANDED_TYPES:
        return _LANDED_TYPES[kind]
    if kind.startswith("TIMESTAMP"):
        return "timestamp"
    if kind.startswith("DECIMAL"):
        return "number"
    if kind.endswith("INT") or kind.endswith("INTEGER"):
        return "integer"
    if kind.endswith("]"):
        return "array"
    return {"S": "object", "M": "map"}.get(kind[0], "string") if is_nested(kind) else "string"


def is_nested(kind: str) -> bool:
    """Whether values of this DuckDB type have parts."""
    return kind.startswith(_NESTED) or kind.endswith("]")
