"""Data products as Dagster assets, with their checks."""

# Dagster evaluates the annotations of an asset's function: none of them may be text here.
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import dagster as dg
from pydantic import Field

from meshlake.building.audit import check_published
from meshlake.building.build import BuildResult, build_product
from meshlake.errors import AuditError, MeshError
from meshlake.orchestration.check_history import CHECK_HISTORY, check_history
from meshlake.orchestration.checks import check_results, check_specs
from meshlake.orchestration.conditions import automation_condition, freshness_policy
from meshlake.orchestration.contract_metadata import definition_metadata
from meshlake.orchestration.day_partitions import asked_days, day_events
from meshlake.orchestration.keys import asset_key, op_name, owner, shown, tag_key
from meshlake.orchestration.metadata import build_metadata
from meshlake.orchestration.outages import retry_after_outage
from meshlake.orchestration.pictures import pictures
from meshlake.orchestration.reporting import Reporter
from meshlake.partitions import read_day
from meshlake.products.product import BrokenProduct, Product
from meshlake.workspace import Workspace

_Told = Mapping[str, dg.MetadataValue[Any]]


class BuildConfig(dg.Config):
    """`is_forced` builds even what has not changed, and trains models anew; `days` are built in any case.

    Both build what is held since it was rolled back, too, unless `keeps_hold`; days that are a run's partitions do not.
    `is_breaking` lets go of columns that other products read.
    """

    is_forced: bool = False
    days: list[str] = Field(default_factory=list)
    keeps_hold: bool = False
    is_breaking: bool = False


def product_asset(
    mesh: Workspace, product: Product, partitions: dg.PartitionsDefinition[str] | None = None
) -> dg.AssetsDefinition:
    """The asset that builds, audits and publishes `product`; by day in `partitions`, if it is partitioned by date."""
    is_daily = product.is_daily
    known = mesh.products.products
    reads_days = any(known[name].is_daily for name in product.upstream if name in known)
    key = asset_key(product.name)
    classified = replace(product, contract=mesh.products.classifications.contract_of(product))

    @dg.multi_asset(
        name=op_name(product.name),
        # Dagster's own names for what is read are the same for a-b and a_b.
        ins={op_name(read): dg.AssetIn(asset_key(read), dagster_type=dg.Nothing) for read in product.reads},
        outs={"result": _out(classified, mesh.engine.kind, reads_days=reads_days)},
        check_specs=check_specs(key, product),
        # Checks are then optional: a product that did not change is not audited again.
        can_subset=True,
        partitions_def=partitions if is_daily else None,
        backfill_policy=dg.BackfillPolicy.single_run() if is_daily and partitions else None,
    )
    def build(
        context: dg.AssetExecutionContext, config: BuildConfig, reporter: dg.ResourceParam[Reporter]
    ) -> Iterator[object]:
        yield from _build_events(mesh, classified, context, config, reporter)

    return build


def broken_asset(broken: BrokenProduct) -> dg.AssetsDefinition:
    """A product whose folder cannot be read: there to be seen, and failing with the reason."""

    @dg.asset(
        key=asset_key(broken.name),
        group_name=broken.name.domain,
        description=shown(f"Cannot be read: {broken.error.message}"),
        op_tags={"meshlake/broken": "true"},
    )
    def fail(reporter: dg.ResourceParam[Reporter]) -> None:
        reporter.failed(broken.name, broken.error)
        raise dg.Failure(shown(str(broken.error)), allow_retries=False)

    return fail


def _build_events(
    mesh: Workspace,
    product: Product,
    context: dg.AssetExecutionContext,
    config: BuildConfig,
    reporter: Reporter,
) -> Iterator[object]:
    try:
        if not context.selected_asset_keys:
            # Only checks were asked for: they look at what is published.
            found = (check for _, check in check_published(mesh, product.name))
            yield from check_results(context.selected_asset_check_keys, product, found)
            return
        named = {day for text in config.days if (day := read_day(text))}
        result = build_product(
            mesh,
            product.name,
            is_forced=config.is_forced,
            days=asked_days(context) | named,
            is_breaking=config.is_breaking,
            keeps_hold=config.keeps_hold or not (config.is_forced or named),
            progress=lambda name, step: reporter.step(context, name, step),
        )
    except MeshError as error:
        # A failed blocking check does not stop the step that ran it: the results go first, then the failure.
        if isinstance(error, AuditError):
            yield from check_results(context.selected_asset_check_keys, product, error.results)
        reporter.failed(product.name, error)
        retry_after_outage(context, error)
        raise dg.Failure(shown(str(error)), allow_retries=False) from error
    yield from check_results(context.selected_asset_check_keys, product, result.checks)
    reporter.done(result)
    yield _published(mesh, product, context, result)


def _published(
    mesh: Workspace, product: Product, context: dg.AssetExecutionContext, result: BuildResult
) -> dg.MaterializeResult[None]:
    key = asset_key(product.name)
    for event in day_events(context, key, result):
        context.log_event(event)
    before = _told_before(context.instance, key)
    told = _facts_of_unchanged(before, result) or _pictures(mesh, context, result, before)
    return dg.MaterializeResult(
        asset_key=key,
        data_version=dg.DataVersion(str(result.snapshot.rows_id)),
        # The page keeps their order: pictures first.
        metadata={**told, **build_metadata(product, result), **told},
    )


def _pictures(
    mesh: Workspace, context: dg.AssetExecutionContext, result: BuildResult, before: _Told
) -> _Told:
    try:
        history = check_history(mesh, result.name, before)
        return {**pictures(mesh, result), CHECK_HISTORY: history}
    except (MeshError, OSError) as error:
        # The rows are published: without these the page only tells less, until the next build.
        context.log.warning(f"published without pictures: {shown(str(error))}")
        return {}


def _told_before(instance: dg.DagsterInstance, key: dg.AssetKey) -> _Told:
    event = instance.get_latest_materialization_event(key)
    return event.asset_materialization.metadata if event and event.asset_materialization else {}


def _facts_of_unchanged(before: _Told, result: BuildResult) -> _Told:
    """What was told when the snapshot was built, since the asset's page shows only the last event."""
    is_same = before.get("snapshot_id") == dg.MetadataValue.text(str(result.snapshot.snapshot_id))
    if result.is_rebuilt or not is_same:
        return {}
    return {name: value for name, value in before.items() if name not in {"is_rebuilt", "held"}}


def _out(product: Product, engine: str, *, reads_days: bool) -> dg.AssetOut:
    contract, levels = product.contract, product.contract.service_levels
    return dg.AssetOut(
        key=asset_key(product.name),
        dagster_type=dg.Nothing,
        group_name=product.name.domain,
        description=contract.description + (f"\n\nGrain: {contract.grain}" if contract.grain else ""),
        owners=[owner(contract.owner)],
        tags={**{tag_key(tag): "" for tag in contract.tags if tag != product.kind}, "kind": product.kind},
        kinds={"iceberg", engine, *product.transform.tools},
        code_version=product.code_version,
        metadata=definition_metadata(product),
        automation_condition=automation_condition(levels.schedule_cron, reads_days=reads_days),
        freshness_policy=freshness_policy(levels),
        is_required=False,
    )
