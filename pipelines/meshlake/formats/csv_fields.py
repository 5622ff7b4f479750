"""Logs that name their columns in a line of comment: W3C's extended format (`#Fields: date time`) and Zeek's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.formats.csv_lines import Cell, Form, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTE = "its names are those that its line #Fields says"
MARK = "#"
_FIELDS = re.compile(r"#fields:?[ \t]+(\S[^\r\n]*)", re.IGNORECASE)


def fields_form(text: str) -> Form | None:
    r"""The form of a text that begins with comments, one of which has the names; else `None`.

    Its names always stand between blanks or tabs; its values stand between either, and there are as many.

    Example:
        >>> fields_form("#Version: 1.0\n#Fields: date time\n2024-01-05\t10:00\n").delimiter
        '\t'
    """
    if not text.startswith(MARK):
        return None
    lines = [line for line in text.splitlines() if line.strip()]
    fields = _fields(lines)
    first = next((line for line in lines if not line.startswith(MARK)), None)
    if len(fields) < 2 or first is None:
        return None
    delimiter = next((each for each in "\t " if len(first.split(each)) == len(fields)), None)
    return None if delimiter is None else Form(delimiter, '"', '"')


def named_by_fields(records: Sequence[Record]) -> list[Record]:
    """`records` below a record of the names, without those of comment."""
    at = next(i for i, record in enumerate(records) if _FIELDS.match(record.text))
    cells = [Cell(name, False) for name in _fields([records[at].text])]
    names = Record(records[at].line, records[at].text, cells, records[at].end)
    return [names, *(record for record in records[at + 1 :] if not record.text.startswith(MARK))]


def _fields(lines: Sequence[str]) -> list[str]:
    found = next(filter(None, map(_FIELDS.match, lines)), None)
    return found[1].split() if found else []
