"""Text that two readings are both true of, such as 01/02/2024 and 1,250: what the rest of a dataset says to it.

What is decided by nothing stays a question: the likelier reading is told, with what else it could be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meshlake.discovery.readings import COMMA, NUMBER, Reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Decided:
    """How each column is read; of those where another reading is as true, what that is, in words."""

    readings: dict[str, Reading | None]
    questions: dict[str, str] = field(default_factory=dict)


def decide(
    readings: Mapping[str, Reading | None],
    rivals: Mapping[str, Sequence[Reading]],
    delimiter: str | None,
) -> Decided:
    """The reading of each column, by evidence where there is any.

    Args:
        readings: the likelier reading of each column.
        rivals: of the columns that have some, other readings that are as true.
        delimiter: what stands between the cells of the files, if anything does.
    """
    votes = {reading.convention for name, reading in readings.items() if reading and not rivals.get(name)} - {
        None
    }
    made = Decided(dict(readings))
    for name, others in rivals.items():
        reading = readings[name]
        if reading is None or not others:
            continue
        options = {option.convention: option for option in (*others, reading)}
        elected = [options[vote] for vote in votes & options.keys()]
        if len(elected) != 1:
            elected = _by_delimiter(reading, options, delimiter)
        if elected:
            made.readings[name] = elected[0]
        else:
            made.questions[name] = _question(reading, others)
    return made


def _by_delimiter(
    reading: Reading, options: Mapping[str | None, Reading], delimiter: str | None
) -> list[Reading]:
    """Who writes a comma in numbers puts a semicolon between them; what is no text file writes a point."""
    if reading.is_plain_number:
        return [reading] if delimiter in {None, ","} else []
    comma = options.get(COMMA.convention)
    return [comma] if comma is not None and delimiter == ";" else []


def _question(reading: Reading, others: Sequence[Reading]) -> str:
    other = " or ".join(_format(each) for each in others)
    return f"read as {_format(reading)}, and could be {other}: nothing tells {reading.rivalry}"


def _format(reading: Reading) -> str:
    return reading.format or ("1234.5" if reading == NUMBER or reading.scale else reading.logical_type)
