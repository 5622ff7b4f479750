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
_READ = "read_numbers"
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
        # To plan and work out how a cell is read is most of it, and is done once.
        read = ", ".join(f"{numbers[name]} AS n{i}" for i, name in enumerate(names))
        drawn = ", ".join(
            f"CASE WHEN n{i} BETWEEN -1e100 AND 1e100 THEN n{i} END AS n{i}" for i in range(len(names))
        )
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_READ} AS SELECT {drawn} FROM (SELECT {read} FROM {SAMPLE})"
        )
        ends = ", ".join(f"min(n{i}), max(n{i})" for i in range(len(names)))
        row = connection.execute(f"SELECT {ends} FROM {_READ}").fetchone() or ()
        ranges = {
            i: (row[2 * i], row[2 * i + 1])
            for i in range(len(names))
            if row[2 * i] is not None and row[2 * i] < row[2 * i + 1]
        }
        found |= {names[i]: spread for i, spread in _counted(connection, ranges).items()}
    return tuple(replace(column, spread=found.get(column.name)) for column in columns)


def _counted(
    connection: duckdb.DuckDBPyConnection, ranges: dict[int, tuple[float, float]]
) -> dict[int, Spread]:
    if not ranges:
        return {}
    told = ", ".join(
        f"histogram(least({BARS - 1}, floor((n{i} - {low!r}::DOUBLE) / {(high - low) / BARS!r}::DOUBLE))::INTEGER)"
        for i, (low, high) in ranges.items()
    )
    row = connection.execute(f"SELECT {told} FROM {_READ}").fetchone() or ()
    return {
        i: Spread(low, high, tuple((counts or {}).get(bar, 0) for bar in range(BARS)))
        for (i, (low, high)), counts in zip(ranges.items(), row, strict=True)
    }


def _number(column: ColumnProfile) -> str | None:
    """SQL for a value of `column` as a number, null where it has none; None of other columns."""
    cell = quote_identifier(column.name)
    value, kind = (column.reading.value(cell), column.reading.type) if column.reading else (cell, column.type)
    words = ", ".join(quote_literal(word) for word, _ in column.missing)
    if is_moment(kind):
        number = f"epoch({value})"
    elif is_number(kind):
        number = f"TRY_CAST({value} AS DOUBLE)"
    else:
        return None
    return f"CASE WHEN CAST({cell} AS VARCHAR) NOT IN ({words}) THEN {number} END" if words else number
