"""Opens the mesh for a user's query and turns what DuckDB says of it into errors a user can act on.

The connection reads the mesh file and the given folders and nothing else: no other file, no network, no
extension, no setting can be changed. Which SQL may run on it `guard.py` says; how the answer is written,
`output.py`.
"""

from __future__ import annotations

import difflib
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from meshlake.engines.duckdb.operational import attach, postgres_failure
from meshlake.errors import LandingError, MeshError, UsageError, system_failure
from meshlake.names import CATALOG, LANDING_CATALOG, quote_identifier, quote_literal
from meshlake.object_store import open_to_duckdb
from meshlake.query.guard import SYSTEM_TABLES
from meshlake.query.mesh_file import attach_mesh_file, create_view
from meshlake.query.syntax_tree import position_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from meshlake.names import DatasetName
    from meshlake.query.guard import ParsedQuery
    from meshlake.query.mesh_file import PublishedProduct
    from meshlake.settings import S3Settings

ANSWERS_CATALOG = "answers"
_PUBLISHED_CATALOG = "as published"  # no domain can be called so


def open_mesh_file(
    path: Path,
    confined_to: Sequence[str],
    *,
    landing: Mapping[DatasetName, str] | None = None,
    as_of: Iterable[PublishedProduct] | None = None,
    output_path: str | None = None,
    s3: S3Settings | None = None,
    operational: str | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open the mesh file at `path` for one query.

    Files are read under the folders `confined_to` alone, and only `output_path` can be written besides.
    `landing` maps each landed dataset the query names to the SQL relation that reads it. With `as_of`,
    exactly those snapshots are the mesh; the system tables stay as they are now. `s3` is the way to folders that are
    `s3://` addresses, `operational` the address of the database that relations of `landing` read.

    Raises:
        UsageError: when there is no mesh file, or it cannot be read.
        StorageError: DuckDB has no extension for the object store or for PostgreSQL, or there are no keys.
        LandingError: the operational database does not answer, or refuses.
    """
    connection = duckdb.connect()
    with closed_on_failure(connection):
        if s3 is not None:
            open_to_duckdb(connection, s3)
        if as_of is not None:
            _attach_as_of(connection, path, as_of)
        elif landing and not path.exists():
            # What has landed can be read before anything is built.
            connection.execute(f"ATTACH ':memory:' AS {quote_identifier(CATALOG)}")
            connection.execute(f"USE {quote_identifier(CATALOG)}")
        else:
            attach_mesh_file(connection, path)
        if operational is not None:
            attach(connection, operational)
        _attach_landing(connection, landing or {})
        attach_answers(connection)
        # The catalog a connection starts with could be written to.
        connection.execute("DETACH memory")
        _lock(connection, path, confined_to, output_path)
    return connection


@contextmanager
def closed_on_failure(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Close `connection` if the block fails; else it is left open, for an answer may be kept on it."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def attach_answers(connection: duckdb.DuckDBPyConnection) -> None:
    """Make a place in memory where an answer can be kept after its query; no user's SQL can name it."""
    connection.execute(f"ATTACH ':memory:' AS {quote_identifier(ANSWERS_CATALOG)}")


def execute(
    connection: duckdb.DuckDBPyConnection, query: ParsedQuery, *, before: str = "", after: str = ""
) -> duckdb.DuckDBPyConnection:
    """Run `query`, with the platform's own SQL before and after it.

    Raises:
        UsageError: when a table is not there (naming the nearest) or the query cannot run (naming the place).
        MeshError: when memory, disk or a file fails.
    """
    check_tables_exist(connection, query)
    try:
        return connection.execute(f"{before}{query.sql}{after}")
    except duckdb.InternalException:
        raise  # a defect, not the user's
    except duckdb.Error as error:
        plain = type(error)(_detail(error)["exception_message"])
        raise _as_mesh_error(error, query.sql, len(before.encode())) from plain


def check_tables_exist(connection: duckdb.DuckDBPyConnection, query: ParsedQuery) -> None:
    """Refuse a query on tables that are not there: DuckDB would take an unknown `crm.csv` for a file."""
    rows = connection.execute(
        "SELECT lower(table_catalog), lower(table_schema), lower(table_name) FROM information_schema.tables "
        f"WHERE table_catalog IN ({quote_literal(CATALOG)}, {quote_literal(LANDING_CATALOG)})"
    ).fetchall()
    known = {_spoken_name(*row) for row in rows}
    wanted = {str(name) for name in query.products | query.datasets} | {
        f"{CATALOG}.{name}" for name in query.system_tables
    }
    for name in sorted(wanted):
        if name.lower() not in known:
            near = difflib.get_close_matches(name.lower(), known, n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else "`mesh list` shows what there is."
            raise UsageError(f"there is no table {name}", hint)


def _as_mesh_error(error: duckdb.Error, sql: str, before_bytes: int) -> MeshError:
    detail = _detail(error)
    message, *rest = [line.strip() for line in detail["exception_message"].splitlines() if line.strip()]
    if isinstance(error, duckdb.OutOfMemoryException):
        return MeshError(
            f"the query needs more memory or disk than there is: {message}", "Filter or group first."
        )
    if reason := postgres_failure(type(error)(message)):
        return LandingError(
            f"the operational database: {reason}", "See `mesh doctor`, and run the query again."
        )
    is_gone = "HTTP 404" in message
    if not is_gone and (failure := system_failure(type(error)(message))):
        return failure
    if isinstance(error, duckdb.IOException | duckdb.PermissionException):
        return MeshError(
            f"a file could not be read or written: {message}",
            "If products were rebuilt or cleaned meanwhile, run the query again.",
        )
    where = ""
    if "position" in detail and int(detail["position"]) >= before_bytes:
        where = f" ({position_text(sql, int(detail['position']) - before_bytes)})"
    candidates = detail.get("candidates", "")
    hint = f"Did you mean {candidates.replace(',', ', ')}?" if candidates else " ".join(rest[:1])
    return UsageError(f"the query cannot run: {message.rstrip('!')}{where}", hint or None)


def _attach_as_of(
    connection: duckdb.DuckDBPyConnection, path: Path, products: Iterable[PublishedProduct]
) -> None:
    attach_mesh_file(connection, path, _PUBLISHED_CATALOG)
    connection.execute(f"ATTACH ':memory:' AS {quote_identifier(CATALOG)}")
    connection.execute(f"USE {quote_identifier(CATALOG)}")
    for product in products:
        create_view(connection, product)
    tables = connection.execute(
        "SELECT table_name FROM information_schema.tables "
        f"WHERE table_catalog = {quote_literal(_PUBLISHED_CATALOG)} AND table_schema = 'main'"
    ).fetchall()
    for (table,) in tables:
        name = f"main.{quote_identifier(table)}"
        connection.execute(f"CREATE VIEW {name} AS FROM {quote_identifier(_PUBLISHED_CATALOG)}.{name}")


def _attach_landing(connection: duckdb.DuckDBPyConnection, landing: Mapping[DatasetName, str]) -> None:
    if not landing:
        return
    connection.execute(f"ATTACH ':memory:' AS {quote_identifier(LANDING_CATALOG)}")
    for name, relation in landing.items():
        schema = f"{quote_identifier(LANDING_CATALOG)}.{quote_identifier(name.domain)}"
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        connection.execute(f"CREATE VIEW {name.sql} AS {relation}")


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


def _spoken_name(catalog: str, schema: str, table: str) -> str:
    """The name a user writes for a table of the connection."""
    if catalog == LANDING_CATALOG:
        return f"{catalog}.{schema}.{table}"
    return f"{CATALOG}.{table}" if schema == "main" and table in SYSTEM_TABLES else f"{schema}.{table}"


def _detail(error: duckdb.Error) -> dict[str, str]:
    """DuckDB's account of an error: `exception_message` and, where known, `position` in bytes."""
    _, _, text = str(error).partition(": ")
    try:
        detail: dict[str, str] = json.loads(text)
    except json.JSONDecodeError:
        return {"exception_message": text or str(error)}
    return detail
