"""How the numbers and days of a column spread over their range, counted on the sample: for pictures, no proof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.discovery.batches import batches
from meshlake.discovery.dataset_profile import Spread
from meshlake.discovery.landed_view import SAMPLE
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import is_moment, is_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from meshlake.discovery.dataset_profile import ColumnProfile

BARS = 12
# As the look at each column of the sample costs (`suspicion`).
_COST = 10


def with_spreads(
    connection: duckdb.DuckDBPyConnection, columns: Iterable[ColumnProfile]
) -> tuple[ColumnProfile, ...]:
    """`columns`, those of numbers and days with their spread but for personal ones."""
    columns = tuple(columns)
    numbers = {c.name: sql for c in columns if not c.personal and (sql := _number(c))}
    found: dict[str, Spread] = {}
    for names in batches(connection, numbers, lambda _: _COST):
        ends = ", ".join(f"min({numbers[name]}), max({numbers[name]})" for name in names)
        row = connection.execute(f"SELECT {ends} FROM {SAMPLE}").fetchone() or ()
        ranges = {
            name: (row[2 * i], row[2 * i + 1])
            for i, name in enumerate(names)
            if row[2 * i] is not None and row[2 * i] < row[2 * i + 1]
        }
        found |= _counted(connection, {name: (numbers[name], *ends) for name, ends in ranges.items()})
    return tuple(replace(column, spread=found.get(column.name)) for column in columns)


def _counted(
    connection: duckdb.DuckDBPyConnection, asked: dict[str, tuple[str, float, float]]
) -> dict[str, Spread]:
    if not asked:
        return {}
    told = ", ".join(
        f"histogram(least({BARS - 1}, floor(({sql} - {low!r}::DOUBLE) / {(high - low) / BARS!r}::DOUBLE))::INTEGER)"
        for sql, low, high in asked.values()
    )
    row = connection.execute(f"SELECT {told} FROM {SAMPLE}").fetchone() or ()
    return {
        name: Spread(low, high, tuple((counts or {}).get(bar, 0) for bar in range(BARS)))
        for (name, (_, low, high)), counts in zip(asked.items(), row, strict=True)
    }


def _number(column: ColumnProfile) -> str | None:
    """SQL for a value of `column` as a number, null where it has none that can be drawn; None of other columns."""
    cell = quote_identifier(column.name)
    value, kind = (column.reading.value(cell), column.reading.type) if column.reading else (cell, column.type)
    words = ", ".join(quote_literal(word) for word, _ in column.missing)
    if is_moment(kind):
        number = f"epoch({value})"
    elif is_number(kind):
        number = f"TRY_CAST({value} AS DOUBLE)"
    else:
        return None
    is_missing = f" AND CAST({cell} AS VARCHAR) NOT IN ({words})" if words else ""
    return f"CASE WHEN {number} BETWEEN -1e100 AND 1e100{is_missing} THEN {number} END"
