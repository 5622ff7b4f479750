"""Lines of a CSV file beside its names and rows: a rule below the names; below the table totals, counts, remarks.

They are told from rows that lack values by something that rows have not: a blank line above them, text where numbers or
dates stand, words that end reports. A last line that is only cut off has none of it, and stays one that is damaged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.formats.csv_kinds import is_text_among

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from meshlake.formats.csv_lines import Record

FOOTER = "stands below the table, and is none of its rows"
RULE = "is a rule below the names, and none of the rows"
# As Markdown, `sqlcmd` and `psql` write them.
_RULE = re.compile(r":?[-=]+(?:\+[-=]+)*:?")
_TOTAL = re.compile(
    r"\W*(?:grand\s|sub-?)?(?:totals?|sum|gesamt|summe|somme|suma|totale?)\b\W*", re.IGNORECASE
)
_MOST_LINES = 20
# A table of one row does not tell what its columns hold.
_LEAST_ROWS = 2
_WORDS = re.compile(
    r"""\W*(?:
        (?:grand\s|sub-?)?totals?\b | sum(?:s|me|mary)?\b | gesamt | summe | somme\b | suma\b | totale\b
        | end\s+of\b | ende\b | fin\b | eof\b | source\b | quelle\b | notes?\b | generated\b | created\b | report\b
        | copyright\b | ©
        | (?:rows?|records?|lines?|entries|count|anzahl)\b\W*\d
        | [\d.,]+\s+(?:rows?|records?|lines?|entries|results?|zeilen?|datens[äa]tze?|lignes?|filas?)\b
    ) | \(.*\)\s*$ | (?:--|==|\*\*|\#|//|%%|__)""",
    re.VERBOSE | re.IGNORECASE,
)


def is_rule(cells: Iterable[str]) -> bool:
    """Whether a line is made of dashes alone, `---|:--:`; a lone one stands for no value.

    Example:
        >>> is_rule(["---", ":--:"]), is_rule(["-", "--", "-"]), is_rule(["-", "---"])
        (True, False, True)
    """
    filled = [value for cell in cells if (value := cell.strip())]
    is_drawn = any(len(value) > 2 for value in filled) or all(len(value) > 1 for value in filled)
    return bool(filled) and is_drawn and all(map(_RULE.fullmatch, filled))


def total_word(cells: Sequence[str]) -> str | None:
    """The word by which a row as wide as others may be a total of them: nobody can be sure that it is."""
    first = next((value for cell in cells if (value := cell.strip())), "")
    return first if len(cells) > 1 and _TOTAL.fullmatch(first) else None


class Ending:
    """Lines of another width than the table's, as long as no row follows: then they are lines among rows."""

    def __init__(self, width: int, comment: str) -> None:
        self._width, self._comment = width, comment
        self.records: list[Record] = []

    def may_begin_with(self, record: Record) -> bool:
        """Whether `record`, and what `records` holds before it, may be below the table."""
        if self._width < 2 or record.cells is None or len(self.records) >= _MOST_LINES:
            return False
        is_comment = bool(self._comment) and record.text.startswith(self._comment)
        return len(record.cells) != self._width and not is_comment and not record.is_doubtful

    def taken(self) -> list[Record]:
        """What `records` held."""
        records, self.records = self.records, []
        return records

    def footer_at(self, kinds: Sequence[str | None], row_count: int) -> int:
        """From which of `records` on they are below a table of `row_count` rows, whose columns are of `kinds`."""
        is_after_blank = False
        for at, record in enumerate(self.records):
            if not record.cells:
                is_after_blank = True
            elif is_after_blank or _is_footer(record, kinds if row_count >= _LEAST_ROWS else ()):
                rest = sum(bool(each.cells) for each in self.records[at:])
                return at if rest <= row_count else len(self.records)
        return len(self.records)


def _is_footer(record: Record, kinds: Sequence[str | None]) -> bool:
    cells = [cell.value.strip() for cell in record.cells or ()]
    at = next((at for at, value in enumerate(cells) if value), None)
    if at is None:
        return False
    return _WORDS.match(cells[at]) is not None or (at < len(kinds) and is_text_among(cells[at], kinds[at]))
