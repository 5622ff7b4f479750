"""Trino's own SQL run to its end, and what went wrong put into plain words. Which SQL is run is decided elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from meshlake.engines.trino.connection import connect, explain_trino, once_started, trino_errors
from meshlake.names import CATALOG
from meshlake.types.tree import Unknown
from meshlake.types.trino import parse_trino

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trino.dbapi import Connection, Cursor

    from meshlake.types.tree import Type

# The product's own statistics are collected once it is published; a stage is read only by its audit.
_SESSION = {f"{CATALOG}.collect_extended_statistics_on_write": "false"}


class TrinoClient:
    """One connection. For errors, `where` names what is being run and `file` is the one its SQL stands in."""

    def __init__(self, address: str | None, where: str, file: Path | None) -> None:
        self.connection: Connection = connect(address, session=_SESSION)
        self._where = where
        self._file = file

    def run(self, sql: str) -> Cursor:
        """Run a statement, one that writes to its end, so that all that can fail has.

        Raises:
            BuildError: it failed.
            SystemFailure: Trino did.
        """
        with self.explained():
            return once_started(lambda: self._run(sql))

    def _run(self, sql: str) -> Cursor:
        cursor: Cursor = self.connection.cursor()
        try:
            cursor.execute(sql)  # type: ignore[no-untyped-call]
            if cursor.description is None or cursor.update_type is not None:
                cursor.fetchall()
        except BaseException as error:
            if not isinstance(error, trino_errors()):  # stopped by the user
                cursor.cancel()  # type: ignore[no-untyped-call]
            raise
        return cursor

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Whatever Trino's client raises becomes a `MeshError`."""
        try:
            yield
        except trino_errors() as error:
            raise explain_trino(error, self._where, self._file) from error

    def close(self) -> None:
        """End the connection."""
        self.connection.close()  # type: ignore[no-untyped-call]


def columns_of(cursor: Cursor) -> dict[str, Type]:
    """Names and types of the columns of an answer; one that DuckDB lacks is of unknown type, with Trino's name."""
    described: dict[str, Type] = {}
    for column in cursor.description:
        text = str(column.type_code)
        try:
            described[column.name] = parse_trino(text)
        except ValueError:
            # It is refused where it is to be kept, by that name.
            described[column.name] = Unknown(text)
    return described
