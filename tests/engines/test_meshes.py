"""Whole meshes built by each engine on the same servers: equal products, and each reads what the other published."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from pyiceberg.catalog.sql import SqlCatalog

from meshlake.lake.catalog import catalog_properties
from meshlake.landing.storage import add_file
from meshlake.services import DEFAULT_CACHE, install
from support.equality import differing_rows
from support.server_mesh import ServerMesh

pytestmark = [pytest.mark.services, pytest.mark.timeout(1200)]

REPOSITORY = Path(__file__).parents[2]
SHARED = REPOSITORY.parent / "shared" / "data" / "landing"


@pytest.fixture
def mesh(tmp_path, endpoints) -> ServerMesh:
    return ServerMesh(tmp_path / "mesh", endpoints, "duckdb")


def quickly_trained(products: Path, folder: Path, *left_out: str) -> Path:
    """A copy without those domains, whose churn models are of one algorithm: what is trained is no engine's matter."""
    copy = folder / "products"
    shutil.copytree(products, copy, ignore=shutil.ignore_patterns(*left_out))
    for file in copy.glob("*/*/model.yaml"):
        model = yaml.safe_load(file.read_text(encoding="utf-8"))
        if model["task"] == "churn":
            model["policy"] |= {"candidates": ["logistic_regression"], "folds": 2}
        file.write_text(yaml.safe_dump(model), encoding="utf-8")
    return copy


def run(mesh: ServerMesh, *arguments: str, engine: str = "duckdb") -> str:
    """What `mesh ARGUMENTS` prints; it must succeed."""
    return mesh.on(engine).process(*arguments, timeout_seconds=1200).ended().out


def rows(mesh: ServerMesh, select: str, engine: str, *options: str) -> list[dict[str, Any]]:
    """The rows `mesh sql` gives."""
    found: list[dict[str, Any]] = json.loads(run(mesh, "sql", select, "--json", *options, engine=engine))
    return found


def assert_each_engine_publishes_the_same(mesh: ServerMesh) -> None:
    """Everything is built on Trino, then anew on DuckDB; row for row the products must be equal."""
    run(mesh, "build", engine="trino")
    run(mesh, "build", "--force", engine="duckdb")
    opened = mesh.workspace
    assert opened.products.products
    for name in opened.products.products:
        newest, before, *_ = opened.lake.history((name.domain, name.product))
        assert (newest.properties["engine"], before.properties["engine"]) == ("duckdb", "trino"), name
        assert newest.row_count == before.row_count, name
        assert differing_rows(opened, name, newest, before) == [], name


def test_demo_mesh(mesh, tmp_path):
    """The operator's half of it: the retailer's products are built from real data below.

    With less than 150 days the first cut-off has no usage to compare with, and no model of it is promoted.
    """
    mesh = mesh.having(products=quickly_trained(REPOSITORY / "data_products", tmp_path, "retail"))
    run(mesh, "demo", "--customers", "600", "--days", "150")
    assert_each_engine_publishes_the_same(mesh)
    assert_each_reads_what_the_other_published(mesh)
    assert_foreign_clients_read(mesh)


def assert_each_reads_what_the_other_published(mesh: ServerMesh) -> None:
    select = "SELECT plan, count(*) AS customers, max(signed_up_on) AS newest FROM crm.customers GROUP BY 1 ORDER BY 1"
    (duckdb_s, trino_s, *_) = mesh.workspace.lake.history(("crm", "customers"))
    now = rows(mesh, select, "duckdb")
    assert now
    for snapshot in (duckdb_s, trino_s):
        for engine in ("duckdb", "trino"):
            assert rows(mesh, select, engine, "--as-of", str(snapshot.snapshot_id)) == now
    between = datetime.fromtimestamp(trino_s.published_at.timestamp() + 1, UTC).isoformat()
    assert rows(mesh, select, "trino", "--as-of", between) == now


def assert_foreign_clients_read(mesh: ServerMesh) -> None:
    """Trino's own client, pyiceberg and plain DuckDB, with the settings that docs/how-to/scaling-out.md gives."""
    opened = mesh.workspace
    settings, (count,) = opened.settings, rows(mesh, "SELECT count(*) AS n FROM crm.customers", "duckdb")
    java = install.java(DEFAULT_CACHE, print) / "bin" / "java"
    client = [java, "-jar", install.trino_cli(DEFAULT_CACHE, print), "--server", settings.trino]
    asked = [*client, "--catalog", "mesh", "--execute", "SELECT count(*) FROM crm.customers"]
    answer = subprocess.run(
        asked, capture_output=True, text=True, check=True, env={"HOME": os.environ["HOME"]}
    )
    assert answer.stdout == f'"{count["n"]}"\n'
    catalog = SqlCatalog("mesh", **catalog_properties(settings))
    assert catalog.load_table("crm.customers").scan().to_arrow().num_rows == count["n"]
    with duckdb.connect() as connection:
        settings.store_of(settings.warehouse).open_to_duckdb(connection)
        connection.execute(f"ATTACH '{settings.mesh_file}' AS mesh (READ_ONLY)")
        assert connection.execute("SELECT count(*) FROM mesh.crm.customers").fetchall() == [(count["n"],)]


def test_real_telco_and_retail_mesh(mesh, tmp_path):
    if not SHARED.is_dir():
        pytest.skip(f"needs {SHARED}, the real data that the project does not carry")
    mesh = mesh.having(products=quickly_trained(REPOSITORY / "examples/telco/data_products", tmp_path))
    settings = mesh.settings
    for file in SHARED.rglob("*"):
        if file.is_file():
            target = f"{settings.landing}/{file.relative_to(SHARED)}"
            add_file(file, target, settings.store_of(target))
    assert_each_engine_publishes_the_same(mesh)
