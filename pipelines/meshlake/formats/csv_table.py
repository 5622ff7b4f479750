"""Where the table of a CSV file is, found from its first records: what stands above it, its names, what follows it.

A row names the columns if it is text above numbers or dates; it is data if what stands in it is of the kind that its
columns are of. Where nothing tells, the first row of the table's width names them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.formats.csv_end import end_of_table
from meshlake.formats.csv_kinds import NUMBERS, TEXT, is_name, kind_of, kind_of_column
from meshlake.formats.csv_names import LOOKED_AT, columns_of, evidence, has_names, has_row_names
from meshlake.formats.csv_words import YEAR, is_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.formats.csv_lines import Cells, Record

_LEAST_SHARE = 0.9
_MOST_HEADER_ROWS = 4
_LEAST_VALUES = 5
# What a line of comment begins with, where nothing else says so.
_COMMENT = re.compile(r"(##|%%|//|--|;;)(?=[ \t]*\w)|(%)(?=[ \t]*\w)")


@dataclass(frozen=True)
class Table:
    """What was found. `above` records stand above the names, or the first row; `header` are those with names.

    `width` is that of most rows; `end` the line where another table begins; `kinds` those of values, by column.
    Where it `has_doubtful_row`, the first below the names is text above numbers: units, perhaps.
    `has_row_names` where what stands before the first name's values is what R and pandas call names of rows.
    """

    above: int
    header: Sequence[Record]
    width: int
    end: int | None
    comment: str
    kinds: tuple[str | None, ...] = ()
    has_row_names: bool = False
    has_doubtful_row: bool = False

    @property
    def names(self) -> list[str]:
        """The names, those of several rows joined; none where there is no row of names."""
        rows = [[cell.value.strip() for cell in record.cells or ()] for record in self.header]
        if len(rows) == 1:
            return [""] * self.has_row_names + [cell.value for cell in self.header[0].cells or ()]
        width = max(map(len, rows), default=0)
        columns = zip(*(row + [""] * (width - len(row)) for row in rows), strict=True)
        return [" ".join(filter(None, column)) for column in columns]


def find_table(records: Sequence[Record]) -> Table | None:
    """The table in the first records of a file, blank ones among them; `None` when all are blank."""
    rows = [record for record in records if record.cells]
    if not rows:
        return None
    width = _width(rows)
    above = _above(rows, width)
    body = rows[above:]
    if len(body) > 1:  # most rows may be those of a second table, which is narrower
        width = max(width, min(len(row.cells or ()) for row in body[:2]))
    is_headed = has_names(body, width)
    if above and not is_headed and len(rows[above - 1].cells or ()) == width > 1:
        # Names may be few: a row of them is not left out for one of data.
        last = above - 1
        if sum(bool(cell.value.strip()) for cell in rows[last].cells or ()) > 1 or above == 1:
            above, is_headed = last, True
            body = rows[above:]
    header = body[: 1 + _more_names(body, width)] if is_headed else []
    rest = body[len(header) :]
    comment = "#" if any(row.text.startswith("#") for row in rows[:above]) else _comment(rows, width)
    names = header[-1].text.strip() if header else ""
    end = end_of_table(records[records.index(rest[0]) :], width, names) if rest else None
    own = [row for row in rest if row.text.strip() != names and not (end and row.line >= end)]
    kinds = tuple(kind_of_column(column) for column in columns_of(own[:LOOKED_AT], width))
    is_doubtful = bool(header) and _is_text_above_numbers(rest, width)
    return Table(above, header, width, end, comment, kinds, has_row_names(header, rest, width), is_doubtful)


def are_those_names(values: Sequence[str], names: Sequence[str]) -> bool:
    r"""Whether a row says the names again, on another page perhaps or in other letters; one value alone does not.

    Example:
        >>> are_those_names(["\fID", "Name"], ["id", "name"]), are_those_names(["Id"], ["id"])
        (True, False)
    """
    if len(values) < 2 or len(values) != len(names):
        return list(values) == list(names)
    return [each.lower() for each in (values[0].lstrip("\f"), *values[1:])] == [
        name.lower() for name in names
    ]


def after_comments(text: str) -> str:
    """`text` without the lines of comment that it begins with.

    Example:
        >>> after_comments("%% by x\\n%% for y\\nid,n\\n")
        'id,n\\n'
    """
    found = re.match(rf"(?:(?:{_COMMENT.pattern})[^\r\n]*[\r\n]+)+(?=[^\r\n])", text)
    return text[found.end() :] if found else text


def _comment(rows: Sequence[Record], width: int) -> str:
    """What lines of comment begin with: the first line does, or none that is as wide as the table."""
    marks = Counter(begin[0] for row in rows if (begin := _COMMENT.match(row.text)))
    first = _COMMENT.match(rows[0].text)
    as_wide = {row.text[:2] for row in rows if len(row.cells or ()) == width}
    told = {first[0]} if first else {"##", "%%"} - as_wide
    return next((mark for mark in marks if mark in told and 2 * marks[mark] <= len(rows)), "")


def _width(rows: Sequence[Record]) -> int:
    """The width of most rows, empty cells behind the names' width not counted."""
    widths = Counter(len(row.cells or ()) for row in rows[:LOOKED_AT] if row.cells)
    # Of two that are equally frequent, the one of a table; then that which comes first.
    width = max(widths, key=lambda each: (widths[each] * (each > 1), widths[each]))
    first = next((row for row in rows if len(row.cells or ()) >= max(2, width / 2)), rows[0])
    own = len(first.cells or ())
    is_trailing = own < width and all(
        not cell.value and not cell.is_quoted for row in rows for cell in (row.cells or ())[own:]
    )
    return own if is_trailing else width


