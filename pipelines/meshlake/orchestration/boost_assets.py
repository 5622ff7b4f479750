"""What would make models better, as Dagster assets: looked for again when new data was discovered, and only proposed.

There is one for each model whose policy gives it time (`boost_minutes`). What is found waits to be accepted, as what
`mesh boost` drafts does; while it waits nothing else is looked for.
"""

# Dagster evaluates the annotations of an asset's function: none of them may be text here.
import hashlib
from collections.abc import Sequence
from typing import Any

import dagster as dg

from meshlake.boosting.boost import Search
from meshlake.boosting.considered import Boosted
from meshlake.boosting.draft import PAGE_FILE, waiting_draft, with_model_draft
from meshlake.boosting.told import considered_rows, figure_rows, heads, verdict
from meshlake.errors import MeshError
from meshlake.health import naming_servers
from meshlake.names import DatasetName, ProductName
from meshlake.orchestration.automation import is_under_way
from meshlake.orchestration.contract_metadata import table
from meshlake.orchestration.keys import DATA_VERSION_TAG, asset_key, boost_key, boost_op_name, shown
from meshlake.orchestration.outages import retry_after_outage
from meshlake.orchestration.reporting import Reporter
from meshlake.products.product import Product
from meshlake.workspace import Workspace

_SENSOR = "boost_from_new_data"
_SECONDS = 60


def boost_assets(mesh: Workspace, products: Sequence[Product]) -> list[dg.AssetsDefinition]:
    """One for each model that asks for it."""
    return [
        _asset(mesh, each.name, minutes)
        for each in products
        if (minutes := each.transform.boost_minutes) is not None
    ]


def _asset(mesh: Workspace, name: ProductName, minutes: float) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=boost_op_name(name),
        outs={
            "result": dg.AssetOut(
                key=boost_key(name),
                group_name=name.domain,
                tags={"kind": "boost"},
                description=f"What in the mesh would make {name} better, in at most {minutes:g} minutes. "
                "What is found waits to be accepted: mesh boost PRODUCT --accept.",
                dagster_type=dg.Nothing,
            )
        },
        deps=[asset_key(name)],
    )
    def look(
        context: dg.AssetExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> dg.MaterializeResult[None]:
        try:
            with naming_servers(mesh.settings, str(name)):
                if (waiting := waiting_draft(mesh.settings, name)) is not None:
                    told = f"A draft waits to be accepted in {waiting}, so nothing was looked for."
                    return dg.MaterializeResult(metadata={"verdict": shown(told)})
                found = with_model_draft(
                    mesh.settings, name, Search(minutes=minutes), progress=context.log.info
                )
        except MeshError as error:
            reporter.failed(name, error)
            retry_after_outage(context, error)
            raise dg.Failure(shown(str(error)), allow_retries=False) from error
        return dg.MaterializeResult(metadata=_metadata(found))

    return look


def _metadata(found: Boosted) -> dict[str, Any]:
    told: dict[str, Any] = {
        "verdict": shown(verdict(found)),
        "tables": _table(heads(found), considered_rows(found)),
    }
    if found.selection and found.selection.final:
        told["figures"] = _table(("figure", "without", "with it"), figure_rows(found))
        figure, gain = next(iter(found.selection.final.gains.items()))
        told[f"better_{figure}"] = gain.estimate
    if found.drafted:
        draft = found.drafted[-1]
        told["draft"] = dg.MetadataValue.path(str(draft.folder))
        told["page"] = dg.MetadataValue.path(str(draft.folder / PAGE_FILE))
        told["change"] = dg.MetadataValue.md(f"```diff\n{shown(found.change)}\n```")
        told["accept"] = f"mesh boost {draft.name} --accept"
    return told


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> dg.MetadataValue[Any]:
    return table([dict(zip(heads, row, strict=True)) for row in rows])


def boost_sensor(
    mesh: Workspace, products: Sequence[Product], datasets: Sequence[DatasetName]
) -> list[dg.SensorDefinition]:
    """Looks again for what makes models better once new data was profiled; none without models that ask for it."""
    models = [each.name for each in products if each.transform.boost_minutes is not None]
    if not models:
        return []

    @dg.sensor(
        name=_SENSOR,
        target=[boost_key(name) for name in models],
        description="Looks for what would make models better when new data was discovered; proposes, never publishes.",
        minimum_interval_seconds=max(_SECONDS, mesh.settings.watch_seconds),
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def boost_from_new_data(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        if is_under_way(context.instance, {"dagster/sensor_name": _SENSOR}):
            return dg.SensorResult(skip_reason="the search before has not ended")
        state = _discovered(context.instance, datasets)
        ready = [name for name in models if mesh.lake.head((name.domain, name.product)) is not None]
        if not state or not ready:
            return dg.SensorResult(skip_reason="nothing was discovered, or no model was built")
        # Dagster launches one run for each `run_key`: for each state of what was discovered.
        requests = [
            dg.RunRequest(run_key=f"{name} {state}", asset_selection=[boost_key(name)]) for name in ready
        ]
        return dg.SensorResult(requests)

    return [boost_from_new_data]


def _discovered(instance: dg.DagsterInstance, datasets: Sequence[DatasetName]) -> str:
    """Which files were profiled, as one short text; empty where none were."""
    found = []
    for name in datasets:
        event = instance.get_latest_materialization_event(asset_key(name))
        tags = event.asset_materialization.tags if event and event.asset_materialization else None
        if tags and (version := tags.get(DATA_VERSION_TAG)):
            found.append(f"{name} {version}")
    return hashlib.sha256("\n".join(found).encode("utf-8", "surrogatepass")).hexdigest()[:16] if found else ""
