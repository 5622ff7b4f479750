"""Bring `mesh.duckdb` up to the state of the catalog: a view per product, and the tables that describe the mesh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from meshlake.building.known_tables import known_tables
from meshlake.building.model_tables import MODEL_VERSIONS, model_version_rows
from meshlake.building.performance import performance_rows
from meshlake.building.performance_columns import PERFORMANCE_COLUMNS
from meshlake.building.quality import QUALITY_COLUMNS, QUALITY_RESULTS
from meshlake.column import Column
from meshlake.lake.mesh_file import PublishedColumn, PublishedProduct, read_state, write_mesh_file
from meshlake.lake.schema import table_schema
from meshlake.lake.state import discovered_folder, has_catalog, mesh_state
from meshlake.types.iceberg import from_iceberg
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from meshlake.lake.catalog import Lake
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.workspace import Workspace

_PRODUCTS = (
    Column("product", Scalar.VARCHAR, "<domain>.<product>"),
    Column("domain", Scalar.VARCHAR, "The team that owns it"),
    Column("kind", Scalar.VARCHAR, "source-aligned, aggregate or consumer-aligned"),
    Column("owner", Scalar.VARCHAR, "Whom to ask"),
    Column("description", Scalar.VARCHAR, "What it is for"),
    Column("contract_version", Scalar.VARCHAR, "Version of the contract it was published under"),
    Column("row_count", Scalar.BIGINT, "Rows published"),
    Column("size_bytes", Scalar.BIGINT, "Bytes of its files"),
    Column("snapshot_id", Scalar.BIGINT, "The published snapshot"),
    Column("published_at", Scalar.TIMESTAMPTZ, "When it was published"),
    Column("promised_query_seconds", Scalar.DOUBLE, "Answer time (p95) the contract promises"),
    Column("is_described", Scalar.BOOLEAN, "Whether its product folder is there"),
    Column("held_since", Scalar.TIMESTAMPTZ, "When it was rolled back, if builds leave it since"),
    Column("rolled_back_from", Scalar.BIGINT, "The snapshot that it was rolled back from, while it is held"),
)
_SNAPSHOTS = (
    Column("product", Scalar.VARCHAR, "<domain>.<product>"),
    Column("snapshot_id", Scalar.BIGINT, "Iceberg's id of the snapshot"),
    Column("published_at", Scalar.TIMESTAMPTZ, "When it was published"),
    Column("is_current", Scalar.BOOLEAN, "Whether readers see it now"),
    Column("row_count", Scalar.BIGINT, "Its rows"),
    Column("size_bytes", Scalar.BIGINT, "Bytes of its files"),
    Column("run", Scalar.VARCHAR, "The build that made it"),
    Column("engine", Scalar.VARCHAR, "The engine that ran it"),
    Column("contract_version", Scalar.VARCHAR, "Version of the contract it was published under"),
    Column("model_version", Scalar.VARCHAR, "The model that scored it; null for other products"),
    Column("inputs", Scalar.VARCHAR, "JSON: what it read, and in which version"),
    Column("held_inputs", Scalar.VARCHAR, "JSON: which of them were held where they had been rolled back to"),
)


def refresh_views(mesh: Workspace, file: Path | None = None) -> None:
    """Write `mesh.duckdb` anew, or another `file` of its kind, unless it shows the catalog as it is now already.

    Raises:
        UsageError: nothing was built yet.
        OSError: its folder cannot be written to.
    """
    state = mesh_state(mesh.settings, must_be_published=not discovered_folder(mesh.settings).exists())
    file = file or mesh.settings.mesh_file
    if read_state(file) == state:
        return
    is_published = has_catalog(mesh.settings)
    names = mesh.lake.products() if is_published else []
    histories = {name: mesh.lake.history((name.domain, name.product)) for name in names}
    heads = {name: next(s for s in history if s.is_current) for name, history in histories.items()}
    system_tables = {
        "products": pa.Table.from_pylist(
            [_product_row(mesh, n, s) for n, s in heads.items()], schema=_arrow(_PRODUCTS)
        ),
        "snapshots": pa.Table.from_pylist(
            [_snapshot_row(n, s) for n, history in histories.items() for s in history],
            schema=_arrow(_SNAPSHOTS),
        ),
        "model_versions": pa.Table.from_pylist(
            model_version_rows(mesh, heads), schema=_arrow(MODEL_VERSIONS)
        ),
        "model_performance": pa.Table.from_pylist(
            performance_rows(mesh.lake) if is_published else [], schema=_arrow(PERFORMANCE_COLUMNS)
        ),
        "quality_results": _quality_results(mesh.lake)
        if is_published
        else _arrow(QUALITY_COLUMNS).empty_table(),
    } | {
        name: pa.Table.from_pylist(rows, schema=_arrow(columns))
        for name, (columns, rows) in known_tables(mesh).items()
    }
    views = [published(mesh, name, head) for name, head in heads.items()]
    quarantines = {n.quarantine: mesh.lake.head((n.domain, n.quarantine.product)) for n in names}
    views += [published(mesh, name, head) for name, head in quarantines.items() if head]
    write_mesh_file(file, views, system_tables, state, mesh.settings.used_stores)


def published(mesh: Workspace, name: ProductName, snapshot: Snapshot) -> PublishedProduct:
    """`snapshot` as readers see it."""
    product = mesh.products.products.get(name)
    return PublishedProduct(
        name=name,
        columns=tuple(
            PublishedColumn(f.name, from_iceberg(f.field_type), f.field_id, f.doc or "")
            for f in snapshot.schema.fields
        ),
        files=mesh.lake.files(snapshot),
        description=product.contract.description if product else "",
    )


def _quality_results(lake: Lake) -> pa.Table:
    table = lake.table(QUALITY_RESULTS)
    return table.scan().to_arrow() if table is not None else _arrow(QUALITY_COLUMNS).empty_table()


def _product_row(mesh: Workspace, name: ProductName, head: Snapshot) -> dict[str, Any]:
    row: dict[str, Any] = {
        "product": str(name),
        "domain": name.domain,
        "row_count": head.row_count,
        "size_bytes": head.size_bytes,
        "snapshot_id": head.snapshot_id,
        "published_at": head.published_at,
        "contract_version": head.properties.get("contract_version"),
        "is_described": name in mesh.products.products,
    }
    if head.hold is not None:
        row |= {"held_since": head.hold.since_time, "rolled_back_from": head.hold.left}
    if product := mesh.products.products.get(name):
        contract = product.contract
        row |= {
            "kind": product.kind,
            "owner": contract.owner,
            "description": contract.description,
            "promised_query_seconds": contract.service_levels.query_p95_seconds,
        }
    return row


def _snapshot_row(name: ProductName, snapshot: Snapshot) -> dict[str, Any]:
    told = ("run", "engine", "contract_version", "model_version", "inputs", "held_inputs")
    return {
        "product": str(name),
        "snapshot_id": snapshot.snapshot_id,
        "published_at": snapshot.published_at,
        "is_current": snapshot.is_current,
        "row_count": snapshot.row_count,
        "size_bytes": snapshot.size_bytes,
        **{key: snapshot.properties.get(key) for key in told},
    }


def _arrow(columns: Sequence[Column]) -> pa.Schema:
    return table_schema(columns).as_arrow()
