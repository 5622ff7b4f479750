"""Spellings of one value, such as `Berlin`, `berlin` and `BERLIN `: told as one, with how many rows have each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from meshlake.discovery.dataset_profile import ColumnProfile

_SHOWN = 3
# Of more values most are there once, and no categories.
_MOST_VALUES = 1_000


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


def with_spellings(column: ColumnProfile, sampled: Sequence[str]) -> ColumnProfile:
    """`column`, with the question whether texts that are spelled alike are one; personal ones are not shown.

    Of a column of more values than are counted one by one those of `sampled` are compared.
    """
    if column.found_type != "string" or column.personal or column.distinct_count > _MOST_VALUES:
        return column
    groups = spellings(column.values or [(value, 0) for value in sampled])
    if not groups:
        return column
    shown = "; ".join(" and ".join(_told(value, n) for value, n in group) for group in groups[:_SHOWN])
    more = f"; and {len(groups) - _SHOWN:,} more" if len(groups) > _SHOWN else ""
    return column.asking(f"one value in several spellings? {shown}{more}: published as they are written")


def _told(value: str, count: int) -> str:
    return f"{value!r} in {counted(count, 'row')}" if count else repr(value)
