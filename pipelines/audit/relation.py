"""The rows under audit: where they are, and how they are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class AuditRelation:
    """The audited rows on a DuckDB connection.

    `table` is the quoted SQL name under which `connection` reads them, such as `"crm"."customers"`: the audit
    branch while it is audited, what is published when `mesh check` asks. Checks may read any other view the
    connection has. The connection is only read from, and never committed, rolled back or closed.
    """

    connection: duckdb.DuckDBPyConnection
    table: str

    def columns(self) -> list[tuple[str, str]]:
        """Names and DuckDB types of the columns, in order."""
        described = self.connection.execute(f"DESCRIBE SELECT * FROM {self.table}").fetchall()
        return [(name, type_text) for name, type_text, *_ in described]

    def count(self, query: str) -> int:
        """How many rows `query` returns."""
        row = self.connection.execute(f"SELECT count(*) FROM (\n{query}\n)").fetchone()
        return int(row[0]) if row else 0

    def rows(self, query: str, limit: int) -> list[dict[str, Any]]:
        """Up to `limit` rows of `query`, as mappings of column to value."""
        result = self.connection.execute(f"SELECT * FROM (\n{query}\n) LIMIT {int(limit)}")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
