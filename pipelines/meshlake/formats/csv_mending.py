"""CSV files in which a quote is opened and never closed: DuckDB reads a copy without those lines.

Where a quote stays open DuckDB takes all that follows for one value and, over 2 MB, drops the rest of its chunk without
a word (127,000 lines of 1,000,000, on 1.5.5). So such a file is gone through once, line by line: a line whose quotes do
not come out even begins a value of several lines if these make a whole row, and cannot be read if they do not.
"""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, cast

from meshlake.formats.samples import is_compressed, open_text
from meshlake.formats.scratch import scratch_file
from meshlake.formats.unreadable import UnreadableLine
from meshlake.stores.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.formats.csv_dialect import CsvDialect
    from meshlake.stores import StoredFile

MOST_LINE_BYTES = 2_000_000  # DuckDB's own limit of a line
_OPEN = "has a quote that is never closed, or text after a closing quote"
_LONG = "is over 2 MB long, of which the beginning is kept"
_MOST_LINES = 10_000


@dataclass(frozen=True)
class Mended:
    """A copy of a file without the lines in `cut`."""

    copy: StoredFile
    cut: tuple[UnreadableLine, ...]

    def line_of(self, line: int) -> int:
        """The number in the file of a line of the copy."""
        for each in self.cut:
            line += each.line <= line
        return line


def mend(file: StoredFile, dialect: CsvDialect) -> Mended:
    """A copy of `file` without the lines that leave a quote open."""
    path = scratch_file("") / file.name
    path.parent.mkdir(parents=True)
    cut: list[UnreadableLine] = []
    with (
        open_text(file) as stream,
        gzip.open(path, "wb", 1) if is_compressed(file) else path.open("wb") as written,
    ):
        for number, lines, reason in _records(stream, dialect):
            if reason:
                content = lines[0].rstrip(b"\r\n")
                cut.append(UnreadableLine(file.name, number, content, reason))
            else:
                cast("BinaryIO", written).writelines(lines)
    copy = replace(file, path=str(path), size_bytes=path.stat().st_size, store=Disk())
    return Mended(copy, tuple(cut))


def _records(stream: BinaryIO, dialect: CsvDialect) -> Iterator[tuple[int, list[bytes], str]]:
    """The lines of each record with the number of the first, and why it is none, if so."""
    ahead = _lines(stream)
    waiting: list[bytes] = []
    number, quote = 1, dialect.quote.encode()
    while waiting or (waiting := list(islice(ahead, 1))):
        lines, reason = [waiting[0]], ""
        if len(waiting[0]) > MOST_LINE_BYTES:
            reason = _LONG
        elif quote in waiting[0]:
            count = _closed_after(waiting, ahead, dialect)
            lines, reason = waiting[: count or 1], "" if count else _OPEN
        del waiting[: len(lines)]
        yield number, lines, reason
        number += len(lines)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Line by line; of one that is too long, the beginning."""
    while line := stream.readline(MOST_LINE_BYTES + 1):
        rest = line
        while len(rest) > MOST_LINE_BYTES and not rest.endswith(b"\n"):
            rest = stream.readline(MOST_LINE_BYTES + 1)
        yield line


def _closed_after(waiting: list[bytes], ahead: Iterator[bytes], dialect: CsvDialect) -> int:
    """With how many lines of `waiting`, filled from `ahead`, the quotes of the first are closed; 0 if never."""
    quote, size_bytes = dialect.quote.encode(), 0
    for position in range(_MOST_LINES):
        if position == len(waiting):
            waiting.extend(islice(ahead, 1))
        if position == len(waiting) or (size_bytes := size_bytes + len(waiting[position])) > MOST_LINE_BYTES:
            return 0
        if position and quote not in waiting[position]:
            continue
        row = _row(waiting[: position + 1], dialect)
        if row is not None:
            # Of several lines, what is no whole row was not meant as one: the next quote just closed what was open.
            return position + 1 if position == 0 or len(row) == len(dialect.columns) else 0
    return 0


def _row(lines: list[bytes], dialect: CsvDialect) -> list[str] | None:
    """The values of `lines`, one record; [] where it is broken, `None` where it goes on."""
    text = b"".join(lines).decode("utf-8" if dialect.encoding == "utf-8" else "latin-1", errors="replace")
    has_escape = dialect.escape not in ("", dialect.quote)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape if has_escape else None,
        doublequote=not has_escape,
        strict=True,
    )
    try:
        return next(reader, [])
    except csv.Error as error:
        return None if "unexpected end" in str(error) else []
