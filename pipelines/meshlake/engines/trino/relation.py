"""Rows under audit on Trino: a table, read by Great Expectations over a connection of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from meshlake.engines.trino.connection import (
    connect,
    explain_trino,
    is_trinos_own,
    trino_errors,
    trino_reason,
)
from meshlake.errors import BuildError
from meshlake.names import CATALOG

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import ExceptionContext

    from meshlake.errors import MeshError
    from meshlake.types.tree import Type


class TrinoQueries(Protocol):
    """What the audit asks of a Trino session; a SELECT is in DuckDB's dialect, over the names the session has bound."""

    def columns(self, select: str) -> dict[str, Type]:
        """Names and types of the columns `select` gives."""

    def rows(self, select: str) -> list[tuple[object, ...]]:
        """All rows of a small answer."""


class TrinoRelation:
    """An `AuditRelation` that `session` reads as `table`.

    Args:
        session: what runs the checks' SQL.
        table: the quoted SQL name of the rows, which `session` has bound.
        stored_as: gives schema and name of the table of catalog `mesh` that `table` stands for. Only Great
            Expectations needs one, and of a snapshot it has to be made.
        address: Trino's, as MESH_TRINO has it.
    """

    def __init__(
        self,
        session: TrinoQueries,
        table: str,
        stored_as: Callable[[], tuple[str, str]],
        address: str | None,
    ) -> None:
        self.table = table
        self.failure: MeshError | None = None
        self._session = session
        self._stored_as = stored_as
        self._address = address

    def columns(self) -> dict[str, Type]:
        return self._session.columns(f"SELECT * FROM {self.table}")

    def answer(self, query: str) -> list[tuple[object, ...]]:
        from trino.exceptions import TrinoQueryError

        try:
            return self._session.rows(query)
        except BuildError as error:
            if isinstance(error.__cause__, TrinoQueryError):
                raise BuildError(trino_reason(error.__cause__)) from error
            raise

    def count(self, query: str) -> int:
        ((count,),) = self._session.rows(f"SELECT count(*) FROM (\n{query}\n)")
        return int(str(count))

    def rows(self, query: str, limit: int) -> list[dict[str, Any]]:
        limited = f"SELECT * FROM (\n{query}\n) LIMIT {int(limit)}"
        names = list(self._session.columns(limited))
        rows = self._session.rows(limited)
        return [dict(zip(names, map(_as_duckdb_has_it, row), strict=True)) for row in rows]

    def asset(self, context: Any) -> Any:
        import sqlalchemy
        from great_expectations.datasource.fluent.interfaces import TestConnectionError
        from sqlalchemy.pool import StaticPool

        # Where Trino is, and the password, are the creator's: Great Expectations can print nothing of them.
        schema, name = self._stored_as()
        url = f"trino://{CATALOG}@trino/{CATALOG}/{schema}"
        try:
            source = context.data_sources.add_sql(
                "trino",
                connection_string=url,
                kwargs={"creator": lambda: connect(self._address, schema), "poolclass": StaticPool},
            )
            # Of a query Trino tells no columns, which Great Expectations' own expectations need.
            asset = source.add_table_asset("audited", table_name=name)
        except TestConnectionError as error:
            self._note(_origin(error))
            raise self.failure or error from error
        engine = source.get_execution_engine().engine
        sqlalchemy.event.listen(engine, "handle_error", self._on_error)
        sqlalchemy.event.listen(engine, "before_cursor_execute", self._refuse_after_failure)
        return asset

    def _on_error(self, context: ExceptionContext) -> None:
        """Remember what is no SQL's fault, and have Great Expectations report Trino's own message."""
        from trino.exceptions import TrinoQueryError

        error = context.original_exception
        self._note(error)
        if isinstance(error, TrinoQueryError):
            raise BuildError(trino_reason(error)) from error

    def _refuse_after_failure(self, *_: object) -> None:
        """Great Expectations would go on with its other metrics, each as long in vain."""
        if self.failure is not None:
            raise self.failure

    def _note(self, error: BaseException) -> None:
        if isinstance(error, trino_errors()) and is_trinos_own(error):
            self.failure = explain_trino(error, self.table)


def _origin(error: BaseException) -> BaseException:
    """The first of the exceptions that led to `error`."""
    return _origin(error.__cause__) if error.__cause__ else error


def _as_duckdb_has_it(value: Any) -> Any:
    """A value as DuckDB's client gives it: Trino's has rows as tuples that know their names."""
    if isinstance(value, list):
        return [_as_duckdb_has_it(part) for part in value]
    if isinstance(value, dict):
        return {key: _as_duckdb_has_it(part) for key, part in value.items()}
    if isinstance(value, tuple):
        names = value.__annotations__["names"]
        return dict(zip(names, map(_as_duckdb_has_it, value), strict=True))
    return value
