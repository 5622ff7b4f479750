"""The mesh opened for one query, on either engine: what it reads found and pinned, its views brought up to date.

Which SQL may run, and running it, is the work of `meshlake.query`.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from meshlake.errors import MeshError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb

    from meshlake.lake.catalog import Lake
    from meshlake.lake.snapshot import Snapshot
    from meshlake.landing.zone import Landed
    from meshlake.names import ProductName
    from meshlake.query.guard import ParsedQuery
    from meshlake.settings import Settings


@contextmanager
def asked(
    settings: Settings, query: ParsedQuery, as_of: str | None = None, output_path: str | None = None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, ParsedQuery, float]]:
    """The engine's answer to `query`, to be read on a DuckDB connection by the query that is given with it.

    Args:
        settings: of the mesh; they name the engine.
        query: what is asked.
        as_of: a time, a snapshot or an audit branch, if not what is published now.
        output_path: the one file that may be written while it is read.

    Gives the connection, which is the caller's to close, the query, and when the engine was asked
    (`time.perf_counter`).

    Raises:
        UsageError: there is no such table, or the query cannot run.
        MeshError: a server, a file or the machine fails.
    """
    from meshlake.health import naming_servers

    ask = ask_trino if settings.engine == "trino" else ask_duckdb
    with naming_servers(settings), ask(settings, query, as_of, output_path) as answer:
        yield answer


@contextmanager
def ask_trino(
    settings: Settings, query: ParsedQuery, as_of: str | None, _output_path: str | None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, ParsedQuery, float]]:
    """Trino's answer to `query` on a DuckDB connection, the query that reads it there, and when Trino was asked."""
    from meshlake.query.trino import trino_answer
    from meshlake.workspace import open_lake

    lake = open_lake(settings)
    snapshots, datasets = _snapshots(lake, query, as_of), _landed(settings, query)
    with trino_answer(settings, lake, query, snapshots, datasets) as answer:
        yield answer


@contextmanager
def ask_duckdb(
    settings: Settings, query: ParsedQuery, as_of: str | None, output_path: str | None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, ParsedQuery, float]]:
    """The mesh for `query` on DuckDB, the query as it is, and when it is asked."""
    with opened(settings, query, as_of, output_path) as connection:
        yield connection, query, time.perf_counter()


@contextmanager
def opened(
    settings: Settings, query: ParsedQuery, as_of: str | None, output_path: str | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The mesh for `query`; what is wrong with a landed file it reads is told in the landing zone's words."""
    import duckdb

    from meshlake.landing.failures import landing_error
    from meshlake.landing.zone import Dataset
    from meshlake.query.interrupt import interruptible
    from meshlake.query.run import closed_on_failure

    datasets = _landed(settings, query)
    try:
        connection = _connect(settings, query, datasets, as_of, output_path)
        with closed_on_failure(connection), interruptible(connection):
            yield connection
    except (MeshError, duckdb.Error) as error:
        files = [dataset for dataset in datasets if isinstance(dataset, Dataset)]
        cause = error if isinstance(error, duckdb.Error) else error.__cause__
        told = landing_error(cause, files) if isinstance(cause, duckdb.Error) else None
        if told is None:
            raise
        raise told from error


def _landed(settings: Settings, query: ParsedQuery) -> list[Landed]:
    """The landed datasets that `query` reads; which of them are tables only the contracts say.

    Before anything is adopted there is no folder of contracts, and what has landed is files.
    """
    if not query.datasets:
        return []
    from meshlake.products.load import load_products
    from meshlake.products.operational import open_landing

    products = load_products(settings.products).products if settings.products.is_dir() else {}
    zone = open_landing(settings, products.values())
    return [zone.landed(name) for name in sorted(query.datasets)]


def _connect(
    settings: Settings,
    query: ParsedQuery,
    datasets: Sequence[Landed],
    as_of: str | None,
    output_path: str | None,
) -> duckdb.DuckDBPyConnection:
    """Open the mesh for `query`, its views brought up to date first when somebody has published since."""
    from meshlake.engines.duckdb.operational import duckdb_relation
    from meshlake.landing.relation import relation_sql
    from meshlake.landing.zone import Dataset
    from meshlake.query.mesh_file import read_state
    from meshlake.query.run import open_mesh_file
    from meshlake.query.state import catalog_state

    is_mesh_read = bool(query.products or query.system_tables) or not query.datasets
    if is_mesh_read and read_state(settings.mesh_file) != catalog_state(settings):
        from meshlake.building.views import refresh_views
        from meshlake.workspace import open_workspace

        refresh_views(open_workspace(settings))
    return open_mesh_file(
        settings.mesh_file,
        [settings.warehouse, settings.landing],
        landing={
            each.name: relation_sql(each) if isinstance(each, Dataset) else duckdb_relation(each)
            for each in datasets
        },
        as_of=_published(settings, query, as_of) if as_of else None,
        output_path=output_path,
        s3=settings.s3 if settings.is_on_s3 else None,
        operational=settings.operational if any(not isinstance(d, Dataset) for d in datasets) else None,
    )


def _published(settings: Settings, query: ParsedQuery, as_of: str) -> Iterable[Any]:
    from meshlake.building.views import published
    from meshlake.workspace import open_workspace

    mesh = open_workspace(settings)
    return [published(mesh, *named) for named in _snapshots(mesh.lake, query, as_of).items()]


def _snapshots(lake: Lake, query: ParsedQuery, as_of: str | None) -> dict[ProductName, Snapshot]:
    """The snapshots that `query` reads: the current ones, or those of `as_of`."""
    from meshlake.lake.draft import audited_snapshot

    identifiers = {name: (name.domain, name.product) for name in sorted(query.products)}
    # On an audit branch stands one product; what its checks join is asked for as it is published.
    audited = {n: audited_snapshot(lake, i, as_of) if as_of else None for n, i in identifiers.items()}
    if as_of is not None and not any(audited.values()):
        return {n: lake.as_of(n, as_of) for n in identifiers}
    found = {n: audited[n] or lake.head(i) for n, i in identifiers.items()}
    if missing := [name for name, snapshot in found.items() if snapshot is None]:
        raise UsageError(f"there is no table {missing[0]}", "`mesh list` shows what there is.")
    return {name: snapshot for name, snapshot in found.items() if snapshot is not None}
