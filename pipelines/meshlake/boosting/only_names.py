"""Which columns name things, and are no features whatever they are called: ids, names, numbers of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.discovery.names import is_identifier, is_row_number, is_spoken
from meshlake.types.tree import INTEGERS, Decimal, Scalar, is_moment, is_nested, is_number

if TYPE_CHECKING:
    from collections.abc import Collection

    from meshlake.boosting.tables import Table

# Of so few rows numbers that are all different are no ids where their range is so many times as long.
_FEW_ROWS, _GAPS = 50, 2
# Of a list of so many rows neither where chance would hardly have drawn one of them twice.
_ROWS_OF_A_LIST = 1_000
# Personal, and yet says no more of who somebody is than their age does.
_BIRTH = "date of birth"
# What has so few kinds, and so many rows of each, says of which kind a row is, though it is called an id.
_KINDS_OF_A_CODE, _ROWS_OF_A_KIND = 200, 20
# Text of which more than so many rows have another is written anew for each.
_FREE = 0.5


def only_names(table: Table, name: str) -> bool:
    """Whether a column of a table says which thing a row is, and nothing of it."""
    described = table.described(name)
    is_unique = any(key == (described.name,) for key in table.profile.keys) if described else False
    return (
        is_nested(table.columns[name])
        or is_identifier(name)
        or is_row_number(name)
        or is_spoken(name)
        or bool(described and described.personal and not _is_age(table, name))
        or (is_unique and not _measures(table, name))
    )


def _is_age(table: Table, name: str) -> bool:
    described, kind = table.described(name), table.columns[name]
    return described is not None and described.personal == _BIRTH and (is_moment(kind) or is_number(kind))


def _measures(table: Table, name: str) -> bool:
    """Whether a column measures something though each row has another value: fractions do, and dates, and of few rows
    numbers that leave gaps (of twenty incomes no two are the same). Of more rows numbers do that are drawn from so many
    that no two need be the same: of 77 districts' inhabitants none are, and that says nothing."""
    kind, described = table.columns[name], table.described(name)
    if kind not in INTEGERS:
        is_fraction = isinstance(kind, Decimal) and kind.scale > 0
        return kind in (Scalar.DOUBLE, Scalar.FLOAT) or is_moment(kind) or is_fraction
    rows = table.profile.row_count
    if described is None or rows > _ROWS_OF_A_LIST:
        return False
    ends = [end or "" for end in (described.minimum, described.maximum)]
    if not all(end.removeprefix("-").isdigit() for end in ends):
        return False
    pairs, span = rows * (rows - 1) / 2, int(ends[1]) - int(ends[0])
    return span >= (_GAPS * rows if rows <= _FEW_ROWS else pairs)


def is_told_apart_by(table: Table, name: str, ids: Collection[str]) -> bool:
    """Whether it is worth while to count how many different ones there are: of an order's lines the orders."""
    described = table.described(name)
    is_own = any(described is not None and key == (described.name,) for key in table.profile.keys)
    is_flat = not is_nested(table.columns[name]) and not is_row_number(name)
    return is_flat and (is_identifier(name) or name in ids) and not is_own


def is_code(table: Table, name: str) -> bool:
    """Whether a column that is called an id, or refers to a table, says of which kind a row is: a status, a type."""
    described = table.described(name)
    if described is None or described.personal or is_row_number(name):
        return False
    kinds = described.distinct_count
    is_flat = table.columns[name] in INTEGERS or table.columns[name] is Scalar.VARCHAR
    return is_flat and 1 < kinds <= _KINDS_OF_A_CODE and _ROWS_OF_A_KIND * kinds <= table.profile.row_count


def is_free_text(table: Table, name: str) -> bool:
    """Whether text is written anew for nearly each row, so that different ones are counted as rows are."""
    described = table.described(name)
    return described is not None and described.distinct_count > _FREE * table.profile.row_count
