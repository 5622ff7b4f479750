"""Rows as the relation of a landed dataset gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meshlake.landing.relation import relation_sql

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from meshlake.landing.zone import Dataset


@pytest.fixture
def read(connection: duckdb.DuckDBPyConnection) -> Callable[[Dataset], list[tuple[object, ...]]]:
    """All rows of a dataset, sorted, with nulls first."""

    def rows(dataset: Dataset) -> list[tuple[object, ...]]:
        found = connection.execute(f"SELECT * FROM {relation_sql(dataset)}").fetchall()
        return sorted(found, key=lambda row: [(value is not None, str(value)) for value in row])

    return rows
