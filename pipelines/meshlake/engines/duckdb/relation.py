"""Rows under audit on a DuckDB connection."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

from meshlake.engines.duckdb.connection import explain
from meshlake.errors import BuildError, system_failure
from meshlake.types.duckdb import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.errors import MeshError
    from meshlake.types.tree import Type


class DuckDBRelation:
    """An `AuditRelation` that `connection` reads as `table`.

    Checks may read any other view the connection has. The connection is never committed, rolled back or closed.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        self.table = table
        self.failure: MeshError | None = None
        self._connection = connection

    def columns(self) -> dict[str, Type]:
        with self._explained():
            described = self._connection.execute(f"DESCRIBE SELECT * FROM {self.table}").fetchall()
        return {name: parse(text) for name, text, *_ in described}

    def answer(self, query: str) -> list[tuple[object, ...]]:
        try:
            return self._connection.execute(query).fetchall()
        except duckdb.Error as error:
            self._note(error)
            # The paragraphs that follow quote SQL that its author did not write.
            raise self.failure or BuildError(str(error).strip().split("\n\n")[0]) from error

    def count(self, query: str) -> int:
        with self._explained():
            row = self._connection.execute(f"SELECT count(*) FROM (\n{query}\n)").fetchone()
        return int(row[0]) if row else 0

    def rows(self, query: str, limit: int) -> list[dict[str, Any]]:
        with self._explained():
            result = self._connection.execute(f"SELECT * FROM (\n{query}\n) LIMIT {int(limit)}")
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def asset(self, context: Any) -> Any:
        from sqlalchemy.pool import StaticPool

        from meshlake.engines.duckdb.sqlalchemy_dialect import URL, LiveConnection

        live = LiveConnection(self._connection, self._note)
        source = context.data_sources.add_sql(
            "duckdb", connection_string=URL, kwargs={"creator": lambda: live, "poolclass": StaticPool}
        )
        return source.add_query_asset("audited", query=f"SELECT * FROM {self.table}")

    def _note(self, error: duckdb.Error) -> None:
        """Remember an error that is the machine's or the store's; any other is one of the rule that was run."""
        is_engines_own = isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException)
        if is_engines_own or system_failure(error):
            self.failure = explain(error, self.table)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            self._note(error)
            raise explain(error, self.table) from error
