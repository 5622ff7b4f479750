"""What is told of how a CSV file is read: all that was guessed, left out, or may be meant in another way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.formats.csv_dump import NOTE as DUMPED
from meshlake.formats.csv_dump import has_dumped
from meshlake.formats.csv_footer import total_word
from meshlake.formats.csv_form import USUAL, left_whole
from meshlake.formats.reader import unique_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from meshlake.formats.csv_lines import Form, Record
    from meshlake.formats.csv_table import Table
    from meshlake.formats.text_encoding import TextEncoding

NO_NAMES = "its first line holds values, no names"
NAMES_UNSURE = "whether its first line holds names or values nothing tells"
SHOWN_CHARACTERS = 40


def last_line_notes(last: Sequence[Record], width: int) -> Iterable[str]:
    """What the last line of a file may be, if it is a row."""
    for cells in (record.cells or () for record in last):
        if len(cells) == width and (word := total_word([cell.value for cell in cells])):
            yield f"its last line begins with {word!r}: it is read as a row, and may be a total of the others"


def form_notes(
    encoding: TextEncoding, form: Form, table: Table, rows: Sequence[Record], told: str
) -> Iterable[str]:
    """What was found of the first `rows`; `told` is what says how cells are told apart, if anything does."""
    if encoding.note:
        yield encoding.note
    if told:
        yield told
    elif form.delimiter not in USUAL and table.width > 1:
        yield f"read with the delimiter {form.delimiter!r}"
    if _has_blanks_between(form, [row.text for row in rows[table.above :]]):
        yield f"a blank follows each {form.delimiter!r}, and is part of a value that is not quoted"
    if form.escape == "\\" and any(has_dumped(row.text) for row in rows):
        yield DUMPED
    if not form.quote and not told:
        yield "quotes of none of its lines can be followed: they are read as text"
    if table.width == 1 and (between := left_whole([row.text for row in rows])):
        yield f"read as one column, though most lines hold {between!r}"
    if table.above:
        lines = (
            "a line above the table is" if table.above == 1 else f"{table.above} lines above the table are"
        )
        yield f"{lines} left out: {rows[0].text.strip()[:SHOWN_CHARACTERS]}"
    filled = sum(bool(name.strip()) for name in table.names)
    if filled == table.width < len(table.names):
        yield "its names have one without text more than its rows have values, which is left out"
    if not table.header:
        ranged = f"columns are column_1 to column_{table.width}"
        yield f"{NO_NAMES}: {'its column is column_1' if table.width == 1 else ranged}"
    elif len(table.header) > 1:
        yield f"its names are those of {len(table.header)} rows, joined"
    if table.has_doubtful_row:
        yield "its first row is text above numbers: read as a row, and may be units or more of the names"
    if table.has_row_names:
        yield "its names are one fewer than its values: the first column has none, as R writes names of rows"
    elif table.header and len(table.names) == table.width - 1:
        yield "its names are one fewer than its values: the last column is taken for the one without"
    yield from _names_made(table)
    if table.end:
        yield f"another table begins in line {table.end}"


def _has_blanks_between(form: Form, lines: list[str]) -> bool:
    """Whether a blank stands behind every delimiter, as those write who mean the two to be one."""
    if not form.delimiter or form.delimiter.endswith(" ") or not form.quote:
        return False
    quoted = re.compile(f"{re.escape(form.quote)}.*?{re.escape(form.quote)}", re.DOTALL)
    bare = [quoted.sub("", line) for line in lines]
    count = sum(line.count(form.delimiter) for line in bare)
    return count > 0 and count == sum(line.count(f"{form.delimiter} ") for line in bare)


def _names_made(table: Table) -> Iterable[str]:
    """What names are not as they stand in the file: those that are missing, and those that are there already."""
    if not table.header:
        return
    given = [name.strip() for name in table.names[: table.width]]
    given += [""] * (table.width - len(given))
    made = unique_names(given)
    missing = [new for name, new in zip(given, made, strict=True) if not name]
    again = [new for name, new in zip(given, made, strict=True) if name not in {"", new}]
    if missing:
        yield f"not all columns have a name: {_some(missing)}"
    if again:
        yield f"columns of the same name are told apart by a number: {_some(again)}"


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - 3:,} more" if len(words) > 3 else ""
    return f"{', '.join(words[:3])}{more}"
