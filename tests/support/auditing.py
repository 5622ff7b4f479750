"""Audits of rows given as SQL, on either engine: the rows are `crm.customers`, the checks any rules."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from meshlake.audit.audit import audit
from meshlake.column import Column
from meshlake.contract.model import Contract
from meshlake.engines.duckdb.relation import DuckDBRelation
from meshlake.engines.trino.connection import connect, explain_trino, trino_errors
from meshlake.engines.trino.dialect import Relation
from meshlake.engines.trino.relation import TrinoRelation
from meshlake.engines.trino.transpiling import transpile_select
from meshlake.names import ProductName
from meshlake.types.duckdb import parse
from meshlake.types.trino import parse_trino

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.engines.relation import AuditRelation
    from meshlake.rules.result import CheckResult
    from meshlake.rules.rule import Rule
    from meshlake.types.tree import Type

NAME = ProductName("crm", "customers")
NOW_SECONDS = 1_704_153_600.0  # 2024-01-02 00:00 UTC
STAGE = "customers__stage_test"


def contract_of(columns: dict[str, str]) -> Contract:
    """A contract that promises these columns and nothing else."""
    listed = tuple(Column(name, parse(text)) for name, text in columns.items())
    return Contract(NAME, "1.0.0", "active", "", "", "", "ana", listed, ())


def _audited(
    relation: AuditRelation, columns: dict[str, str], rules: tuple[Rule, ...]
) -> dict[str, CheckResult]:
    results = audit(relation, rules, contract=contract_of(columns), now_seconds=NOW_SECONDS)
    assert [result.rule for result in results] == list(rules)
    return {result.rule.name: result for result in results}


class DuckDBAuditing:
    """Audits on a DuckDB connection."""

    engine = "duckdb"

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("CREATE SCHEMA crm; SET TimeZone = 'America/New_York'")

    def check(self, rows: str, columns: dict[str, str], *rules: Rule) -> dict[str, CheckResult]:
        """Audit `rules` on the rows of a query; the results by name."""
        self.connection.execute(f"CREATE OR REPLACE VIEW crm.customers AS {rows}")
        return _audited(DuckDBRelation(self.connection, NAME.sql), columns, rules)

    def rows(self, select: str) -> list[tuple[object, ...]]:
        """The rows of a SELECT in DuckDB's dialect over the audited ones."""
        return self.connection.execute(select).fetchall()

    def close(self) -> None:
        self.connection.close()


class TrinoAuditing:
    """Audits on a real Trino, of a table made like a stage; it is itself the session that the audit asks."""

    engine = "trino"

    def __init__(self, address: str) -> None:
        self.address = address
        self.connection = connect(address)
        self._run("CREATE SCHEMA IF NOT EXISTS crm")
        self.close()

    def check(self, rows: str, columns: dict[str, str], *rules: Rule) -> dict[str, CheckResult]:
        """Audit `rules` on the rows of a query; the results by name."""
        self._run(f"DROP TABLE IF EXISTS crm.{STAGE}")
        self._run(f"CREATE TABLE crm.{STAGE} AS {self.transpiled(rows)}")
        return _audited(TrinoRelation(self, NAME.sql, lambda: ("crm", STAGE), self.address), columns, rules)

    def rows(self, select: str) -> list[tuple[object, ...]]:
        """The rows of a SELECT in DuckDB's dialect over the audited ones."""
        return [tuple(row) for row in self._run(self.transpiled(select)).fetchall()]

    def columns(self, select: str) -> dict[str, Type]:
        cursor = self._run(f"SELECT * FROM (\n{self.transpiled(select)}\n) LIMIT 0")
        return {column.name: parse_trino(str(column.type_code)) for column in cursor.description}

    def transpiled(self, select: str) -> str:
        return transpile_select(select, {NAME: Relation(f"mesh.crm.{STAGE}")}, str(NAME))

    def close(self) -> None:
        self._run(f"DROP TABLE IF EXISTS crm.{STAGE}")

    def _run(self, sql: str):
        with _explained():
            cursor = self.connection.cursor().execute(sql)
            if cursor.update_type is not None:
                cursor.fetchall()
            return cursor


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except trino_errors() as error:
        raise explain_trino(error, str(NAME)) from error
