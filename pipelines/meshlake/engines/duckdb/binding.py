"""SQL bound to tables without rows: which columns it gives, and where it names what there is not."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from meshlake.engines.duckdb.connection import explain
from meshlake.names import CATALOG, quote_identifier
from meshlake.types.duckdb import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from meshlake.names import InputName
    from meshlake.types.tree import Type


@contextmanager
def open_binder(tables: Mapping[InputName, Mapping[str, Type]]) -> Iterator[DuckDBBinder]:
    """See `meshlake.engines.engine.open_binder`."""
    with duckdb.connect(":memory:", config={"enable_external_access": "false"}) as connection:
        connection.execute(
            f"ATTACH ':memory:' AS {quote_identifier(CATALOG)}; USE {quote_identifier(CATALOG)}"
        )
        for schema in {name.domain for name in tables}:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quote_identifier(schema)}")
        for name, columns in tables.items():
            described = ", ".join(f"{quote_identifier(column)} {kind}" for column, kind in columns.items())
            connection.execute(f"CREATE TABLE {name.sql} ({described})")
        yield DuckDBBinder(connection)


class DuckDBBinder:
    """See `meshlake.engines.engine.Binder`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def columns(self, select: str, file: Path) -> dict[str, Type]:
        """See `Binder.columns`."""
        try:
            rows = self._connection.execute(f"DESCRIBE\n{select}").fetchall()
        except duckdb.Error as error:
            raise explain(error, str(file), file) from error
        return {row[0]: parse(row[1]) for row in rows}
