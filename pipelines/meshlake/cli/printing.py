"""How facts are printed: as a table for people, as JSON for programs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def print_json(facts: Any) -> None:
    """Print `facts` as one JSON document."""
    json.dump(facts, sys.stdout, indent=2, default=str, ensure_ascii=False)
    sys.stdout.write("\n")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str | None = None) -> None:
    """Print `rows` under `columns`; numbers stand right."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for position, name in enumerate(columns):
        is_number = bool(rows) and all(
            isinstance(row[position], int | float) or row[position] is None for row in rows
        )
        table.add_column(name, justify="right" if is_number else "left", no_wrap=position < len(columns) - 1)
    for row in rows:
        table.add_row(*(_text(value) for value in row))
    # What is piped is for programs and files: it is never cut to the width of a screen nobody sees.
    width = None if sys.stdout.isatty() else 1000
    # Values are shown as they are, also where [one] or :two: would mean a style or a picture to rich.
    console = Console(width=width, markup=False, emoji=False)
    if title is not None:  # a title of the table's own would be broken at the table's width
        console.print(title, style="italic", markup=False, highlight=False, soft_wrap=True)
    console.print(table)


def size_text(size_bytes: float) -> str:
    """Bytes for people: `12.3 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if size_bytes < 1000:
            return f"{size_bytes:.0f} {unit}" if unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.1f} TB"


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.3f}"
    return str(value)
