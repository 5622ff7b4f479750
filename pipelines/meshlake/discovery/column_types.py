"""What type a column really has: as its landed type says, or as its text reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.discovery.names import is_identifier, is_spoken
from meshlake.discovery.readings import LETTERS
from meshlake.types.odcs import logical_name
from meshlake.types.tree import FLOATS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.discovery.readings import Reading
    from meshlake.discovery.scan import Measure
    from meshlake.types.tree import Type

# A text column is read as something else when at least this share of its values can be.
NEARLY_ALL = 0.98


def best_reading(name: str, candidates: Sequence[Reading], measure: Measure) -> Reading | None:
    """The believed candidate that reads every value of the column `name`, else the one that reads most, if nearly all.

    A number is believed only if every value that is a number comes back as it was written, and not under a name that
    says the digits are none: of phones, postcodes, versions.
    """
    fits = {
        candidate: count
        for candidate, count, low, high in zip(
            candidates, measure.fits, measure.lows, measure.highs, strict=True
        )
        if count and count >= NEARLY_ALL * measure.present
        if _is_believed(name, candidate, count, measure) and (candidate != LETTERS or low != high)
    }
    return max(fits, key=fits.__getitem__, default=None)


def _is_believed(name: str, reading: Reading, count: int, measure: Measure) -> bool:
    if not reading.is_number:
        return True
    if is_spoken(name):
        return False
    # Without a comma, or points that group, nothing tells of another writing than the plain one.
    return count == measure.numeric if reading.is_plain_number else measure.numeric < measure.present


def rivals(reading: Reading, candidates: Sequence[Reading], measure: Measure) -> tuple[Reading, ...]:
    """The other candidates that are as true as `reading`, and would give other values."""
    count = measure.fits[candidates.index(reading)]
    return tuple(
        other
        for other, fits in zip(candidates, measure.fits, strict=True)
        if fits == count
        and (reading.rivalry is not None and reading.rivalry == other.rivalry)
        and reading.convention != other.convention
    )


def found_type(name: str, kind: Type, measure: Measure, reading: Reading | None) -> str:
    """The contract's logical type for the column `name` of type `kind`."""
    if reading is not None:
        return reading.logical_type
    # Where some are null, whole numbers often land as floats; of other numbers, the next file may hold fractions.
    is_whole = kind in FLOATS and 0 < measure.present == measure.whole
    return "integer" if is_whole and is_identifier(name) else logical_name(kind)
