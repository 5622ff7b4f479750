"""A DuckDB connection, and a way to audit rules on rows given as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.audit.audit import audit
from pipelines.audit.duckdb_relation import DuckDBRelation
from pipelines.contract.model import Column, Contract
from pipelines.names import ProductName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.audit.result import CheckResult
    from pipelines.contract.model import Rule

NAME = ProductName("crm", "customers")
NOW_SECONDS = 1_704_153_600.0  # 2024-01-02 00:00 UTC


def contract_of(columns: dict[str, str]) -> Contract:
    listed = tuple(Column(name, type_text) for name, type_text in columns.items())
    return Contract(NAME, "1.0.0", "active", "", "", "", "ana", listed, ())


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA crm")
        connection.execute("SET TimeZone = 'America/New_York'")
        yield connection


@pytest.fixture
def check(connection) -> Callable[..., dict[str, CheckResult]]:
    """Audit `rules` on the rows of a query; the results by name."""

    def _check(rows: str, columns: dict[str, str], *rules: Rule) -> dict[str, CheckResult]:
        connection.execute(f"CREATE OR REPLACE VIEW crm.customers AS {rows}")
        relation = DuckDBRelation(connection, NAME.sql)
        results = audit(relation, rules, contract=contract_of(columns), now_seconds=NOW_SECONDS)
        assert [result.rule for result in results] == list(rules)
        return {result.rule.name: result for result in results}

    return _check
