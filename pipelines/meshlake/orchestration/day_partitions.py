"""Products partitioned by date as Dagster's daily partitions: the days there are, those a run is asked for and makes.

A run that nobody asked for a day (a whole build, automation) builds the days that changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from meshlake.building.days import BuiltDays, first_day
from meshlake.errors import LandingError
from meshlake.partitions import read_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from meshlake.building.build import BuildResult
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

_AUTOMATION_TAG = "dagster/from_automation_condition"


def day_partitions(mesh: Workspace) -> dg.DailyPartitionsDefinition | None:
    """The days of all products that are partitioned by date, from the first that has landed or is published.

    One definition for the whole mesh, so that one run can build products one from the other. `None` when no product
    is partitioned by date, or no day is known yet.
    """
    first = [day for product in mesh.products.products.values() if (day := _first_day(mesh, product))]
    # Today's partition is there today: files of a day land before it is over.
    return dg.DailyPartitionsDefinition(min(first).isoformat(), end_offset=1) if first else None


def asked_days(context: dg.AssetExecutionContext) -> set[date]:
    """The days that somebody asked this run for."""
    if not context.has_partition_key_range and not context.has_partition_key:
        return set()
    if _AUTOMATION_TAG in context.run.tags:
        return set()
    return {day for key in context.partition_keys if (day := read_day(key))}


def day_events(
    context: dg.AssetExecutionContext, key: dg.AssetKey, result: BuildResult
) -> Iterator[dg.AssetMaterialization]:
    """One materialization for each day that the build made and the run's own events do not tell of."""
    built = BuiltDays.of(result.snapshot) if result.is_rebuilt else None
    if built is None:
        return
    told = (
        set(context.partition_keys) if context.has_partition_key_range or context.has_partition_key else set()
    )
    run = result.snapshot.properties.get("run")
    for day, facts in sorted(built.days.items()):
        if facts.run == run and day.isoformat() not in told:
            yield dg.AssetMaterialization(
                key, partition=day.isoformat(), metadata={"snapshot_id": str(result.snapshot.snapshot_id)}
            )


def _first_day(mesh: Workspace, product: Product) -> date | None:
    try:
        return first_day(mesh, product)
    except LandingError:
        # Nothing has landed yet, or nothing that can be read: its build will say so.
        return None
