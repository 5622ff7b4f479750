"""Publishing on real servers against the bare tools: Trino's own `CREATE TABLE AS`, DuckDB's `COPY` into the bucket.

The servers are started for it, in a folder of their own, and stopped afterwards.
"""

from __future__ import annotations

import uuid
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.bench_mesh import EVENTS, LANDED, MADE_UP, PARTS, publish
from benchmarks.timing import interleave, ratio_figure
from meshlake import services
from meshlake.engines.duckdb.connection import connect as connect_duckdb
from meshlake.engines.trino.connection import connect as connect_trino
from meshlake.names import quote_literal
from meshlake.settings import load_settings
from meshlake.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.figure import Figure
    from meshlake.workspace import Workspace

# In Trino's words and in DuckDB's alike.
_SELECT = (
    "SELECT event_id, customer_id, CAST(happened_on AS DATE) AS happened_on, plan, minutes, "
    "CAST(data_mb AS BIGINT) AS data_mb FROM {}"
)


def server_figures(folder: Path, row_count: int, rounds: int) -> Iterator[Figure]:
    """The same SELECT published without checks, and written by the bare tool, on each engine."""
    with _servers(folder) as environment:
        _land(_mesh(folder, environment, "duckdb"), row_count)
        yield _trino_figure(_mesh(folder, environment, "trino"), row_count, rounds)
        yield _duckdb_figure(_mesh(folder, environment, "duckdb"), row_count, rounds)


def _trino_figure(mesh: Workspace, row_count: int, rounds: int) -> Figure:
    dataset = mesh.landing.dataset(LANDED["Parquet"])
    select = _SELECT.format(dataset.name.sql)

    def ours() -> None:
        with mesh.session(str(EVENTS)) as session:
            session.bind_landed(dataset)
            session.collect_statistics(publish(session, mesh, select))

    with closing(connect_trino(mesh.settings.trino)) as trino:

        def bare() -> None:
            table = f"bench.bare_{uuid.uuid4().hex}"
            trino.cursor().execute(f"CREATE TABLE {table} AS {select}").fetchall()

        ours()  # the dataset becomes known to Trino, and Trino warm
        times = interleave({"ours": ours, "bare": bare}, rounds)
    name = f"publish {row_count:,} rows on Trino, statistics included / bare CREATE TABLE AS"
    return ratio_figure(name, times["ours"], times["bare"], aim=1.10, limit=1.25)


def _duckdb_figure(mesh: Workspace, row_count: int, rounds: int) -> Figure:
    files = ", ".join(quote_literal(file.path) for file in mesh.landing.dataset(LANDED["Parquet"]).files)
    select = _SELECT.format(f"read_parquet([{files}])")

    def ours() -> None:
        with mesh.session(str(EVENTS)) as session:
            publish(session, mesh, select)

    def bare() -> None:
        target = f"{mesh.settings.warehouse}/bare/{uuid.uuid4().hex}.parquet"
        with closing(connect_duckdb(mesh.settings)) as connection:
            connection.execute(
                f"COPY ({select}) TO {quote_literal(target)} (FORMAT parquet, COMPRESSION zstd)"
            )

    times = interleave({"ours": ours, "bare": bare}, rounds)
    name = f"publish {row_count:,} rows by DuckDB into a bucket / bare COPY into it"
    return ratio_figure(name, times["ours"], times["bare"], aim=1.10, limit=1.25)


def _land(mesh: Workspace, row_count: int) -> None:
    rows_per_part = row_count // PARTS
    folder = f"{mesh.settings.landing}/bench/{LANDED['Parquet'].dataset}"
    with closing(connect_duckdb(mesh.settings)) as connection:
        for first in range(0, row_count, rows_per_part):
            rows = MADE_UP.format(customers=row_count // 100, first=first, end=first + rows_per_part)
            file = quote_literal(f"{folder}/part_{first}.parquet")
            connection.execute(f"COPY ({rows}) TO {file} (FORMAT parquet, COMPRESSION zstd)")


def _mesh(folder: Path, environment: dict[str, str], engine: str) -> Workspace:
    variables = environment | {
        "MESH_HOME": str(folder),
        "MESH_PRODUCTS": str(Path(__file__).parent / "products"),
        "MESH_ENGINE": engine,
    }
    return open_workspace(load_settings(variables, folder))


@contextmanager
def _servers(folder: Path) -> Iterator[dict[str, str]]:
    folder.mkdir()
    try:
        yield services.up(folder).as_environment()
    finally:
        services.down(folder)
