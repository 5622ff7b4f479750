"""Aggregates over all rows, by one query or several, and exact counts of different values."""

from __future__ import annotations

import duckdb
import pytest

from meshlake.discovery import aggregates
from meshlake.discovery.aggregates import aggregated, distinct_counts

_ROWS = "(1, 'a', NULL), (2, 'a', 'x'), (3, 'b', 'x'), (4, 'b', 'y'), (5, 'b', 'y'), (5, 'c', NULL)"


@pytest.fixture
def landed() -> duckdb.DuckDBPyConnection:
    """Six rows, open as discovery opens them."""
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE landed AS FROM (VALUES {_ROWS}) AS t (id, kind, word)")
    return connection


@pytest.mark.parametrize("are_columns_apart", [False, True])
def test_aggregates_are_given_in_the_order_in_which_they_are_asked_for(
    landed: duckdb.DuckDBPyConnection, are_columns_apart: bool
) -> None:
    asked = [("id AS a", "max(a)"), ("upper(kind) AS b", "min(b)"), ("word AS c", "count(c)")]
    for count in (1, 2, 3):
        found = aggregated(landed, asked[:count], are_columns_apart=are_columns_apart)
        assert found == (5, "A", 4)[:count]


@pytest.mark.parametrize("are_columns_apart", [False, True])
@pytest.mark.parametrize("at_once", [1, 2, 1_000])
def test_different_values_are_counted_exactly_however_few_are_held_at_once(
    landed: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, at_once: int, are_columns_apart: bool
) -> None:
    monkeypatch.setattr(aggregates, "_VALUES_AT_ONCE", at_once)
    monkeypatch.setattr(aggregates, "_HASHES_AT_ONCE", 2 * at_once)
    keys = [("id",), ("kind",), ("word",), ("id", "kind"), ("kind", "word")]
    # A row whose word is missing is a row of its own kind.
    assert distinct_counts(landed, keys, 6, are_columns_apart=are_columns_apart) == [5, 3, 2, 6, 5]
    assert distinct_counts(landed, [], 6, are_columns_apart=are_columns_apart) == []
