"""What sets builds off by itself: new files, changed inputs, and the retraining schedule."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.errors import LandingError
from pipelines.orchestration.product_assets import asset_key
from pipelines.products.product import ModelTransform

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.build.mesh import Mesh
    from pipelines.names import DatasetName
    from pipelines.products.product import Product

LANDING_SECONDS = 30


def product_automation_sensor() -> dg.AutomationConditionSensorDefinition:
    """Rebuilds what reads a changed input. Dagster's own default sensor is stopped unless somebody starts it."""
    return dg.AutomationConditionSensorDefinition(
        "rebuild_what_changed",
        target=dg.AssetSelection.all(),
        description="Rebuilds the products that read something newly profiled or published.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )


def landing_sensor(mesh: Mesh, datasets: Sequence[DatasetName]) -> dg.SensorDefinition:
    """Sees files that land, and profiles their dataset; what reads it is rebuilt by the automation sensor.

    Tables of the operational database are not watched: each look is a scan of one. The `frequency` of the contract of
    what reads them says when.
    """
    files = [name for name in datasets if name not in mesh.landing.tables]

    @dg.sensor(
        name="new_files",
        target=[asset_key(name) for name in files] or dg.AssetSelection.all(),
        description="Profiles a landed dataset when its files change.",
        minimum_interval_seconds=LANDING_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def new_files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        seen: dict[str, str] = json.loads(context.cursor or "{}")
        now = dict(_fingerprints(mesh, files))
        changed = sorted(name for name, fingerprint in now.items() if seen.get(name) != fingerprint)
        if not changed:
            return dg.SensorResult(skip_reason="no new files")
        run_key = hashlib.sha256(json.dumps(now, sort_keys=True).encode()).hexdigest()[:16]
        keys = [dg.AssetKey(name.split(".")) for name in changed]
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=run_key, asset_selection=keys)], cursor=json.dumps(now)
        )

    return new_files


def retraining_schedules(products: Sequence[Product]) -> list[dg.ScheduleDefinition]:
    """One schedule for each model whose policy has a `retrain_cron`: trains anew even if nothing changed."""
    return [
        dg.ScheduleDefinition(
            name=f"retrain__{product.name.domain}__{product.name.product}",
            cron_schedule=product.transform.retrain_cron,
            description=f"Trains the model of {product.name} anew, changed or not.",
            target=dg.AssetSelection.assets(asset_key(product.name)),
            run_config={
                "ops": {f"{product.name.domain}__{product.name.product}": {"config": {"is_forced": True}}}
            },
            default_status=dg.DefaultScheduleStatus.RUNNING,
            execution_timezone="UTC",
        )
        for product in products
        if isinstance(product.transform, ModelTransform) and product.transform.retrain_cron
    ]


def _fingerprints(mesh: Mesh, datasets: Sequence[DatasetName]) -> Iterator[tuple[str, str]]:
    for name in datasets:
        try:
            yield str(name), mesh.landing.dataset(name).fingerprint
        except LandingError:
            # Not landed yet, or not readable now: the next tick looks again.
            continue
