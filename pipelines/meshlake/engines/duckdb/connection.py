"""DuckDB connections as every part of the mesh opens them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb

from meshlake.errors import BuildError, Fault, MeshError, system_failure
from meshlake.sql_place import sql_place, sql_reason
from meshlake.stores import open_stores

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.settings import Settings


def connect(settings: Settings, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory connection within the mesh's memory limit, which spills to its scratch folder, in UTC.

    It works with one thread for each core, or so many `threads`.

    Raises:
        StorageError: DuckDB has no extension for a store of the mesh, or there are no keys.
    """
    settings.make_home()
    settings.scratch.mkdir(exist_ok=True)
    connection = duckdb.connect(
        ":memory:",
        config={"temp_directory": str(settings.scratch), "memory_limit": f"{settings.memory_limit}B"},
    )
    # Order costs memory, and a table has none.
    connection.execute("SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
    if threads is not None:
        connection.execute(f"SET threads = {threads}")
    open_stores(connection, settings.used_stores)
    return connection


def explain(error: duckdb.Error, where: str, file: Path | None = None) -> MeshError:
    """DuckDB's error as one plain line and a hint.

    `where` is the product or dataset that was run; `file` the one its SQL stands in, which is named in its stead when
    the SQL is at fault.
    """
    text = str(error)
    reason = sql_reason(text)
    if isinstance(error, duckdb.OutOfMemoryException):
        hint = f"Raise it with MESH_MEMORY_LIMIT or memory_limit in mesh.toml. DuckDB says: {reason}"
        return BuildError(f"{where}: more memory is needed than the mesh may take", hint)
    if failure := system_failure(error, where):
        return failure
    hint = _candidates(error, text) or "Correct the SQL and build again."
    if isinstance(error, duckdb.ConversionException):
        hint = (
            "Correct the value where it comes from, or use TRY_CAST and decide what its NULL means. "
            "In transformLogic leave the cast to the column's type: it tells file and row."
        )
    if file is None:
        return BuildError(f"{where}: {reason}", hint)
    place = sql_place(text, file.read_text(encoding="utf-8")) or (None, None)
    return BuildError.of(Fault(file, reason, hint, *place))


def _candidates(error: duckdb.Error, text: str) -> str | None:
    """The names that DuckDB offers for one it does not know; errors of other classes may say so of data."""
    if not isinstance(error, duckdb.BinderException | duckdb.CatalogException | duckdb.ParserException):
        return None
    found = re.search(r"(?:Candidate bindings|Did you mean)[: ]*(.+)", text)
    return f"Perhaps {found[1].strip().rstrip('?')}?" if found else None
