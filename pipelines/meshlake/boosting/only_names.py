"""Which columns name things, and are no features whatever they are called: ids, names, numbers of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.discovery.names import is_identifier, is_row_number, is_spoken
from meshlake.types.tree import INTEGERS, Decimal, Scalar, is_moment, is_nested

if TYPE_CHECKING:
    from collections.abc import Collection

    from meshlake.boosting.tables import Table

# Of so few rows numbers that are all different are no ids where their range is so many times as long.
_FEW_ROWS, _GAPS = 50, 2


def only_names(table: Table, name: str) -> bool:
    """Whether a column of a table says which thing a row is, and nothing of it."""
    described = table.described(name)
    is_unique = any(key == (described.name,) for key in table.profile.keys) if described else False
    return (
        is_nested(table.columns[name])
        or is_identifier(name)
        or is_row_number(name)
        or is_spoken(name)
        or bool(described and described.personal)
        or (is_unique and not _measures(table, name))
    )


def _measures(table: Table, name: str) -> bool:
    """Whether a column measures something though each row has another value: fractions do, and dates, and of few rows
    numbers that leave gaps (of twenty incomes no two are the same)."""
    kind, described = table.columns[name], table.described(name)
    if kind not in INTEGERS:
        is_fraction = isinstance(kind, Decimal) and kind.scale > 0
        return kind in (Scalar.DOUBLE, Scalar.FLOAT) or is_moment(kind) or is_fraction
    if described is None or table.profile.row_count > _FEW_ROWS:
        return False
    ends = [end or "" for end in (described.minimum, described.maximum)]
    is_whole = all(end.removeprefix("-").isdigit() for end in ends)
    return is_whole and int(ends[1]) - int(ends[0]) >= _GAPS * table.profile.row_count


def is_told_apart_by(table: Table, name: str, ids: Collection[str]) -> bool:
    """Whether it is worth while to count how many different ones there are: of an order's lines the orders."""
    described = table.described(name)
    is_own = any(described is not None and key == (described.name,) for key in table.profile.keys)
    is_flat = not is_nested(table.columns[name]) and not is_row_number(name)
    return is_flat and (is_identifier(name) or name in ids) and not is_own