def _above(rows: Sequence[Record], width: int) -> int:
    """How many rows stand above the table: titles, comments, lines of nothing."""
    count = 0
    while count < len(rows) - 1 and _is_above(rows[count], width):
        count += 1
    if count == len(rows) - 1 and _is_above(rows[count], width):
        return 0
    if not count and _is_preamble(rows, width):
        return 1
    # A title may have a delimiter in it: the first row that is as wide as the table is sure to name its columns.
    wide = next((i for i, row in enumerate(rows) if len(row.cells or ()) >= width), count)
    return wide if wide > count and evidence(rows[wide:], width)[0] > 0 else count


def _is_preamble(rows: Sequence[Record], width: int) -> bool:
    """Whether the first row has values and the second words alone, which name what stands below: as DATEV writes."""
    if len(rows) < 3 or len(rows[1].cells or ()) != width:
        return False
    first, second = ([cell.value.strip() for cell in row.cells or ()] for row in rows[:2])
    values = [value for value in first if value and kind_of(value) is not TEXT and not YEAR.fullmatch(value)]
    names, data = evidence(rows[1:], width)
    return len(values) > 1 and names > max(1, data) and all(is_name(value) for value in second if value)


def _is_above(row: Record, width: int) -> bool:
    cells = _stripped(row.cells or [])
    if width == 1:
        return row.text.startswith("# ")
    if row.text.startswith("#") and (len(cells) != width or row.text.startswith("# ")):
        return True
    if _COMMENT.match(row.text):
        return True
    filled = sum(bool(cell.value.strip()) for cell in cells)
    if width == 2:
        return len(row.cells or ()) == 1
    return filled <= 1


def _more_names(body: Sequence[Record], width: int) -> int:
    """How many rows below the first name columns too: text above values in every column of values, or units."""
    if len(body) > 2 and _are_units(body[1], body[2:], width):
        return 1
    columns = columns_of(body[_MOST_HEADER_ROWS:LOOKED_AT], width)
    kinds = [kind_of_column(column) if len(column) >= _LEAST_VALUES else None for column in columns]
    told = [i for i, kind in enumerate(kinds) if kind not in {None, TEXT}]
    count = 0
    while count < min(_MOST_HEADER_ROWS, len(body)) - 1:
        cells = body[count + 1].cells or []
        values = [cells[i].value.strip() for i in told if i < len(cells)]
        filled = [value for value in values if value]
        is_text = len(filled) >= 2 and 2 * len(filled) >= len(told) and all(map(is_name, filled))
        if len(cells) != width or not is_text:
            break
        count += 1
    return count


def _is_text_above_numbers(rest: Sequence[Record], width: int) -> bool:
    """Whether the first of few rows has words in several columns, in all of which the others have numbers or dates."""
    if not 1 < len(rest) <= _LEAST_VALUES or len(rest[0].cells or ()) != width:
        return False
    columns = columns_of(rest[1:], width)
    words = [i for i, cell in enumerate(rest[0].cells or ()) if is_name(cell.value.strip())]
    filled = sum(bool(cell.value.strip()) for cell in rest[0].cells or ())
    return 1 < len(words) == filled and all(
        columns[i] and TEXT not in map(kind_of, columns[i]) for i in words
    )


def _are_units(row: Record, below: Sequence[Record], width: int) -> bool:
    """Whether a row has units and nothing else, each in a column of numbers."""
    values = {i: cell.value.strip() for i, cell in enumerate(row.cells or ()) if cell.value.strip()}
    columns = columns_of(below[:LOOKED_AT], width)
    return (
        len(row.cells or ()) == width
        and len(values) > 1
        and all(is_unit(value) for value in values.values())
        and all(columns[i] and NUMBERS.issuperset(map(kind_of, columns[i])) for i in values)
    )


def _stripped(cells: Cells) -> Cells:
    """Without empty cells at the end."""
    count = len(cells)
    while count and not cells[count - 1].value.strip():
        count -= 1
    return cells[:count]
