"""How a landed file is written - Parquet, CSV, JSON lines, Excel - one object each, found by the ending of its name.

What a format is asked, `format.Format` says: the SQL that reads its files, what is wrong with one of them in plain
words, whether Trino reads it where it lies. A new format is one file here with a class like those beside it, and one
line in `FORMATS`; which files make a dataset is for `landing` (docs/adr/0020).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import LandingError
from meshlake.plugins import Doorway

if TYPE_CHECKING:
    from collections.abc import Iterable

    from meshlake.formats.format import Format

FORMATS: Doorway[Format] = Doorway(
    "meshlake.formats",
    "format",
    {
        "parquet": "meshlake.formats.parquet:PARQUET",
        "csv": "meshlake.formats.csv:CSV",
        "json": "meshlake.formats.json_lines:JSON_LINES",
        "excel": "meshlake.formats.excel:EXCEL",
    },
)


def format_of(file_name: str) -> Format:
    """The format that the ending of `file_name` stands for.

    Raises:
        LandingError: it is none that can be read.

    Example:
        >>> str(format_of("calls/2024-01-05.CSV.gz"))
        'csv'
    """
    ours = _with_ending(file_name, map(FORMATS.get, FORMATS.members))
    # Others' members are looked for only now: that takes a while.
    found = ours or _with_ending(file_name, FORMATS.all().values())
    if found is None:
        raise LandingError(
            f"{file_name} is of no format that can be read", f"What can be read: {readable()}."
        )
    return found


def readable() -> str:
    """Every format that can be read and its endings, for people."""
    *first, last = map(_told, FORMATS.all().values())
    return f"{', '.join(first)} and {last}" if first else last


def refuse_other_formats(file_name: str, sample: bytes) -> None:
    """Refuse a file of text that begins, `sample`, as one of a binary format, whatever its name says.

    Raises:
        LandingError: it does.
    """
    for other in map(FORMATS.get, FORMATS.members):
        if other.magic and sample.startswith(other.magic):
            raise LandingError(
                f"{file_name}: its name says text, it is {other.title}", "Give the file its right ending."
            )


def _with_ending(file_name: str, formats: Iterable[Format]) -> Format | None:
    return next((each for each in formats if each.has_ending(file_name)), None)


def _told(format_: Format) -> str:
    endings = ", ".join(format_.endings)
    packed = f", also as {' and '.join(format_.compressions)}" if format_.compressions else ""
    return f"{format_.title} ({endings}{packed})"
