"""What type a column really has: as its landed type says, or as its text reads."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from meshlake.discovery.meaning_words import MONEY_WORDS
from meshlake.discovery.missing import ANSWERS, doubt_of_words
from meshlake.discovery.names import is_identifier, is_moment, is_spoken
from meshlake.discovery.readings import (
    COMMA,
    DIGIT_DAYS,
    LETTERS,
    ORDER,
    SPACED,
    THOUSANDS,
    TIME,
    WORDS,
    YEAR_FIRST,
)
from meshlake.names import name_words
from meshlake.types.odcs import logical_name
from meshlake.types.tree import FLOATS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.discovery.measures import Measure
    from meshlake.discovery.readings import Reading
    from meshlake.types.tree import Type

# A text column is read as something else when at least this share of its values can be.
NEARLY_ALL = 0.98
# 03:45 under such a name is a length, in minutes and seconds perhaps.
_LENGTHS = "duration length dauer duree durée duracion elapsed runtime lap laps split pace delay"
_LASTING = frozenset(_LENGTHS.split())
# Digits of numbers of which nothing says whether they are grouped, or a code's parts.
_UNGROUPED = 3
_FEWEST_DAYS, _SPREAD_DAYS = 12, 62
SPOKEN = "every value is a number, and kept as text, since the name says that it is a code"
UNFAITHFUL = (
    "every value is a number, and kept as text, since some would not come back as they are written (such as 007, 1.10 "
    "beside 1.1, +49, 1E4, or more digits than a number keeps): who wants numbers says logicalType: number"
)
# How many times as far apart days lie whose parts are taken in the wrong order.
_FAR = 3


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
        if _is_believed(name, candidate, count, measure, (low or "", high or ""))
    }
    if DIGIT_DAYS in fits:
        fits = {reading: count for reading, count in fits.items() if reading is DIGIT_DAYS}
    best = max(fits, key=fits.__getitem__, default=None)
    return best and _closest(best, candidates, measure)


def valued(name: str, candidates: Sequence[Reading], measure: Measure) -> Measure:
    """The measure of a column: without words for no value, if all else is then read as something."""
    without = measure.without(measure.suspected)
    reading = best_reading(name, candidates, without)
    may_answer = reading is not None and reading.logical_type == "boolean"
    if reading is None or (may_answer and any(word.lower() in ANSWERS for word in measure.suspected)):
        return measure
    return without


def _is_believed(name: str, reading: Reading, count: int, measure: Measure, ends: tuple[str, str]) -> bool:
    if reading in (LETTERS, *WORDS):
        return ends[0] != ends[1]
    if reading is DIGIT_DAYS:
        return count == measure.present and _mean_days(name, measure, ends)
    if reading is TIME:
        return not _LASTING & set(name_words(name))
    if not reading.is_number:
        return True
    if is_spoken(name):
        return False
    if reading.is_plain_number:
        return count == measure.numeric
    if reading.unit is None and is_identifier(name):
        return reading in (THOUSANDS, COMMA) and measure.numeric < measure.present
    # Without a comma, or points that group, nothing tells of another writing than the plain one.
    is_amount = bool(MONEY_WORDS & set(name_words(name)))
    is_grouped_alike = (
        reading.format == SPACED and len(ends[0]) == len(ends[1]) > _UNGROUPED and not is_amount
    )
    return measure.numeric < measure.present and not is_grouped_alike


def doubt_of(
    name: str, reading: Reading | None, candidates: Sequence[Reading], measure: Measure
) -> str | None:
    """What nobody can tell from text that is read as `reading`, numbers kept as text among it; in words."""
    if reading is None:
        without = measure.without(measure.suspected)
        if not 0 < without.present == without.numeric:
            return None
        return SPOKEN if is_spoken(name) else UNFAITHFUL
    is_whole = reading.logical_type == "integer" and DIGIT_DAYS in candidates
    if is_whole and measure.present == measure.fits[candidates.index(DIGIT_DAYS)]:
        return "every value would also be a day, as YYYYMMDD: kept as a whole number"
    words = doubt_of_words(measure.missing, reading.logical_type)
    return "; ".join(filter(None, (reading.doubt, words))) or None


def _mean_days(name: str, measure: Measure, ends: tuple[str, str]) -> bool:
    """Whether a name of a day says so, or days that lie as no running number does: over months, and none has a 32nd."""
    if is_identifier(name) or is_spoken(name):
        return False
    is_spread = measure.distinct >= _FEWEST_DAYS and _day(ends[1]) - _day(ends[0]) >= _SPREAD_DAYS
    return is_moment(name) or is_spread


def _closest(reading: Reading, candidates: Sequence[Reading], measure: Measure) -> Reading:
    """`reading`, or the one that has the year at the other end, if its days lie far closer together."""
    if reading.rivalry != ORDER:
        return reading
    count = measure.fits[candidates.index(reading)]
    spans = {
        other: max(_day(high) - _day(low), 1)
        for other, fits, low, high in zip(candidates, measure.fits, measure.lows, measure.highs, strict=True)
        if fits == count and other.rivalry == ORDER and low and high
    }
    closer = [
        other
        for other in spans
        if (other.convention == YEAR_FIRST) != (reading.convention == YEAR_FIRST)
        and _FAR * spans[other] <= spans[reading]
    ]
    return min(closer, key=spans.__getitem__, default=reading)


def _day(text: str) -> int:
    return date.fromisoformat(text[:10]).toordinal()


def rivals(reading: Reading, candidates: Sequence[Reading], measure: Measure) -> tuple[Reading, ...]:
    """The other candidates that are as true as `reading`, and would give other values."""
    count = measure.fits[candidates.index(reading)]
    return tuple(
        other
        for other, fits in zip(candidates, measure.fits, strict=True)
        if fits == count
        and (reading.rivalry is not None and reading.rivalry == other.rivalry)
        and reading.convention != other.convention
        and _closest(other, candidates, measure) is other
    )


def found_type(name: str, kind: Type, measure: Measure, reading: Reading | None) -> str:
    """The contract's logical type for the column `name` of type `kind`."""
    if reading is not None:
        return reading.logical_type
    # Where some are null, whole numbers often land as floats; of other numbers, the next file may hold fractions.
    is_whole = kind in FLOATS and 0 < measure.present == measure.whole
    return "integer" if is_whole and is_identifier(name) else logical_name(kind)
