"""Spellings of one value, such as `Berlin`, `berlin` and `BERLIN `: told as one, with how many rows have each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from meshlake.discovery.dataset_profile import ColumnProfile

_SHOWN = 3


def spellings(values: Iterable[tuple[str, int]]) -> tuple[tuple[tuple[str, int], ...], ...]:
    """The groups of `values`, each with its count, that differ in case and blanks alone.

    Example:
        >>> spellings([("Berlin", 5), ("Rome", 4), ("berlin", 2), ("BERLIN ", 1)])
        ((('Berlin', 5), ('berlin', 2), ('BERLIN ', 1)),)
    """
    groups: dict[str, list[tuple[str, int]]] = {}
    for value, count in values:
        groups.setdefault(" ".join(value.split()).casefold(), []).append((value, count))
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def with_spellings(column: ColumnProfile) -> ColumnProfile:
    """`column`, with the question whether texts that are spelled alike are one; personal ones are not shown."""
    groups = spellings(column.values) if column.found_type == "string" and not column.personal else ()
    if not groups:
        return column
    shown = "; ".join(
        " and ".join(f"{value!r} in {counted(n, 'row')}" for value, n in group) for group in groups[:_SHOWN]
    )
    more = f"; and {len(groups) - _SHOWN:,} more" if len(groups) > _SHOWN else ""
    return column.asking(f"one value in several spellings? {shown}{more}: published as they are written")
