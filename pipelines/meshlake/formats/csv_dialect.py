"""How a CSV file is written - encoding, delimiter, quoting, column names - found from samples of it.

DuckDB's own detection changes its mind on broken files (a ragged file becomes one column), which loses
errors; here the first line always names the columns, and what does not fit them is left for DuckDB's strict
reader to refuse.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from meshlake.errors import LandingError
from meshlake.formats import refuse_other_formats
from meshlake.formats.reader import unique_names
from meshlake.formats.samples import head, is_utf8, spread_blocks

if TYPE_CHECKING:
    from meshlake.stores import StoredFile

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 1000
_WINDOWS_1252_ONLY = re.compile(rb"[\x80-\x9f]")


@dataclass(frozen=True)
class CsvDialect:
    """How to read one CSV file. `encoding` is as DuckDB names it: utf-8, latin-1 or utf-16."""

    encoding: str
    delimiter: str
    quote: str
    escape: str
    columns: tuple[str, ...]


@lru_cache(maxsize=10_000)
def detect_dialect(file: StoredFile) -> CsvDialect | None:
    """The dialect of `file`; None when it is empty, so has neither columns nor rows.

    Raises:
        LandingError: the file is damaged, is no CSV, or is in an encoding that cannot be read.
    """
    sample, is_whole = head(file)
    if not sample:
        return None
    refuse_other_formats(file.name, sample)
    encoding = _encoding(file, sample)
    text = _decode(sample, encoding)
    if not text.split("\n", 1)[0].strip():
        raise LandingError(
            f"{file.name}: its first line is blank", "Remove the blank lines above the column names."
        )
    dialect, rows = max(
        ((candidate, _rows(text, candidate, is_whole)) for candidate in _candidates(text)),
        key=lambda candidate: _fit(candidate[1]),
    )
    if not rows:
        raise LandingError(
            f"{file.name}, line 1: the column names cannot be read: a quote is never closed",
            "Close the quote, or double each quote that is part of a name.",
        )
    if any("\r" in name or ("\n" in name and "\r" in text) for name in rows[0]):
        # DuckDB takes the first break it sees for the end of every line, and then finds no rows.
        raise LandingError(
            f"{file.name}, line 1: a column name holds a line break", "Write the names without line breaks."
        )
    return CsvDialect(
        encoding, dialect.delimiter, dialect.quotechar or "", _escape(dialect), unique_names(rows[0])
    )


def _encoding(file: StoredFile, sample: bytes) -> str:
    if sample.startswith(b"\xff\xfe"):
        return "utf-16"
    has_nul_pairs = sample[:1000].count(0) > len(sample[:1000]) / 3
    if sample.startswith(b"\xfe\xff") or has_nul_pairs:
        raise LandingError(
            f"{file.name}: it is UTF-16, big-endian or without a byte order mark, which cannot be read",
            "Save the file as UTF-8.",
        )
    blocks = list(spread_blocks(file))
    if all(map(is_utf8, blocks)):
        return "utf-8"
    if any(_WINDOWS_1252_ONLY.search(block.content) for block in blocks):
        raise LandingError(
            f"{file.name}: it is neither UTF-8 nor Latin-1, most likely Windows-1252",
            "Save the file as UTF-8, for example with: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW_FILE",
        )
    return "latin-1"


def _decode(sample: bytes, encoding: str) -> str:
    return sample.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="ignore")


def _candidates(text: str) -> list[type[csv.Dialect]]:
    escapes = (None, "\\") if '\\"' in text else (None,)
    # Apostrophes in text look like quotes; a file that has real ones does not quote with them.
    quotes = ('"',) if '"' in text else ('"', "'")
    return [
        _dialect(delimiter, quote, escape)
        for quote in quotes
        for escape in escapes
        for delimiter in _DELIMITERS
    ]


def _dialect(delimiter_: str, quote: str, escape: str | None) -> type[csv.Dialect]:
    class Candidate(csv.Dialect):
        delimiter = delimiter_
        quotechar = quote
        escapechar = escape
        doublequote = escape is None
        lineterminator = "\n"
        quoting = csv.QUOTE_MINIMAL
        strict = True

    return Candidate


def _escape(dialect: type[csv.Dialect]) -> str:
    return dialect.escapechar or dialect.quotechar or ""


def _rows(text: str, dialect: type[csv.Dialect], is_whole: bool) -> list[list[str]]:
    """The first rows of `text`; an unreadable row is [] and the last."""
    reader = csv.reader(io.StringIO(text, newline=""), dialect)
    rows: list[list[str]] = []
    try:
        rows.extend(row for row in islice(reader, _SAMPLE_ROWS) if row)
    except csv.Error as error:
        is_cut_off = not is_whole and "unexpected end" in str(error)
        return rows if is_cut_off or not rows else [*rows, []]
    return rows if is_whole or len(rows) < 2 else rows[:-1]


def _fit(rows: list[list[str]]) -> tuple[bool, float, bool, int]:
    """How well `rows` were split: many columns, rows as wide as the header, names without quotes, width."""
    if not rows:
        return False, 0.0, False, 0
    width = len(rows[0])
    share = sum(len(row) == width for row in rows) / len(rows)
    is_unquoted = not any(name[:1] in {'"', "'"} for name in rows[0])
    return width > 1, share, is_unquoted, width
