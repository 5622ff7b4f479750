"""Statements of bounded size over tables of any width: what one holds in memory grows with its expressions.

DuckDB keeps a vector for every part of every expression, on every thread. Of aggregates with a FILTER each keeps one
for all that the statement aggregates, which grows with the square of the columns: `CASE` says the same without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import duckdb

_Item = TypeVar("_Item")
# What one statement may cost, with a plain column as one, on all threads together: some 200 MB.
_BUDGET = 2_000
_LEAST = 50


def thread_count(connection: duckdb.DuckDBPyConnection) -> int:
    """How many threads a statement may have."""
    row = connection.execute("SELECT current_setting('threads')").fetchone()
    return int(row[0]) if row else 1


def batches(
    connection: duckdb.DuckDBPyConnection, items: Iterable[_Item], cost: Callable[[_Item], int]
) -> Iterator[list[_Item]]:
    """`items` in order, in lists that one statement can hold; `cost` is an item's, with a plain column as one."""
    budget = max(_LEAST, _BUDGET // thread_count(connection))
    batch: list[_Item] = []
    spent = 0
    for item in items:
        if batch and spent + cost(item) > budget:
            yield batch
            batch, spent = [], 0
        batch.append(item)
        spent += cost(item)
    if batch:
        yield batch
