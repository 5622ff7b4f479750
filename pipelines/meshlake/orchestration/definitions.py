"""What `dagster dev`, `dg` and `mesh ui` load: the mesh of the working folder as Dagster definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from meshlake.names import DatasetName
from meshlake.orchestration.automation import (
    landing_sensor,
    product_automation_sensor,
    retraining_schedules,
    retraining_sensor,
)
from meshlake.orchestration.boost_assets import boost_assets, boost_sensor
from meshlake.orchestration.day_partitions import day_partitions
from meshlake.orchestration.history import dagster_home, write_without_waiting
from meshlake.orchestration.keys import BUILD_JOB
from meshlake.orchestration.landing_assets import landing_asset, misplaced_assets
from meshlake.orchestration.outages import open_workspace_in_time
from meshlake.orchestration.product_assets import broken_asset, product_asset
from meshlake.orchestration.reporting import LogReporter, Reporter
from meshlake.orchestration.upkeep import clean_job, clean_schedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

# Where a product is kept by date, Dagster's dialog wants some day; it cannot be told that none is meant.
_BUILD_DESCRIPTION = (
    "Builds every product whose folder or inputs changed. "
    "Asked for partitions, take Latest: whatever is taken, every day that changed is built."
)


def mesh_definitions(
    mesh: Workspace, reporter: Reporter | None = None, *, has_partitions: bool = True
) -> dg.Definitions:
    """One asset per product and per landed dataset (a broken one fails with its reason), and what sets them off.

    Without partitions a run need not be of a day: Dagster refuses a run of no day where one partitioned asset reads
    another. The days it builds are told all the same.
    """
    products = list(mesh.products.products.values())
    survey = mesh.landing.survey()
    datasets = sorted({*_read(products), *survey.datasets})
    partitions = day_partitions(mesh) if has_partitions else None
    clean = clean_job(mesh)
    assets = [
        *(landing_asset(mesh, name, survey.broken.get(name)) for name in datasets),
        *misplaced_assets(mesh, survey.misplaced),
        *(product_asset(mesh, product, partitions) for product in products),
        *(broken_asset(broken) for broken in mesh.products.broken.values()),
    ]
    # Not all there are: a code location may have others beside them (`meshlake.dagster`).
    own = dg.AssetSelection.assets(*assets)
    return dg.Definitions(
        # No build looks for what would make models better: that takes minutes, and its sensor or somebody asks for it.
        assets=[*assets, *boost_assets(mesh, products)],
        jobs=[dg.define_asset_job(BUILD_JOB, own, description=_BUILD_DESCRIPTION), clean],
        schedules=[*retraining_schedules(products), clean_schedule(clean)],
        sensors=[
            landing_sensor(mesh, datasets, partitions),
            product_automation_sensor(mesh, own),
            *retraining_sensor(mesh, products),
            *boost_sensor(mesh, products, datasets),
        ],
        resources={"reporter": reporter or LogReporter()},
        executor=dg.in_process_executor,
    )


def _read(products: Iterable[Product]) -> Iterator[DatasetName]:
    return (name for product in products for name in product.reads if isinstance(name, DatasetName))


@dg.definitions
def defs() -> dg.Definitions:
    """The mesh that the settings of the working folder describe."""
    mesh = open_workspace_in_time()
    write_without_waiting(dagster_home(mesh.settings))
    return mesh_definitions(mesh)
