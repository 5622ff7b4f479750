"""The one connection that a user's SQL is run on: it reads the mesh file and the given folders and nothing else.

No other file, no network, no extension, and no setting can be changed. Which SQL may run on it `query.guard` says.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from meshlake.engines.duckdb.interrupt import close
from meshlake.errors import UsageError
from meshlake.lake.mesh_file import attach_mesh_file, create_view
from meshlake.memory import limit_bytes
from meshlake.names import CATALOG, LANDING_CATALOG, quote_identifier, quote_literal
from meshlake.stores import open_stores

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from meshlake.lake.mesh_file import PublishedProduct
    from meshlake.sources import Landed
    from meshlake.stores import Store

ANSWERS_CATALOG = "answers"
_PUBLISHED_CATALOG = "as published"  # no domain can be called so


def open_mesh_file(
    path: Path,
    confined_to: Sequence[str],
    *,
    landing: Sequence[Landed] = (),
    as_of: Iterable[PublishedProduct] | None = None,
    output_path: str | None = None,
    stores: Iterable[Store] = (),
    timezone: str = "UTC",
    memory_limit: int | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open the mesh file at `path` for one query.

    Files are read under the folders `confined_to` alone, and only `output_path` can be written besides.
    `landing` are the landed datasets that the query names, read where they live. With `as_of`,
    exactly those snapshots are the mesh; the system tables stay as they are now. `stores` hold these folders.
    Moments are told in `timezone`, whatever the machine's zone is. At most `memory_limit` bytes are taken, half of the
    machine's if not said; what does not fit is spilled beside the mesh file.

    Raises:
        UsageError: when there is no mesh file, or it cannot be read; or there is no such zone.
        StorageError: DuckDB has no extension for a store or a source, or there are no keys.
        LandingError: a source of `landing` does not answer, or refuses.
    """
    connection = duckdb.connect(config={"memory_limit": f"{memory_limit or limit_bytes()}B"})
    with closed_on_failure(connection):
        set_timezone(connection, timezone)
        open_stores(connection, tuple(stores))
        if as_of is not None:
            _attach_as_of(connection, path, as_of)
        elif landing and not path.exists():
            _use_empty_mesh(connection)  # what has landed can be read before anything is built
        else:
            attach_mesh_file(connection, path)
        _attach_landing(connection, landing)
        attach_answers(connection)
        # The catalog a connection starts with could be written to.
        connection.execute("DETACH memory")
        _lock(connection, path, confined_to, output_path)
    return connection


def set_timezone(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Let `connection` tell moments in the zone `name`, in which days begin and end too.

    Raises:
        UsageError: there is no such zone.
    """
    try:
        connection.execute(f"SET TimeZone = {quote_literal(name)}")
    except duckdb.Error as error:
        raise UsageError(
            f"'{name}' is no time zone", "Write UTC, or a zone such as Europe/Berlin."
        ) from error


@contextmanager
def closed_on_failure(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Close `connection` if the block fails."""
    try:
        yield
    except BaseException:
        close(connection)
        raise


def attach_answers(connection: duckdb.DuckDBPyConnection) -> None:
    """Make a place in memory where an answer can be kept after its query; no user's SQL can name it."""
    connection.execute(f"ATTACH ':memory:' AS {quote_identifier(ANSWERS_CATALOG)}")


def _use_empty_mesh(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"ATTACH ':memory:' AS {quote_identifier(CATALOG)}")
    connection.execute(f"USE {quote_identifier(CATALOG)}")


def _attach_as_of(
    connection: duckdb.DuckDBPyConnection, path: Path, products: Iterable[PublishedProduct]
) -> None:
    attach_mesh_file(connection, path, _PUBLISHED_CATALOG)
    _use_empty_mesh(connection)
    for product in products:
        create_view(connection, product)
    tables = connection.execute(
        "SELECT table_name FROM information_schema.tables "
        f"WHERE table_catalog = {quote_literal(_PUBLISHED_CATALOG)} AND table_schema = 'main'"
    ).fetchall()
    for (table,) in tables:
        name = f"main.{quote_identifier(table)}"
        connection.execute(f"CREATE VIEW {name} AS FROM {quote_identifier(_PUBLISHED_CATALOG)}.{name}")


def _attach_landing(connection: duckdb.DuckDBPyConnection, landing: Sequence[Landed]) -> None:
    if not landing:
        return
    connection.execute(f"ATTACH ':memory:' AS {quote_identifier(LANDING_CATALOG)}")
    for each in landing:
        schema = f"{quote_identifier(LANDING_CATALOG)}.{quote_identifier(each.name.domain)}"
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        connection.execute(f"CREATE VIEW {each.name.sql} AS {each.duckdb_relation(connection)}")


def _lock(
    connection: duckdb.DuckDBPyConnection, path: Path, confined_to: Sequence[str], output_path: str | None
) -> None:
    folders = ", ".join(quote_literal(folder) for folder in confined_to)
    connection.execute(f"SET temp_directory = {quote_literal(f'{path}.tmp')}")
    connection.execute(f"SET allowed_directories = [{folders}]")
    if output_path is not None:
        connection.execute(f"SET allowed_paths = [{quote_literal(output_path)}]")
    for setting, value in {
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
        "python_enable_replacements": "false",
        "errors_as_json": "true",
        "enable_external_access": "false",
        "lock_configuration": "true",
    }.items():
        connection.execute(f"SET {setting} = {value}")
