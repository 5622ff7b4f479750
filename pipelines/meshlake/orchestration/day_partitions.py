"""Products partitioned by date as Dagster's daily partitions: the days there are, those a run is asked for and makes.

A run that nobody asked for a day (a whole build, automation) builds the days that changed.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from meshlake.building.days import BuiltDays, known_days
from meshlake.errors import LandingError
from meshlake.orchestration.keys import BUILD_JOB, DATA_VERSION_TAG
from meshlake.partitions import read_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from meshlake.building.build import BuildResult
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

# Names the file by which whoever serves the pages is asked to load the definitions anew; unset where nobody is.
RELOAD_VARIABLE = "MESHLAKE_RELOAD_FILE"
_AUTOMATION_TAG = "dagster/from_automation_condition"


def day_partitions(mesh: Workspace) -> dg.DailyPartitionsDefinition | None:
    """The days that have landed or are published of any product that is partitioned by date, and no others.

    A day on which nothing landed is not missing: it is none of the partitions, be it later than all that landed or
    between two that did. One definition for the whole mesh, so that one run can build products one from the other.
    `None` when no product is partitioned by date, or no day is known yet.
    """
    days = {day for product in mesh.products.products.values() for day in _known_days(mesh, product)}
    if not days:
        return None
    first, end = min(days), max(days) + timedelta(days=1)
    between = (first + timedelta(days=ahead) for ahead in range((end - first).days))
    return dg.DailyPartitionsDefinition(
        first.isoformat(),
        end.isoformat(),
        # Dagster has days that are over, and so many more: files of a day land before it is.
        end_offset=max(1, (end - datetime.now(UTC).date()).days),
        exclusions=[datetime.combine(day, time(), UTC) for day in between if day not in days],
    )


def ask_for_reload(mesh: Workspace, loaded: dg.PartitionsDefinition[str] | None) -> None:
    """Have the definitions loaded anew when there are other days than `loaded`, to which Dagster keeps till then."""
    file = os.environ.get(RELOAD_VARIABLE)
    if file and day_partitions(mesh) != loaded:
        Path(file).touch()


def asked_days(context: dg.AssetExecutionContext) -> set[date]:
    """The days that somebody asked this run for; none of a product that is not kept by date, whatever the run's are."""
    if not context.has_partition_key_range and not context.has_partition_key:
        return set()
    if context.assets_def.partitions_def is None:
        return set()
    if _AUTOMATION_TAG in context.run.tags or _is_any_day(context):
        return set()
    return {day for key in context.partition_keys if (day := read_day(key))}


def _is_any_day(context: dg.AssetExecutionContext) -> bool:
    """Whether the day is the latest, taken for the whole build: its dialog wants a day though none is meant."""
    if context.run.job_name != BUILD_JOB or not context.has_partition_key:
        return False
    days = context.assets_def.partitions_def
    return days is not None and context.partition_key == days.get_last_partition_key()


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
                key,
                partition=day.isoformat(),
                metadata={"snapshot_id": str(result.snapshot.snapshot_id)},
                # As of the run's own events: what reads this day is built when the version is another.
                tags={DATA_VERSION_TAG: str(result.snapshot.rows_id)},
            )


def _known_days(mesh: Workspace, product: Product) -> set[date]:
    try:
        return known_days(mesh, product)
    except LandingError:
        # Nothing has landed yet, or nothing that can be read: its build will say so.
        return set()
