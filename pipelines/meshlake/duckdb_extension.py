"""DuckDB's extensions, loaded from where they are: installed already, in a wheel, or on DuckDB's own server."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from meshlake.errors import StorageError

if TYPE_CHECKING:
    import duckdb


def load_extension(connection: duckdb.DuckDBPyConnection, name: str, purpose: str) -> None:
    """Load the extension `name` into `connection`; `purpose` is what it is for, in errors.

    Raises:
        StorageError: it is not installed and cannot be fetched.
    """
    import duckdb

    with suppress(duckdb.Error):
        connection.execute(f"LOAD {name}")
        return
    try:
        with suppress(ModuleNotFoundError):
            from duckdb_extensions import import_extension

            import_extension(name, con=connection)
        connection.execute(f"INSTALL {name}; LOAD {name}")
    except duckdb.Error as error:
        raise StorageError(
            f"DuckDB's extension for {purpose}, {name}, is not installed and cannot be fetched",
            "Install Meshlake with what servers need: pip install 'meshlake[services]'",
        ) from error
