"""Writes the answer to a query as a table for people to read on a screen.

DuckDB turns the values into text; here they are laid out. Nothing is lost silently: what a screen cannot
hold, rows or columns, is said below the table. Answers for programs are `output.py`'s.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from rich.cells import cell_len, set_cell_size

from meshlake.counting import counted
from meshlake.query.output import Written
from meshlake.types.tree import is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.engines.answer import Answer, Rows
    from meshlake.types.tree import Type

DEFAULT_ROW_LIMIT = 1000
_BATCH_ROWS = 1000
_WIDEST_CELL = 60
_NULL = "NULL"
# Control characters could steer the terminal, and those of writing direction disguise what stands there.
_VISIBLE = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A)],
    "\N{REPLACEMENT CHARACTER}",
)
_VISIBLE |= {ord("\n"): "↵", ord("\r"): "↵", ord("\t"): " "}


def visible(text: str) -> str:
    """`text` on one line, with nothing in it that steers a terminal or disguises what stands there."""
    return text.translate(_VISIBLE)


@dataclass
class _Column:
    name: str
    width: int
    is_number: bool
    widest: int | None  # a longer cell is cut
    has_cut: bool = False

    def cell(self, value: str | None, *, is_styled: bool) -> str:
        """`value` in the column's width or, in later batches, wider; a null is dim where there are styles."""
        text = _NULL if value is None else visible(value)
        if self.widest is not None and cell_len(text) > self.widest:
            self.has_cut = True
            text = set_cell_size(text, self.widest - 1) + "…"
        blank = " " * (self.width - cell_len(text))
        if value is None and is_styled:
            text = f"\x1b[2m{text}\x1b[0m"
        return blank + text if self.is_number else text + blank


def write_table(
    answer: Answer,
    stream: TextIO,
    *,
    row_limit: int | None = DEFAULT_ROW_LIMIT,
    screen_columns: int | None = None,
    seconds: float | None = None,
) -> Written:
    """Write the first rows of `answer` as a table to `stream`.

    `row_limit` None writes all rows; widths are those of the first 1,000. `screen_columns` None writes all
    columns and values, however wide; otherwise the columns that fit, and the names below of those left out and of
    those with values cut. The time told is `seconds`, or when not given that from when the engine was asked to
    the last row.

    Raises:
        UsageError: when the query cannot run.
        MeshError: when memory, disk or a file fails.
    """
    limit = "" if row_limit is None else f" LIMIT {row_limit + 1}"
    types = answer.columns()
    # The line break ends a comment the query may close with.
    found = answer.run(before="SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (", after=f"\n){limit}")
    rows = found.fetchmany(_BATCH_ROWS)
    widest = None if screen_columns is None else max(min(_WIDEST_CELL, screen_columns - 2), 1)
    all_columns = [_fit(types[i], [row[i] for row in rows], widest) for i in range(len(types))]
    columns = _on_screen(all_columns, screen_columns)
    row_count, finished = _write_rows(found, rows, columns, stream, row_limit)
    seconds = finished - answer.asked_at if seconds is None else seconds
    is_cut = row_limit is not None and row_count > row_limit
    shown = min(row_count, row_limit) if row_limit is not None else row_count
    hidden = [c.name for c in all_columns[len(columns) :]]
    stream.write(_footer(shown, seconds, is_cut, hidden, [c.name for c in columns if c.has_cut]))
    return Written(shown, seconds)


def write_plan(answer: Answer, stream: TextIO) -> None:
    """Write `answer`, which is a plan, as text.

    Raises:
        UsageError: when the query cannot run.
        MeshError: when memory, disk or a file fails.
    """
    for _, plan in answer.run().fetchall():
        stream.write(plan)


def _fit(name_and_type: tuple[str, Type], values: Sequence[str | None], widest: int | None) -> _Column:
    name = visible(name_and_type[0])
    texts = (_NULL if value is None else visible(value) for value in values)
    width = max(cell_len(name), 1, *(cell_len(text) for text in texts))
    return _Column(name, width if widest is None else min(width, widest), is_number(name_and_type[1]), widest)


def _on_screen(columns: list[_Column], screen_columns: int | None) -> list[_Column]:
    """As many of the first columns as fit beside each other; one at least."""
    if screen_columns is None:
        return columns
    used, fitting = 1, 0
    for column in columns:
        used += column.width + 3
        fitting += used <= screen_columns + 2
    return columns[: max(fitting, 1)]


def _write_rows(
    found: Rows,
    rows: list[tuple[str | None, ...]],
    columns: list[_Column],
    stream: TextIO,
    row_limit: int | None,
) -> tuple[int, float]:
    """Write the head and the rows up to the limit, batch by batch; gives how many rows came, and when the last did."""
    last_at = time.perf_counter()
    is_styled = stream.isatty()
    stream.write(" " + " │ ".join(c.cell(c.name, is_styled=False) for c in columns).rstrip() + "\n")
    stream.write("─" + "─┼─".join("─" * c.width for c in columns) + "─\n")
    row_count = 0
    while rows:
        kept = rows if row_limit is None else rows[: max(row_limit - row_count, 0)]
        stream.writelines(
            " "
            + " │ ".join(c.cell(v, is_styled=is_styled) for c, v in zip(columns, row, strict=False)).rstrip()
            + "\n"
            for row in kept
        )
        row_count += len(rows)
        rows = found.fetchmany(_BATCH_ROWS)
        last_at = time.perf_counter()
    return row_count, last_at


def _footer(row_count: int, seconds: float, is_cut: bool, hidden: list[str], cut: list[str]) -> str:
    lines = [f"{counted(row_count, 'row')}, {seconds:.3f} s"]
    if is_cut:
        lines.append(
            f"There are more rows than the first {row_count:,}: raise --limit, or take --format csv."
        )
    if hidden:
        lines.append(f"Not shown, for the screen is too narrow: {', '.join(hidden)}.")
    if cut:
        lines.append(f"Cut at the …: {', '.join(cut)}. Whole with --format csv or jsonl.")
    return "\n".join(lines) + "\n"
