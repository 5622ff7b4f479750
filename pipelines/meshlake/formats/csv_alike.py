"""Small CSV files that are written like one looked at before: of a hundred thousand, most need no look of their own.

A file is taken for one of them only where nothing in it could be read in another way: the same first line of names,
plain ASCII without quotes or other signs that say how to read, and in each line as many delimiters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.formats.csv_footer import is_rule, total_word
from meshlake.formats.csv_kinds import is_text_among

if TYPE_CHECKING:
    from meshlake.formats.csv_form import CsvDialect

# Quotes, escapes and breaks of all kinds, and what begins comments.
_TELLING = b"\"'`\\\r\0\v\f\x1a#%"
_COMMENTS = (b"\n--", b"\n//", b"\n;;", b"\n\n")
_MOST_KNOWN = 1_000
_KNOWN: dict[bytes, CsvDialect] = {}


def remember(sample: bytes, dialect: CsvDialect) -> None:
    """Let files with the first line of `sample` be read as `dialect`, if that is as plain as can be."""
    form = dialect.form
    is_usual = dialect.is_plain and dialect.has_names and dialect.are_names_sure and not dialect.notes
    is_simple = dialect.first_line == 2 and not dialect.comment and dialect.line_end == "\n"
    if is_usual and is_simple and len(form.delimiter) == 1 and len(dialect.columns) > 1:
        line = _first_line(sample)
        if _is_silent(line) and line.count(form.delimiter.encode()) == len(dialect.columns) - 1:
            if len(_KNOWN) >= _MOST_KNOWN:
                forget()
            _KNOWN[line] = dialect


def forget() -> None:
    """Forget what was remembered."""
    _KNOWN.clear()


def known_dialect(content: bytes) -> CsvDialect | None:
    """The dialect of a file with this content, where it is written just like one that was remembered."""
    line = _first_line(content)
    known = _KNOWN.get(line)
    if known is None or not _is_silent(content):
        return None
    delimiter = known.form.delimiter.encode()
    _, *rows = content.removesuffix(b"\n").split(b"\n")
    count = len(known.columns) - 1
    is_again = line.removesuffix(b"\n").lower() in content[len(line) :].lower()
    if not rows or is_again or any(row.count(delimiter) != count for row in rows):
        return None
    if any(comment in content for comment in _COMMENTS) or delimiter + b" " in content:
        return None
    first, last = (
        [cell.strip() for cell in row.decode("ascii").split(known.form.delimiter)]
        for row in (rows[0], rows[-1])
    )
    if is_rule(first) or total_word(last):
        return None
    # A second row of names, of units perhaps, is text above values.
    is_other = any(is_text_among(cell, kind) for cell, kind in zip(first, known.kinds, strict=False))
    return None if is_other else known


def _first_line(content: bytes) -> bytes:
    return content[: content.find(b"\n") + 1]


def _is_silent(content: bytes) -> bool:
    """Whether it is ASCII without any sign that may say how it is to be read."""
    return content.isascii() and len(content.translate(None, _TELLING)) == len(content)
