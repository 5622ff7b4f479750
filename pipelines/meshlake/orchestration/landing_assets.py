"""Landed datasets as Dagster assets: materializing one profiles what has landed, if that has changed.

Of a table of the operational database only the columns are told: its rows are that system's own work to read.
"""

# Dagster evaluates the annotations of an asset's function: none of them may be text here.
from collections.abc import Mapping
from typing import Any

import dagster as dg

from meshlake.discovery.dataset_profile import DatasetProfile
from meshlake.discovery.profile import profile_dataset
from meshlake.errors import MeshError
from meshlake.health import naming_servers
from meshlake.landing.operational import OperationalTable
from meshlake.landing.zone import Dataset
from meshlake.names import LANDING_CATALOG, DatasetName
from meshlake.orchestration.outages import retry_after_outage
from meshlake.orchestration.product_assets import asset_key
from meshlake.orchestration.reporting import Reporter
from meshlake.workspace import Workspace

_DATA_VERSION_TAG = "dagster/data_version"


def landing_asset(mesh: Workspace, name: DatasetName) -> dg.AssetsDefinition:
    """The asset of one landed dataset: schema, row count and null shares, versioned by its files."""
    is_table = name in mesh.landing.tables

    @dg.asset(
        key=asset_key(name),
        # No domain can be called so; among a domain's products a dataset would look like one of them.
        group_name=LANDING_CATALOG,
        kinds={"postgresql" if is_table else "file"},
        tags={"kind": "landing"},
        description=f"The table {mesh.landing.tables[name]} of the operational database."
        if is_table
        else f"Files as they arrived in {name.domain}/{name.dataset}/ of the landing zone.",
    )
    def profile(
        context: dg.AssetExecutionContext, reporter: dg.ResourceParam[Reporter]
    ) -> dg.MaterializeResult[None]:
        try:
            with naming_servers(mesh.settings, str(name)):
                dataset = mesh.landing.landed(name)
                told = told_before(context.instance, context.asset_key, dataset.fingerprint)
                if told is None:
                    told = (
                        _metadata(profile_dataset(mesh.settings, dataset)[0])
                        if isinstance(dataset, Dataset)
                        else _table_metadata(dataset)
                    )
        except MeshError as error:
            reporter.failed(name, error)
            retry_after_outage(context, error)
            raise dg.Failure(str(error), allow_retries=False) from error
        return dg.MaterializeResult(data_version=dg.DataVersion(dataset.fingerprint), metadata=told)

    return profile


def told_before(
    instance: dg.DagsterInstance, key: dg.AssetKey, fingerprint: str
) -> Mapping[str, dg.MetadataValue[Any]] | None:
    """What was told of the same files, if they were profiled; a profile reads every row, and each build asks for it."""
    event = instance.get_latest_materialization_event(key)
    before = event.asset_materialization if event else None
    if before is None or (before.tags or {}).get(_DATA_VERSION_TAG) != fingerprint:
        return None
    return before.metadata


def _metadata(found: DatasetProfile) -> dict[str, Any]:
    columns = [
        dg.TableColumn(
            name=c.name,
            type=c.type,
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


def _table_metadata(table: OperationalTable) -> dict[str, Any]:
    columns = [dg.TableColumn(name=column.name, type=column.type) for column in table.columns]
    return {"dagster/column_schema": dg.TableSchema(columns=columns), "format": "postgresql"}
