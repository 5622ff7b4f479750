"""A table taken out of every reader's sight, and back: renamed in the catalog, so that nothing of it is lost at once.

Its name says that it is dropped, and when. Its files are where they were until `mesh clean` takes the table away.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from pyiceberg.catalog.sql import IcebergTables
from sqlalchemy import case, update

from meshlake.errors import ConflictError
from meshlake.lake.catalog import PLATFORM_MARK
from meshlake.names import CATALOG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.lake.catalog import Lake
    from meshlake.names import ProductName

DROPPED_MARK = f"{PLATFORM_MARK}dropped_"


def drop(lake: Lake, name: ProductName) -> None:
    """Take what is published of `name` out of sight, its quarantine with it, in one step.

    Raises:
        ConflictError: somebody else dropped it at the same moment.
    """
    suffix = f"{DROPPED_MARK}{int(time.time())}_{uuid.uuid4().hex[:6]}"
    there = set(lake.identifiers())
    tables = [each.product for each in (name, name.quarantine) if (each.domain, each.product) in there]
    _rename(lake, name, {table: table + suffix for table in tables})


def bring_back(lake: Lake, name: ProductName) -> None:
    """Undo the last `drop` of `name`, of which nothing is published.

    Raises:
        ConflictError: somebody else did so at the same moment, or published.
    """
    suffix = dropped(lake, name)[-1][1].removeprefix(name.product)
    there = set(lake.identifiers())
    tables = [
        each.product for each in (name, name.quarantine) if (each.domain, each.product + suffix) in there
    ]
    _rename(lake, name, {table + suffix: table for table in tables})


def dropped(lake: Lake, name: ProductName) -> list[tuple[str, str]]:
    """The tables that `name` was before it was dropped and that are still there, the last one last."""
    mark = name.product + DROPPED_MARK
    return [each for each in lake.identifiers() if each[0] == name.domain and each[1].startswith(mark)]


def dropped_seconds(identifier: tuple[str, str]) -> float | None:
    """When a table was dropped, since the epoch; `None` of one that was not."""
    _, mark, moment = identifier[1].partition(DROPPED_MARK)
    return float(moment.partition("_")[0]) if mark else None


def _rename(lake: Lake, name: ProductName, names: Mapping[str, str]) -> None:
    """All of them or none: pyiceberg renames one at a time."""
    table = IcebergTables.metadata.tables[IcebergTables.__tablename__]
    statement = (
        update(table)
        .where(
            table.c.catalog_name == CATALOG,
            table.c.table_namespace == name.domain,
            table.c.table_name.in_(list(names)),
        )
        .values(table_name=case(dict(names), value=table.c.table_name))
    )
    with lake.catalog.engine.begin() as connection:
        if connection.execute(statement).rowcount != len(names):
            raise ConflictError(f"{name}: somebody else dropped it just now", "See `mesh list`.")
