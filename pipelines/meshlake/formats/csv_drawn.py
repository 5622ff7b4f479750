"""Tables drawn for people: Markdown, frames as MySQL's client draws them, columns aligned by runs of blanks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.formats.csv_footer import is_rule
from meshlake.formats.csv_lines import Form

if TYPE_CHECKING:
    from collections.abc import Sequence

# What cells stand between once the drawing is taken away; quotes are text.
DRAWN = Form("\x1f", "", "")
_BAR = re.compile(r"(?<!\\)\|")
_FRAME = re.compile(r"\+(?:[-=]+\+)+")
_RUN = re.compile(r"  +")
_COLUMN = re.compile(r"x+(?: x+)*")
_OTHERS = re.compile(r"[,;\t|\"\x1f]")
_LEAST_LINES = 3


def undrawn(text: str) -> tuple[str, str] | None:
    r"""The cells of `text`, line for line, and what it is; `None` where it is no drawing.

    Example:
        >>> undrawn("| a | b |\n|---|---|\n| 1 | x |\n")
        ('a\x1fb\n\n1\x1fx\n', 'it is a Markdown table')
        >>> undrawn("name  age\nAnn    12\nBob     7\n")
        ('name\x1fage\nAnn\x1f12\nBob\x1f7\n', 'runs of blanks stand between its columns')
        >>> undrawn("name  city      age\nAnn   New York   12\nBob               7\n")[0]
        'name\x1fcity\x1fage\nAnn\x1fNew York\x1f12\nBob\x1f\x1f7\n'
    """
    has_others = _OTHERS.search(text) is not None
    if has_others and not text.lstrip().startswith(("|", "+")):
        return None  # as nearly every file
    lines = [line.strip() for line in text.splitlines()]
    filled = [line for line in lines if line]
    if len(filled) < _LEAST_LINES or "\x1f" in text:
        return None
    inner = [line for line in filled if not _FRAME.fullmatch(line)]
    if all(line.startswith("|") and line.endswith("|") and len(line) > 1 for line in inner):
        is_framed = len(inner) < len(filled)
        if len(inner) < _LEAST_LINES - 1 or not (is_framed or is_rule(_cells(inner[1]))):
            return None
        drawn = _FRAME.fullmatch if is_framed else inner[1].__eq__
        cells = [[] if not line or drawn(line) else _cells(line) for line in lines]
        return _joined(cells), "it is drawn in a frame" if is_framed else "it is a Markdown table"
    if has_others:
        return None
    rows = [_RUN.split(line) if line else [] for line in lines]
    widths = {len(row) for row in rows if row}
    if len(widths) == 1 and widths != {1}:
        return _joined(rows), "runs of blanks stand between its columns"
    aligned = _aligned(text.splitlines())
    return (
        (_joined(aligned), "its columns are told by the places that are blank in all lines")
        if aligned
        else None
    )


def _aligned(lines: Sequence[str]) -> list[list[str]] | None:
    """The cells of `lines`, if columns stand in the same places of each, two blanks apart, and some are empty.

    Each has a name in the first line and a value below; in no cell stand two blanks.
    """
    filled = [line for line in lines if line.strip()]
    width = max(map(len, filled))
    taken = {at for line in filled for at in range(len(line)) if line[at] != " "}
    drawn = "".join("x" if at in taken else " " for at in range(width))
    spans = [found.span() for found in _COLUMN.finditer(drawn)]
    rows = [[line[start:end].strip() for start, end in spans] if line.strip() else [] for line in lines]
    names, *below = [row for row in rows if row]
    is_table = len(spans) > 1 and all(names) and all(map(any, zip(*below, strict=True)))
    return rows if is_table and not any(_RUN.search(cell) for row in rows for cell in row) else None


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(line[1:-1])]


def _joined(rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"{DRAWN.delimiter.join(row)}\n" for row in rows)
