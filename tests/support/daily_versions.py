"""The product of `versions` kept by date: each of its days is known by its rows alone, and may have another version.

Version v of a day has 1,000 + v rows, each holding v: a day of two versions, or part of one, gives itself away.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from meshlake.building.days import BuiltDays
from meshlake.lake.catalog import Lake
from meshlake.partitions import Partitions
from support.versions import (
    BASE_ROWS,
    ORDERS,
    mesh_file_rows,
    mesh_sql_rows,
    readers_of,
    scanned_rows,
    whole_version,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support.small_mesh import SmallMesh

IDENTIFIER = (ORDERS.domain, ORDERS.product)
SUMMARY = (
    "SELECT day, count(*), min(version), max(version), sum(id) FROM shop.orders GROUP BY day ORDER BY day"
)
Versions = dict[int, int | None]


def make_daily_orders(folder: SmallMesh) -> None:
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


def land_day(folder: SmallMesh, day: int, version: int) -> None:
    """Land version `version` (from 1) of that day of January in place of any before."""
    rows = "".join(f"{i},{version}\n" for i in range(BASE_ROWS + version))
    folder.replace(f"shop/orders/dt={january(day)}/orders.csv", f"id,version\n{rows}")


def january(day: int) -> date:
    """That day of January."""
    return date(2024, 1, day)


def published_versions(folder: SmallMesh) -> Versions:
    """What pyiceberg reads of `main`: the version of each day, `None` for one that is no whole version."""
    table = Lake(folder.settings).table(IDENTIFIER)
    if table is None or table.current_snapshot() is None:
        return {}
    return _versions(scanned_rows(table.scan(), SUMMARY))


def mesh_file_versions(folder: SmallMesh) -> Versions:
    """What any DuckDB client finds in `mesh.duckdb`."""
    return _versions(mesh_file_rows(folder, SUMMARY))


def mesh_sql_versions(folder: SmallMesh) -> Versions:
    """What `mesh sql` answers with."""
    rows = mesh_sql_rows(folder, SUMMARY)
    return _versions((date.fromisoformat(day), *(int(float(c)) for c in cells)) for day, *cells in rows)


def files_of(folder: SmallMesh, days: Iterable[int]) -> tuple[str, ...]:
    """The data files of some days as they are published."""
    lake = Lake(folder.settings)
    head = lake.head(IDENTIFIER)
    return lake.files(head, Partitions("day", frozenset(map(january, days)))) if head else ()


def days_built_last(folder: SmallMesh) -> set[int]:
    """The days that were made by the build whose snapshot is published."""
    head = Lake(folder.settings).head(IDENTIFIER)
    built = BuiltDays.of(head)
    if head is None or built is None:
        return set()
    return {day.day for day, facts in built.days.items() if facts.run == head.properties["run"]}


def _versions(rows: Iterable[tuple[date, int, int, int, int]]) -> Versions:
    return {day.day: whole_version(tuple(seen)) for day, *seen in rows}


DAY_READERS = readers_of(published_versions, mesh_file_versions, mesh_sql_versions)
