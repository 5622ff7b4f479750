"""Where the table of a CSV file ends, since another one begins below it."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING

from meshlake.formats.csv_kinds import is_name
from meshlake.formats.csv_names import LOOKED_AT, evidence
from meshlake.formats.csv_words import YEAR, are_column_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.formats.csv_lines import Record

_LEAST_ROWS = 3


def end_of_table(records: Sequence[Record], width: int, names: str) -> int | None:
    """The line where another table begins, or its title, in `records` from the first row of a `width` on.

    Blank records are among them. Names of another table stand below a blank line, or above rows as wide that are not of
    `width`; to say the own `names` again begins none.
    """
    begin, before, is_below_blank = 0, width, False
    for i, record in enumerate(records):
        if not record.cells:
            begin, is_below_blank = 0, is_below_blank or record.cells == []
            continue
        own = len(record.cells)
        begin = (begin or record.line) if is_below_blank else record.line
        may_begin = own > 1 and (is_below_blank or own not in {width, before})
        if may_begin and record.text.strip() != names:
            block = list(takewhile(lambda each: each.cells, islice(records, i, i + LOOKED_AT)))
            as_wide = _as_wide(block)
            # Without a blank line one row or two may as well lack cells.
            least = len(block) if is_below_blank else _LEAST_ROWS
            if len(as_wide) >= least and _are_other_names(as_wide, own, width):
                return begin
        is_below_blank, before = is_below_blank and own == 1 < width, own
    return None


def _as_wide(rows: Sequence[Record]) -> list[Record]:
    """Those of `rows` that are as wide as the first, up to one that is not."""
    width = len(rows[0].cells or ())
    return list(takewhile(lambda row: len(row.cells or ()) == width, rows))


def _are_other_names(rows: Sequence[Record], own: int, width: int) -> bool:
    """Whether the first of `rows`, `own` cells wide, has names that are none of those of a table of `width`."""
    cells = [cell.value.strip() for cell in rows[0].cells or ()]
    are_words = all(is_name(value) or YEAR.fullmatch(value) for value in cells)
    names, data = evidence(rows, own)
    if own == width:
        return are_words and names > 0 and not data
    return names > data or (are_words and not data and len(rows) > 1 and are_column_words(rows[0]))
