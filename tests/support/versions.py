"""One product whose every version is known by its rows alone, and processes that read it.

Version v has 1,000 + v rows, each holding v: rows of two versions, or part of one, give themselves away.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

import duckdb

from meshlake.building.views import refresh_views
from meshlake.lake.catalog import Lake
from meshlake.names import ProductName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableSequence, Sequence
    from pathlib import Path

    from pyiceberg.table import DataScan

    from support.small_mesh import SmallMesh

ORDERS = ProductName("shop", "orders")
BASE_ROWS = 1000
SUMMARY = "SELECT count(*), min(version), max(version), sum(id) FROM shop.orders"
Seen = tuple[int, int, int, int]

# A forked process has what takes seconds to load already. Only installed packages can be loaded so: the server that
# forks does not know of the tests' folder.
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "meshlake.audit.audit",
        "meshlake.building.build",
        "meshlake.building.source_rows",
        "meshlake.building.views",
        "meshlake.cli.main",
        "meshlake.mesh.mesh",
        "meshlake.query.output",
        "pandas",
        "pyarrow.parquet",
    ]
)


def make_orders(folder: SmallMesh) -> None:
    """The product's folder; `land_version` gives it rows."""
    folder.product(
        "shop.orders",
        {"id": {"logicalType": "integer", "primaryKey": True, "required": True}, "version": "integer"},
        quality=[{"name": "has_rows", "metric": "rowCount", "mustBeGreaterThan": BASE_ROWS}],
    )


def land_version(folder: SmallMesh, version: int) -> None:
    """Land version `version` (from 1) in place of any before."""
    rows = "".join(f"{i},{version}\n" for i in range(BASE_ROWS + version))
    folder.replace("shop/orders/orders.csv", f"id,version\n{rows}")


def whole_version(seen: Seen) -> int | None:
    """The version whose rows these are; `None` when they are no whole version."""
    count, low, high, ids = seen
    is_whole = low == high and count == BASE_ROWS + low and ids == count * (count - 1) // 2
    return low if is_whole else None


def published_version(folder: SmallMesh) -> int | None:
    """What pyiceberg reads of `main`: a whole version, or none published yet (0)."""
    table = Lake(folder.settings).table(("shop", "orders"))
    if table is None or table.current_snapshot() is None:
        return 0
    return _version_of(table.scan())


def kept_versions(folder: SmallMesh) -> list[int | None]:
    """What pyiceberg reads of every snapshot that was published and is kept, the last first."""
    lake = Lake(folder.settings)
    table = lake.table(("shop", "orders"))
    return [_version_of(table.scan(snapshot_id=s.snapshot_id)) for s in lake.history(("shop", "orders"))]


def mesh_file_version(folder: SmallMesh) -> int | None:
    """The version any DuckDB client finds in `mesh.duckdb`."""
    return whole_version(*mesh_file_rows(folder, SUMMARY))


def mesh_sql_version(folder: SmallMesh) -> int | None:
    """The version `mesh sql` answers with."""
    (cells,) = mesh_sql_rows(folder, SUMMARY)
    return whole_version(tuple(int(float(cell)) for cell in cells))


def _version_of(scan: DataScan) -> int | None:
    return whole_version(*scanned_rows(scan, SUMMARY))


# --- the rows of a summary, by each way to read ---


def scanned_rows(scan: DataScan, summary: str) -> list[tuple]:
    """As pyiceberg reads."""
    with duckdb.connect() as connection:
        connection.register("orders", scan.to_arrow())
        return connection.execute(summary.replace("shop.", "")).fetchall()


def mesh_file_rows(folder: SmallMesh, summary: str) -> list[tuple]:
    """As any DuckDB client reads `mesh.duckdb`, rewritten just before."""
    mesh = folder.workspace
    refresh_views(mesh)
    with duckdb.connect(str(mesh.settings.mesh_file), read_only=True) as connection:
        return connection.execute(summary).fetchall()


def mesh_sql_rows(folder: SmallMesh, summary: str) -> list[list[str]]:
    """As users ask.

    Raises:
        AssertionError: `mesh sql` failed.
    """
    return folder.process("sql", summary, "--format", "csv").ended().cells


# --- readers ---


def read_on(folder: SmallMesh, stop, seen, *, read, pause_seconds: float) -> None:
    """Put what `read(folder)` gives into `seen` until `stop` is set."""
    while not stop.wait(pause_seconds):
        seen.append(read(folder))


def readers_of(by_pyiceberg, of_mesh_file, by_mesh_sql) -> tuple[Callable[..., None], ...]:
    """A reader of each kind, the dearer ones reading less often."""
    pauses = {by_pyiceberg: 0.05, of_mesh_file: 0.1, by_mesh_sql: 0.5}
    return tuple(partial(read_on, read=read, pause_seconds=pause) for read, pause in pauses.items())


ALL_READERS = readers_of(published_version, mesh_file_version, mesh_sql_version)


@contextmanager
def reading(
    folder: SmallMesh, targets: Sequence[Callable[..., None]] = ALL_READERS
) -> Iterator[MutableSequence[int | None]]:
    """Readers of every kind at work, each in a process of its own; what they have seen so far.

    Raises:
        RuntimeError: one of them failed.
    """
    with PROCESSES.Manager() as manager:
        stop, seen = manager.Event(), manager.list()
        readers = [PROCESSES.Process(target=target, args=(folder, stop, seen)) for target in targets]
        for reader in readers:
            reader.start()
        try:
            yield seen
        finally:
            stop.set()
            for reader in readers:
                reader.join(60)
    failed = [reader.exitcode for reader in readers if reader.exitcode != 0]
    if failed:
        raise RuntimeError(f"readers ended with {failed}")


def run(target, *arguments) -> int:
    """Run `target` in a process of its own; its exit code."""
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    process.join(120)
    return -signal.SIGALRM if process.exitcode is None else process.exitcode


def at_once(*targets_and_arguments) -> list[int | None]:
    """Run each in a process of its own, all at once; their exit codes."""
    processes = [PROCESSES.Process(target=target, args=args) for target, *args in targets_and_arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    return [process.exitcode for process in processes]


def left_behind(warehouse: Path) -> list[str]:
    """Files of the warehouse, for naming what a clean-up missed."""
    return sorted(str(path.relative_to(warehouse)) for path in warehouse.rglob("*") if path.is_file())
