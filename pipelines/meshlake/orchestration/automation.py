"""What sets builds off by itself: new files, changed inputs, and the retraining schedule."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING

import dagster as dg

from meshlake.errors import LandingError
from meshlake.orchestration.day_partitions import ask_for_reload
from meshlake.orchestration.keys import asset_key, op_name, schedule_name
from meshlake.orchestration.landing_assets import told_before

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from meshlake.names import DatasetName
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

LANDING_SECONDS = 30
RETRY_SECONDS = 600
_LANDING_SENSOR = "new_files"
_NOTHING_NEW = dg.SensorResult(skip_reason="no new files")
_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def product_automation_sensor(own: dg.AssetSelection) -> dg.AutomationConditionSensorDefinition:
    """Rebuilds what reads a changed input, of `own`: beside them may be assets that are another's.

    Dagster's own default sensor is stopped unless somebody starts it.
    """
    return dg.AutomationConditionSensorDefinition(
        "rebuild_what_changed",
        target=own,
        description="Rebuilds the products that read something newly profiled or published.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )


def landing_sensor(
    mesh: Workspace, datasets: Sequence[DatasetName], days: dg.PartitionsDefinition[str] | None = None
) -> dg.SensorDefinition:
    """Sees files that land, and profiles their dataset; what reads it is rebuilt by the automation sensor.

    It keeps no cursor: files are new until a profile of them is told, by whatever run. One that fails is tried again
    after `RETRY_SECONDS`, or as soon as the files change.

    What lives elsewhere than in files is not watched: each look at a table is a scan of it. The `frequency` of the
    contract of what reads it says when.

    `days` are those that are loaded as partitions; when there are others the definitions have to be loaded anew.
    """
    files = [name for name in datasets if name not in mesh.landing.elsewhere]

    @dg.sensor(
        name=_LANDING_SENSOR,
        target=[asset_key(name) for name in files] or None,
        description="Profiles a landed dataset when its files change.",
        minimum_interval_seconds=LANDING_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def new_files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        ask_for_reload(mesh, days)
        own_runs = dg.RunsFilter(tags={"dagster/sensor_name": _LANDING_SENSOR}, statuses=_UNDER_WAY)
        if context.instance.get_runs_count(own_runs):
            return dg.SensorResult(skip_reason="what was found before is being profiled")
        found = ((asset_key(name), fingerprint) for name, fingerprint in _fingerprints(mesh, files))
        changed = {key: state for key, state in found if told_before(context.instance, key, state) is None}
        return dg.SensorResult(run_requests=[_request(changed)]) if changed else _NOTHING_NEW

    return new_files


def _request(changed: Mapping[dg.AssetKey, str]) -> dg.RunRequest:
    """Dagster launches one run for each `run_key`: for each state of the files, and again some time later."""
    files = sorted((key.to_string(), fingerprint) for key, fingerprint in changed.items())
    state = json.dumps([files, int(time.time() // RETRY_SECONDS)])
    return dg.RunRequest(
        run_key=hashlib.sha256(state.encode()).hexdigest()[:16], asset_selection=list(changed)
    )


def retraining_schedules(products: Sequence[Product]) -> list[dg.ScheduleDefinition]:
    """One schedule for each model whose policy has a `retrain_cron`: trains anew even if nothing changed."""
    return [
        dg.ScheduleDefinition(
            name=schedule_name("retrain", product.name),
            cron_schedule=product.transform.retrain_cron,
            description=f"Trains the model of {product.name} anew, changed or not.",
            target=dg.AssetSelection.assets(asset_key(product.name)),
            run_config={"ops": {op_name(product.name): {"config": {"is_forced": True, "keeps_hold": True}}}},
            default_status=dg.DefaultScheduleStatus.RUNNING,
            execution_timezone="UTC",
        )
        for product in products
        if product.transform.retrain_cron
    ]


def _fingerprints(mesh: Workspace, datasets: Sequence[DatasetName]) -> Iterator[tuple[DatasetName, str]]:
    for name in datasets:
        try:
            yield name, mesh.landing.dataset(name).fingerprint
        except LandingError:
            # Not landed yet, or not readable now: the next tick looks again.
            continue
