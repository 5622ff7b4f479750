"""The rows under audit, on whichever engine holds them: what the audit asks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from meshlake.errors import MeshError
    from meshlake.types.tree import Type


class AuditRelation(Protocol):
    """The audited rows on one engine: the audit branch while it is audited, what is published when `mesh check` asks.

    All SQL given to it is in DuckDB's dialect. Checks may read whatever else the engine has under a SQL name. It is
    only read from.
    """

    @property
    def table(self) -> str:
        """The quoted SQL name of the rows, such as `"crm"."customers"`."""

    @property
    def failure(self) -> MeshError | None:
        """What kept the engine itself from answering, if anything did; no check is to blame."""

    def columns(self) -> dict[str, Type]:
        """Names and types of the columns, in order.

        Raises:
            MeshError: the rows cannot be read.
        """

    def answer(self, query: str) -> list[tuple[object, ...]]:
        """All rows of the small answer to `query`.

        Raises:
            BuildError: it cannot be run; the message is what the engine says of the SQL, in its own words.
            MeshError: the engine itself failed; that is kept as `failure`.
        """

    def count(self, query: str) -> int:
        """How many rows `query` returns.

        Raises:
            MeshError: it cannot be run.
        """

    def rows(self, query: str, limit: int) -> list[dict[str, Any]]:
        """Up to `limit` rows of `query`, as mappings of column to value.

        Raises:
            MeshError: it cannot be run.
        """

    def asset(self, context: Any) -> Any:
        """The rows as a data asset of a Great Expectations context, on a source of this engine.

        Raises:
            MeshError: the engine cannot be reached.
        """
