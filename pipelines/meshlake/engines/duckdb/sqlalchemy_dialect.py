"""SQLAlchemy over a DuckDB connection that lives already, so that Great Expectations sees its views.

duckdb-engine alone does not do: it opens connections of its own, and Great Expectations reads a result after
its connection went back to the pool. Here every cursor is the one connection, nothing is ever committed or
closed on the owner's behalf, and only the latest result can be read. Imported only while auditing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import duckdb_engine
from sqlalchemy.dialects import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

URL = "duckdb+live://"


class LiveConnection:
    """What SQLAlchemy takes for a DBAPI connection; the DuckDB connection stays its owner's.

    `note` is told of every error, for Great Expectations keeps only their texts.
    """

    notices: Sequence[str] = ()

    def __init__(self, connection: duckdb.DuckDBPyConnection, note: Callable[[duckdb.Error], None]) -> None:
        self.duckdb = connection
        self.note = note
        self.latest: LiveCursor | None = None

    def cursor(self) -> LiveCursor:
        return LiveCursor(self)

    def commit(self) -> None:
        """Nothing: transactions are the owner's."""

    rollback = close = commit


class LiveCursor:
    """A DBAPI cursor that reads the connection's latest result."""

    rowcount = -1

    def __init__(self, connection: LiveConnection) -> None:
        self.connection = connection
        self.description: Sequence[Sequence[Any]] | None = None

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> None:
        self.connection.latest = self
        try:
            result = self.connection.duckdb.execute(statement, parameters or None)
        except duckdb.Error as error:
            self.connection.note(error)
            raise
        self.description = result.description

    def fetchone(self) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._result().fetchone()
        return row

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        return self._result().fetchmany(size)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._result().fetchall()

    def close(self) -> None:
        """Nothing: DuckDB drops a result when the next one comes."""

    def _result(self) -> duckdb.DuckDBPyConnection:
        if self.connection.latest is not self:
            raise RuntimeError("this result was dropped when the next query ran")
        return self.connection.duckdb


class LiveDialect(duckdb_engine.Dialect):
    """DuckDB's SQL, without transactions."""

    driver = "live"
    supports_statement_cache = False

    def do_begin(self, connection: Any) -> None:
        """Nothing: transactions are the owner's."""

    def do_commit(self, connection: Any) -> None:
        """Nothing."""

    def do_rollback(self, connection: Any) -> None:
        """Nothing."""


registry.register("duckdb.live", __name__, "LiveDialect")
