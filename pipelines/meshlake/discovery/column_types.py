"""What type a column really has: as its landed type says, or as its text reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.discovery.names import is_identifier
from meshlake.types.odcs import logical_name
from meshlake.types.tree import FLOATS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.discovery.readings import Reading
    from meshlake.discovery.scan import Measure
    from meshlake.types.tree import Type

# A text column is read as something else when at least this share of its values can be.
NEARLY_ALL = 0.99


def best_reading(candidates: Sequence[Reading], measure: Measure) -> Reading | None:
    """The first candidate that reads every value, else the one that reads most, if nearly all; never of codes like
    007, whose zeros a number would lose."""
    if not measure.present or measure.zero_led:
        return None
    best = max(range(len(candidates)), key=lambda i: measure.fits[i], default=None)
    if best is None or measure.fits[best] < NEARLY_ALL * measure.present:
        return None
    return candidates[best]


def found_type(name: str, kind: Type, measure: Measure, reading: Reading | None) -> str:
    """The contract's logical type for the column `name` of type `kind`."""
    if reading is not None:
        return reading.logical_type
    # Where some are null, whole numbers often land as floats; of other numbers, the next file may hold fractions.
    is_whole = kind in FLOATS and 0 < measure.present == measure.whole
    return "integer" if is_whole and is_identifier(name) else logical_name(kind)
