"""Aggregates over all rows of a landed dataset, and exact counts of different values.

Where files keep columns apart, it costs nothing to read each in a query of its own. That is what parts the work where
there are fewer groups of rows than threads, and what bounds memory where many columns may be keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.discovery.batches import thread_count
from meshlake.discovery.landed_view import LANDED
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

# What is held in memory to count what is different: some 200 MB of text of 36 letters, or of hashes.
_VALUES_AT_ONCE, _HASHES_AT_ONCE = 2_000_000, 8_000_000


def aggregated(
    connection: duckdb.DuckDBPyConnection,
    asked: Sequence[tuple[str, str]],
    *,
    are_columns_apart: bool,
    table: str = LANDED,
) -> tuple[Any, ...]:
    """What each of `asked` gives: SQL for columns of `table`, and for an aggregate over these by the names given
    there. Columns that are kept apart are read by as many queries as there are threads, in one statement.
    """
    query_count = thread_count(connection) if are_columns_apart else 1
    size = -(-len(asked) // query_count)
    queries = [_query(asked[start : start + size], table) for start in range(0, len(asked), size)]
    return _row(
        connection, f"SELECT * FROM {', '.join(f'({query}) AS q{i}' for i, query in enumerate(queries))}"
    )


def _query(asked: Sequence[tuple[str, str]], table: str) -> str:
    prepared, aggregates = zip(*asked, strict=True)
    return f"SELECT {', '.join(aggregates)} FROM (SELECT {', '.join(prepared)} FROM {table})"


def distinct_counts(
    connection: duckdb.DuckDBPyConnection,
    keys: Sequence[tuple[str, ...]],
    row_count: int,
    *,
    are_columns_apart: bool,
) -> list[int]:
    """Exactly how many different values each of `keys`, columns together, has in all rows.

    In one pass, which holds all that are counted; of columns that are kept apart, and many rows, one after the other,
    of which so many values are held at once as are needed to prove it.
    """
    if not keys:
        return []
    if not are_columns_apart or row_count * len(keys) <= _VALUES_AT_ONCE:
        return list(_row(connection, f"SELECT {', '.join(map(_counted, keys))} FROM {LANDED}"))
    return [_alone(connection, key, row_count) for key in keys]


def _alone(connection: duckdb.DuckDBPyConnection, key: tuple[str, ...], row_count: int) -> int:
    """Counted by parts of the hashes. These are counted first: they are small, and where none is twice no value is."""
    hashed = f"hash({_listed(key)})"
    found, present = _by_parts(
        connection, f"count(DISTINCT {hashed}), count(*)", key, row_count, _HASHES_AT_ONCE
    )
    if found == present:
        return found
    return _by_parts(connection, _counted(key), key, row_count, _VALUES_AT_ONCE)[0]


def _by_parts(
    connection: duckdb.DuckDBPyConnection, counts: str, key: tuple[str, ...], row_count: int, at_once: int
) -> list[int]:
    """The sums of `counts` over parts of the rows that have a value, of which one can hold `at_once`."""
    cells = _listed(key)
    has_value = f"{cells} IS NOT NULL" if len(key) == 1 else "true"
    part_count = -(-row_count // at_once)
    parts = (f"{has_value} AND hash({cells}) % {part_count} = {part}" for part in range(part_count))
    rows = (_row(connection, f"SELECT {counts} FROM {LANDED} WHERE {part}") for part in parts)
    return [sum(counted) for counted in zip(*rows, strict=True)]


def _counted(key: tuple[str, ...]) -> str:
    return f"count(DISTINCT {_listed(key) if len(key) == 1 else f'row({_listed(key)})'})"


def _row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    if row is None:
        raise RuntimeError("an aggregate gave no row")
    return row


def _listed(key: tuple[str, ...]) -> str:
    return ", ".join(map(quote_identifier, key))
