"""What sets builds off by itself: new files, changed inputs, the schedule of retraining, and models that were wrong."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING, Any

import dagster as dg

from meshlake.building.retraining import retraining_due
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
_RETRAINING_SENSOR, _WHY_TAG = "retrain_what_is_off", "mesh/why"
# What is known of predictions changes with builds.
_RETRAINING_SECONDS = 60
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
        if is_under_way(context.instance, {"dagster/sensor_name": _LANDING_SENSOR}):
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

    @dg.schedule(
        name=name,
        cron_schedule=cron,
        description=f"Trains the model of {product} anew, changed or not.",
        target=dg.AssetSelection.assets(asset_key(product)),
        default_status=dg.DefaultScheduleStatus.RUNNING,
        execution_timezone="UTC",
    )
    def retrain(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if is_under_way(context.instance, {"dagster/schedule_name": name}):
            return dg.SkipReason("the training before has not ended")
        return dg.RunRequest(run_config=_forced(product))

    return retrain


def retraining_sensor(mesh: Workspace, products: Sequence[Product]) -> list[dg.SensorDefinition]:
    """Trains a model anew when its features have moved, or what it predicted turned out wrong; none without models.

    What is known of predictions is measured by the builds of the model; see `building.retraining` for when it is due.
    A build trains by itself then; this starts one.
    """
    models = [product for product in products if product.is_model]
    if not models:
        return []

    @dg.sensor(
        name=_RETRAINING_SENSOR,
        target=[asset_key(product.name) for product in models],
        description="Trains models anew whose features have moved, or whose predictions turned out wrong.",
        minimum_interval_seconds=max(_RETRAINING_SECONDS, mesh.settings.watch_seconds),
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def retrain_what_is_off(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        if is_under_way(context.instance, {"dagster/sensor_name": _RETRAINING_SENSOR}):
            return dg.SensorResult(skip_reason="the training before has not ended")
        found = (retraining_due(mesh, product) for product in models)
        due = [each for each in found if each is not None and each.is_acted_on]
        for each in due:
            context.log.info(f"{each.name} is trained again: {'; '.join(each.why)}")
        requests = [
            dg.RunRequest(
                run_key=f"{each.name} {each.version} {each.measured_at.isoformat()}",
                asset_selection=[asset_key(each.name)],
                tags={_WHY_TAG: "; ".join(each.why)},
            )
            for each in due
        ]
        return dg.SensorResult(requests, skip_reason=None if due else "no model turned out wrong")

    return [retrain_what_is_off]


def _forced(product: ProductName) -> dict[str, Any]:
    return {"ops": {op_name(product): {"config": {"is_forced": True, "keeps_hold": True}}}}


def is_under_way(instance: dg.DagsterInstance, tags: Mapping[str, str]) -> bool:
    """Whether a run with these tags has not ended."""
    return bool(instance.get_runs_count(dg.RunsFilter(tags=tags, statuses=_UNDER_WAY)))


def _fingerprints(mesh: Workspace, datasets: Sequence[DatasetName]) -> Iterator[tuple[DatasetName, str]]:
    for name in datasets:
        try:
            yield name, mesh.landing.dataset(name).fingerprint
        except LandingError:
            # Not landed yet, or not readable now: the next tick looks again.
            continue
