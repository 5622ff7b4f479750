"""Landed datasets as Dagster assets: materializing one profiles what has landed."""

# Dagster evaluates the annotations of an asset's function: none of them may be text here.
import dagster as dg

from pipelines.build.mesh import Mesh
from pipelines.discovery.profile import DatasetProfile, profile_dataset
from pipelines.errors import MeshError
from pipelines.names import LANDING_CATALOG, DatasetName
from pipelines.orchestration.product_assets import asset_key
from pipelines.orchestration.reporting import Reporter


def landing_asset(mesh: Mesh, name: DatasetName) -> dg.AssetsDefinition:
    """The asset of one landed dataset: schema, row count and null shares, versioned by its files."""

    @dg.asset(
        key=asset_key(name),
        # No domain can be called so; among a domain's products a dataset would look like one of them.
        group_name=LANDING_CATALOG,
        kinds={"file"},
        tags={"kind": "landing"},
        description=f"Files as they arrived in {name.domain}/{name.dataset}/ of the landing zone.",
    )
    def profile(reporter: dg.ResourceParam[Reporter]) -> dg.MaterializeResult[None]:
        try:
            found = profile_dataset(mesh.settings, mesh.landing.dataset(name))
        except MeshError as error:
            reporter.failed(name, error)
            raise dg.Failure(str(error), allow_retries=False) from error
        return _materialization(found)

    return profile


def _materialization(found: DatasetProfile) -> dg.MaterializeResult[None]:
    columns = [
        dg.TableColumn(
            name=c.name,
            type=c.type,
            description=f"{c.null_share:.1%} null, about {c.distinct_count:,} distinct",
        )
        for c in found.columns
    ]
    return dg.MaterializeResult(
        data_version=dg.DataVersion(found.fingerprint),
        metadata={
            "dagster/row_count": found.row_count,
            "dagster/column_schema": dg.TableSchema(columns=columns),
            "files": found.file_count,
            "size_bytes": found.size_bytes,
            "format": found.format,
            "null_shares": dg.MetadataValue.json({c.name: round(c.null_share, 6) for c in found.columns}),
        },
    )
