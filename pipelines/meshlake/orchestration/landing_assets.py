"""Landed datasets as Dagster assets: materializing one profiles what has landed, if that has changed.

Of what does not lie in files only the columns are told: its rows are another system's work to read.
"""

# Dagster evaluates the annotations of an asset's function: none of them may be text here.
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from meshlake.discovery.dataset_profile import DatasetProfile
from meshlake.discovery.discover import profile_files
from meshlake.discovery.known import remember_landed
from meshlake.errors import LandingError, MeshError
from meshlake.health import naming_servers
from meshlake.landing.zone import Dataset
from meshlake.names import LANDING_CATALOG, DatasetName
from meshlake.orchestration.keys import (
    DATA_VERSION_TAG,
    asset_key,
    misplaced_key,
    misplaced_op_name,
    op_name,
    shown,
)
from meshlake.orchestration.outages import retry_after_outage
from meshlake.orchestration.reporting import Reporter
from meshlake.settings import Settings
from meshlake.sources import Landed
from meshlake.workspace import Workspace

_MOVE_THEM = "Move what is data into <domain>/<dataset>/ of the landing zone."
# What has neither a reader nor a contract is shown as what it is, and stops nothing else.
_BROKEN = {"meshlake/broken": "true"}


def landing_asset(
    mesh: Workspace, name: DatasetName, broken: LandingError | None = None
) -> dg.AssetsDefinition:
    """The asset of one landed dataset: schema, row count and null shares, versioned by its files.

    `broken` is why it cannot be read now. It is looked at again when it is materialized, for files come and go.
    """

    @dg.multi_asset(
        name=op_name(name), outs={"result": _out(mesh, name, broken)}, op_tags=_BROKEN if broken else None
    )
    def profile(
        context: dg.AssetExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> dg.MaterializeResult[None]:
        try:
            with naming_servers(mesh.settings, str(name)):
                return _look_at(mesh, name, context)
        except MeshError as error:
            reporter.failed(name, error)
            retry_after_outage(context, error)
            raise dg.Failure(shown(str(error)), allow_retries=False) from error

    return profile


def misplaced_assets(mesh: Workspace, files: Iterable[str]) -> list[dg.AssetsDefinition]:
    """An asset for each folder that holds `files` which belong to no dataset: there to be seen, and failing."""
    by_domain: dict[str, list[str]] = {}
    for file in files:
        by_domain.setdefault(file.rpartition("/")[0], []).append(file)
    return [_misplaced_asset(mesh, domain, tuple(found)) for domain, found in sorted(by_domain.items())]


def _out(mesh: Workspace, name: DatasetName, broken: LandingError | None) -> dg.AssetOut:
    source = mesh.landing.source_of(name)
    return dg.AssetOut(
        key=asset_key(name),
        # No domain can be called so; among a domain's products a dataset would look like one of them.
        group_name=LANDING_CATALOG,
        kinds={source.badge},
        tags={"kind": "landing"},
        description=shown(f"Cannot be read: {broken.message}" if broken else mesh.landing.about(name)),
        dagster_type=dg.Nothing,
    )


def _look_at(
    mesh: Workspace, name: DatasetName, context: dg.AssetExecutionContext
) -> dg.MaterializeResult[None]:
    landed = mesh.landing.landed(name)
    told = told_before(context.instance, context.asset_key, landed.fingerprint)
    if told is None:
        told = _declared(landed) if landed.files is None else _profiled(mesh.settings, landed.files)
    return dg.MaterializeResult(data_version=dg.DataVersion(landed.fingerprint), metadata=told)


def _misplaced_asset(mesh: Workspace, domain: str, files: tuple[str, ...]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=misplaced_op_name(domain),
        outs={
            "result": dg.AssetOut(
                key=misplaced_key(domain),
                group_name=LANDING_CATALOG,
                kinds={"file"},
                tags={"kind": "landing"},
                description=shown(f"Cannot be read: {_misplaced_text(files)}"),
                dagster_type=dg.Nothing,
            )
        },
        op_tags=_BROKEN,
    )
    def find() -> dg.MaterializeResult[None]:
        left = [file for file in mesh.landing.misplaced_files() if file.rpartition("/")[0] == domain]
        if left:
            raise dg.Failure(shown(f"{_misplaced_text(left)} {_MOVE_THEM}"), allow_retries=False)
        return dg.MaterializeResult()

    return find


def _misplaced_text(files: Sequence[str]) -> str:
    more = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
    return f"{files[0]}{more} in no folder of a dataset, so never read."


def told_before(
    instance: dg.DagsterInstance, key: dg.AssetKey, fingerprint: str
) -> Mapping[str, dg.MetadataValue[Any]] | None:
    """What was told of the same files, if they were profiled; a profile reads every row, and each build asks for it."""
    event = instance.get_latest_materialization_event(key)
    before = event.asset_materialization if event else None
    if before is None or (before.tags or {}).get(DATA_VERSION_TAG) != fingerprint:
        return None
    return before.metadata


def _metadata(found: DatasetProfile) -> dict[str, Any]:
    columns = [
        dg.TableColumn(
            name=c.name,
            type=str(c.type),
            description=f"{c.null_share:.1%} null, about {c.distinct_count:,} distinct",
        )
        for c in found.columns
    ]
    return {
        "dagster/row_count": found.row_count,
        "dagster/column_schema": dg.TableSchema(columns=columns),
        "files": found.file_count,
        "size_bytes": found.size_bytes,
        "format": found.format,
        "null_shares": dg.MetadataValue.json({c.name: round(c.null_share, 6) for c in found.columns}),
    }


def _profiled(settings: Settings, files: Dataset) -> dict[str, Any]:
    found = profile_files(settings, files)
    remember_landed(settings, found)
    return _metadata(found)


def _declared(landed: Landed) -> dict[str, Any]:
    columns = [dg.TableColumn(name=name, type=str(kind)) for name, kind in (landed.columns or {}).items()]
    return {"dagster/column_schema": dg.TableSchema(columns=columns), "format": landed.source}
