"""The product of `versions` kept by date: each of its days is known by its rows alone, and may have another version.

Version v of a day has 1,000 + v rows, each holding v: a day of two versions, or part of one, gives itself away.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import duckdb
from support.versions import BASE_ROWS, ORDERS, whole_version

from pipelines.build.days import BuiltDays
from pipelines.build.views import refresh_views
from pipelines.lake.catalog import Lake
from pipelines.partitions import Partitions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support.mesh_folder import MeshFolder

IDENTIFIER = (ORDERS.domain, ORDERS.product)
SUMMARY = (
    "SELECT day, count(*), min(version), max(version), sum(id) FROM shop.orders GROUP BY day ORDER BY day"
)
Versions = dict[int, int | None]


def make_daily_orders(folder: MeshFolder) -> None:
    """The product's folder; `land_day` gives it rows."""
    folder.product(
        "shop.orders",
        {
            "day": {
                "logicalType": "date",
                "required": True,
                "partitioned": True,
                "primaryKey": True,
                "primaryKeyPosition": 1,
                "transformSourceObjects": ["dt"],
            },
            "id": {"logicalType": "integer", "primaryKey": True, "primaryKeyPosition": 2, "required": True},
            "version": "integer",
        },
    )


def land_day(folder: MeshFolder, day: int, version: int) -> None:
    """Land version `version` (from 1) of that day of January in place of any before."""
    rows = "".join(f"{i},{version}\n" for i in range(BASE_ROWS + version))
    folder.replace(f"shop/orders/dt={january(day)}/orders.csv", f"id,version\n{rows}")


def january(day: int) -> date:
    """That day of January."""
    return date(2024, 1, day)


def published_versions(folder: MeshFolder) -> Versions:
    """What pyiceberg reads of `main`: the version of each day, `None` for one that is no whole version."""
    table = Lake(folder.settings).table(IDENTIFIER)
    if table is None or table.current_snapshot() is None:
        return {}
    with duckdb.connect() as connection:
        connection.register("orders", table.scan().to_arrow())
        return _versions(connection.execute(SUMMARY.replace("shop.", "")).fetchall())


def mesh_sql_versions(folder: MeshFolder) -> Versions:
    """What `mesh sql` answers with.

    Raises:
        RuntimeError: it failed.
    """
    mesh = [sys.executable, "-m", "pipelines.cli.main", "sql", SUMMARY, "--format", "csv"]
    answer = subprocess.run(
        mesh, env=folder.environment, cwd=folder.root, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    rows = list(csv.reader(answer.stdout.splitlines()))[1:]
    return _versions((date.fromisoformat(day), *(int(float(c)) for c in cells)) for day, *cells in rows)


def files_of(folder: MeshFolder, days: Iterable[int]) -> tuple[str, ...]:
    """The data files of some days as they are published."""
    lake = Lake(folder.settings)
    head = lake.head(IDENTIFIER)
    return lake.files(head, Partitions("day", frozenset(map(january, days)))) if head else ()


def days_built_last(folder: MeshFolder) -> set[int]:
    """The days that were made by the build whose snapshot is published."""
    head = Lake(folder.settings).head(IDENTIFIER)
    built = BuiltDays.of(head)
    if head is None or built is None:
        return set()
    return {day.day for day, facts in built.days.items() if facts.run == head.properties["run"]}


def _versions(rows: Iterable[tuple[date, int, int, int, int]]) -> Versions:
    return {day.day: whole_version(tuple(seen)) for day, *seen in rows}


# --- readers, for `versions.reading` ---


def read_days_by_pyiceberg(folder: MeshFolder, stop, seen) -> None:
    """Put the versions of all days into `seen` until `stop` is set."""
    while not stop.wait(0.05):
        seen.append(published_versions(folder))


def read_days_of_mesh_file(folder: MeshFolder, stop, seen) -> None:
    """As any DuckDB client reads `mesh.duckdb`, while it is rewritten at every turn."""
    while not stop.wait(0.1):
        mesh = folder.open()
        refresh_views(mesh)
        with duckdb.connect(str(mesh.settings.mesh_file), read_only=True) as connection:
            seen.append(_versions(connection.execute(SUMMARY).fetchall()))


def read_days_by_mesh_sql(folder: MeshFolder, stop, seen) -> None:
    """As users ask."""
    while not stop.wait(0.5):
        seen.append(mesh_sql_versions(folder))


DAY_READERS = (read_days_by_pyiceberg, read_days_of_mesh_file, read_days_by_mesh_sql)
