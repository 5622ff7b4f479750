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

    from meshlake.names import DatasetName, ProductName
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

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


def product_automation_sensor(
    mesh: Workspace, own: dg.AssetSelection
) -> dg.AutomationConditionSensorDefinition:
    """Rebuilds what reads a changed input, of `own`: beside them may be assets that are another's.

    Dagster's own default sensor is stopped unless somebody starts it.
    """
    return dg.AutomationConditionSensorDefinition(
        "rebuild_what_changed",
        target=own,
        description="Rebuilds the products that read something newly profiled or published.",
        minimum_interval_seconds=mesh.settings.watch_seconds,
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
        minimum_interval_seconds=mesh.settings.watch_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def new_files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        ask_for_reload(mesh, days)
        if _is_under_way(context.instance, {"dagster/sensor_name": _LANDING_SENSOR}):
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
    """One schedule for each model whose policy has a `retrain_cron`: trains anew even if nothing changed.

    Its runs do not pile up where one takes longer than the time between two of them.
    """
    return [
        _retraining(product.name, cron) for product in products if (cron := product.transform.retrain_cron)
    ]


def _retraining(product: ProductName, cron: str) -> dg.ScheduleDefinition:
    name = schedule_name("retrain", product)
    forced = {"ops": {op_name(product): {"config": {"is_forced": True, "keeps_hold": True}}}}

    @dg.schedule(
        name=name,
        cron_schedule=cron,
        description=f"Trains the model of {product} anew, changed or not.",
        target=dg.AssetSelection.assets(asset_key(product)),
        default_status=dg.DefaultScheduleStatus.RUNNING,
        execution_timezone="UTC",
    )
    def retrain(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if _is_under_way(context.instance, {"dagster/schedule_name": name}):
            return dg.SkipReason("the training before has not ended")
        return dg.RunRequest(run_config=forced)

    return retrain


def _is_under_way(instance: dg.DagsterInstance, tags: Mapping[str, str]) -> bool:
    return bool(instance.get_runs_count(dg.RunsFilter(tags=tags, statuses=_UNDER_WAY)))


def _fingerprints(mesh: Workspace, datasets: Sequence[DatasetName]) -> Iterator[tuple[DatasetName, str]]:
    for name in datasets:
        try:
            yield name, mesh.landing.dataset(name).fingerprint
        except LandingError:
            # Not landed yet, or not readable now: the next tick looks again.
            continue
