"""Lays rows out as text that fits a screen and loses nothing: as a table, or one record per row.

A word is never broken where it fits the screen: an id, a count or a name stands whole on one line. A table whose words
do not fit beside each other, or that would be longer so than as records, becomes records: `name  value` lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells

from meshlake.query.table import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_GAP = "  "
_INDENT = "  "
# Cells no wider than this are not folded within a table: times if there is room, `12.3 MB` and `many to one` always.
_WHOLE_WIDTHS = (20, 12)


@dataclass(frozen=True)
class _Column:
    cells: Sequence[str]
    is_number: bool

    @cached_property
    def wished(self) -> int:
        """The width at which nothing is folded."""
        return max(map(cell_len, self.cells))

    @cached_property
    def longest_word(self) -> int:
        return max(map(_longest_word, self.cells))

    def least(self, whole_width: int) -> int:
        """The least width that breaks no word, and no cell of up to `whole_width`."""
        whole = (width for width in map(cell_len, self.cells) if width <= whole_width)
        return max(self.longest_word, *whole, 0)

    def line(self, text: str, width: int) -> str:
        """`text` in the column's width."""
        blank = " " * (width - cell_len(text))
        return blank + text if self.is_number else text + blank


def table_lines(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: Sequence[bool],
    screen_columns: int | None = None,
    style: Callable[[str], str] = str,
) -> list[str]:
    """The lines of `rows` under `head`, none wider than the screen; how wide they get is free when that is `None`.

    `numbers` says of each column whether it stands right. `style` is put on what names columns.

    >>> table_lines(["product", "rows"], [["crm.customers", "7,043"]], [False, True])
    ['product         rows', 'crm.customers  7,043']
    >>> table_lines(["product", "rows"], [["crm.customers", "7,043"]], [False, True], 18)
    ['product', '  crm.customers', 'rows     7,043']
    """
    shown = [[visible(text) for text in row] for row in (head, *rows)]
    columns = [
        _Column(cells, number) for cells, number in zip(zip(*shown, strict=True), numbers, strict=True)
    ]
    widths = _widths(columns, screen_columns)
    if widths is None:
        return record_lines(head, rows, screen_columns, style)
    first, *others = [list(_row_lines(row, columns, widths)) for row in shown]
    lines = [*map(style, first), *chain(*others)]
    if len(lines) <= len(shown):
        return lines
    records = record_lines(head, rows, screen_columns, style)
    return lines if len(lines) <= len(records) else records


def record_lines(
    names: Sequence[str],
    rows: Iterable[Sequence[str]],
    screen_columns: int | None = None,
    style: Callable[[str], str] = str,
) -> list[str]:
    """A line `name  value` for each value that is not empty, and an empty line between rows."""
    lines: list[str] = []
    keys = [visible(name) for name in names]
    key_width = max(map(cell_len, keys), default=0)
    for row in rows:
        lines += [""] if lines else []
        for key, value in zip(keys, row, strict=True):
            if value:
                lines += _record(key, key_width, visible(value), screen_columns, style)
    return lines


def fold(text: str, width: int) -> list[str]:
    """`text` in lines of `width` columns, broken between words, and within one only if it is wider by itself.

    >>> fold("published, its folder changed since", 16)
    ['published, its', 'folder changed', 'since']
    >>> fold("retention.churn_predictions", 16)
    ['retention.churn_', 'predictions']
    """
    if cell_len(text) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
            continue
        first, *more = chop_cells(word, width) or [""]
        lines = [*lines, first, *more] if lines[-1] else [*lines[:-1], first, *more]
    return lines


def fold_indented(text: str, width: int) -> list[str]:
    """As `fold`, each line as far from the edge as the first.

    >>> fold_indented("  sku is missing from b.csv", 20)
    ['  sku is missing', '  from b.csv']
    """
    words = text.lstrip(" ")
    indent = " " * (len(text) - len(words))
    return [indent + line for line in fold(words, max(width - len(indent), 1))]


def _record(
    key: str, key_width: int, value: str, screen_columns: int | None, style: Callable[[str], str]
) -> Iterator[str]:
    """`key` and `value`, which goes below where its longest word does not fit beside."""
    beside = None if screen_columns is None else screen_columns - key_width - len(_GAP)
    if beside is None or beside >= _longest_word(value):
        first, *more = [value] if beside is None else fold(value, beside)
        yield style(key) + " " * (key_width - cell_len(key)) + _GAP + first
        yield from (" " * key_width + _GAP + line for line in more)
        return
    if key:
        yield from map(style, fold(key, max(screen_columns or 0, 1)))
    yield from (_INDENT + line for line in fold(value, max((screen_columns or 0) - len(_INDENT), 1)))


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split(" ")))


def _widths(columns: Sequence[_Column], screen_columns: int | None) -> list[int] | None:
    """The width of each column, the widest made narrower until all fit; `None` if they cannot."""
    wished = [column.wished for column in columns]
    if screen_columns is None:
        return wished
    room = screen_columns - len(_GAP) * (len(columns) - 1)
    for whole_width in _WHOLE_WIDTHS:
        least = [column.least(whole_width) for column in columns]
        for cap in range(min(max(wished, default=0), max(room, 0)), -1, -1):
            widths = [max(low, min(wish, cap)) for low, wish in zip(least, wished, strict=True)]
            if sum(widths) <= room:
                return widths
    return None


def _row_lines(cells: Sequence[str], columns: Sequence[_Column], widths: Sequence[int]) -> Iterator[str]:
    folded = [fold(text, width) for text, width in zip(cells, widths, strict=True)]
    for parts in zip_longest(*folded, fillvalue=""):
        texts = (c.line(text, width) for c, text, width in zip(columns, parts, widths, strict=True))
        yield _GAP.join(texts).rstrip()
