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
    """How each column is read; of those where another reading is as true, what that is, in words, or what decided.

    `open_to` has the conventions of those that nothing decided.
    """

    readings: dict[str, Reading | None]
    questions: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    open_to: dict[str, tuple[str, ...]] = field(default_factory=dict)


def decide(
    readings: Mapping[str, Reading | None],
    rivals: Mapping[str, Sequence[Reading]],
    delimiter: str | None,
    elsewhere: Mapping[str, str] | None = None,
) -> Decided:
    """The reading of each column, by evidence where there is any.

    Args:
        readings: the likelier reading of each column.
        rivals: of the columns that have some, other readings that are as true.
        delimiter: what stands between the cells of the files, if anything does.
        elsewhere: the conventions of other datasets, each with what keeps to it.
    """
    votes = {
        reading.convention: f"column '{name}'"
        for name, reading in readings.items()
        if reading and reading.convention and not rivals.get(name)
    }
    made = Decided(dict(readings))
    for name, others in rivals.items():
        reading = readings[name]
        if reading is None or not others:
            continue
        options = {option.convention: option for option in (*others, reading) if option.convention}
        elected, why = (
            _by_votes(options, votes)
            or _by_delimiter(reading, options, delimiter)
            or _by_votes(options, elsewhere or {})
            or (None, "")
        )
        if elected is None:
            made.questions[name] = _question(reading, others)
            made.open_to[name] = tuple(options)
        else:
            made.readings[name] = elected
            made.evidence[name] = why
    return made


def _by_votes(options: Mapping[str, Reading], votes: Mapping[str, str]) -> tuple[Reading, str] | None:
    elected = [vote for vote in votes if vote in options]
    if len(elected) != 1:
        return None
    reading = options[elected[0]]
    others = " or ".join(_format(each) for each in options.values() if each is not reading)
    return (
        reading,
        f"read as {_format(reading)}, not {others}, since {votes[elected[0]]} has the {elected[0]}",
    )


def _by_delimiter(
    reading: Reading, options: Mapping[str, Reading], delimiter: str | None
) -> tuple[Reading, str] | None:
    """Who writes a comma in numbers puts a semicolon between them; what is no text file writes a point."""
    if reading.is_plain_number:
        return (reading, "") if delimiter in {None, ","} else None
    comma = options.get(COMMA.convention or "")
    if comma is None or delimiter != ";":
        return None
    return comma, f"read as {_format(comma)}, since a semicolon stands between the cells"


def _question(reading: Reading, others: Sequence[Reading]) -> str:
    other = " or ".join(_format(each) for each in others)
    return f"read as {_format(reading)}, and could be {other}: nothing tells {reading.rivalry}"


def _format(reading: Reading) -> str:
    return reading.format or ("1234.5" if reading == NUMBER or reading.scale else reading.logical_type)
