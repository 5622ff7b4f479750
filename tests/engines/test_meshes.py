"""Whole meshes built by each engine on the same servers: equal products, and each reads what the other published."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from pyiceberg.catalog.sql import SqlCatalog
from support.equality import differing_rows

from pipelines.build.mesh import open_mesh
from pipelines.lake.catalog import catalog_properties
from pipelines.landing.storage import add_file
from pipelines.object_store import open_to_duckdb
from pipelines.services import DEFAULT_CACHE, install
from pipelines.settings import load_settings

if TYPE_CHECKING:
    from pipelines.build.mesh import Mesh

pytestmark = pytest.mark.services

REPOSITORY = Path(__file__).parents[2]
SHARED = REPOSITORY.parent / "shared" / "data" / "landing"
MESH = Path(sys.executable).with_name("mesh")


class ServedMesh:
    """A mesh on the session's servers, with a landing zone of its own in their bucket; commands run as users do."""

    def __init__(self, home: Path, servers: dict[str, str], products: str) -> None:
        self._variables = servers | {
            "MESH_HOME": str(home),
            "MESH_LANDING": f"{servers['MESH_LANDING']}/{home.parent.name}",
            "MESH_PRODUCTS": str(REPOSITORY / products),
        }

    def run(self, *arguments: str, engine: str = "duckdb") -> str:
        """What `mesh arguments` prints; it must succeed."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MESH_", "DAGSTER_"))}
        ran = subprocess.run(
            [MESH, *arguments],
            cwd=REPOSITORY,
            env=kept | self._variables | {"MESH_ENGINE": engine},
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def rows(self, select: str, engine: str, *options: str) -> list[dict[str, Any]]:
        """The rows `mesh sql` gives."""
        rows: list[dict[str, Any]] = json.loads(self.run("sql", select, "--json", *options, engine=engine))
        return rows

    def open(self) -> Mesh:
        return open_mesh(load_settings(self._variables, REPOSITORY))


def assert_each_engine_publishes_the_same(mesh: ServedMesh) -> None:
    """Everything is built on Trino, then anew on DuckDB; row for row the products must be equal."""
    mesh.run("build", engine="trino")
    mesh.run("build", "--force", engine="duckdb")
    opened = mesh.open()
    assert opened.products.products
    for name in opened.products.products:
        newest, before, *_ = opened.lake.history((name.domain, name.product))
        assert (newest.properties["engine"], before.properties["engine"]) == ("duckdb", "trino"), name
        assert newest.row_count == before.row_count, name
        assert differing_rows(opened, name, newest, before) == [], name


def test_demo_mesh(tmp_path, endpoints):
    mesh = ServedMesh(tmp_path / "home", endpoints.as_environment(), "data_products")
    mesh.run("demo", "--customers", "600", "--days", "100")
    assert_each_engine_publishes_the_same(mesh)
    assert_each_reads_what_the_other_published(mesh)
    assert_foreign_clients_read(mesh)


def assert_each_reads_what_the_other_published(mesh: ServedMesh) -> None:
    select = "SELECT plan, count(*) AS customers, max(signed_up_on) AS newest FROM crm.customers GROUP BY 1 ORDER BY 1"
    (duckdb_s, trino_s, *_) = mesh.open().lake.history(("crm", "customers"))
    now = mesh.rows(select, "duckdb")
    assert now
    for snapshot in (duckdb_s, trino_s):
        for engine in ("duckdb", "trino"):
            assert mesh.rows(select, engine, "--as-of", str(snapshot.snapshot_id)) == now
    between = datetime.fromtimestamp(trino_s.published_at.timestamp() + 1, UTC).isoformat()
    assert mesh.rows(select, "trino", "--as-of", between) == now


def assert_foreign_clients_read(mesh: ServedMesh) -> None:
    """Trino's own client, pyiceberg and plain DuckDB, with the settings that docs/scaling-out.md gives."""
    opened = mesh.open()
    settings, (count,) = opened.settings, mesh.rows("SELECT count(*) AS n FROM crm.customers", "duckdb")
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
        open_to_duckdb(connection, settings.s3)
        connection.execute(f"ATTACH '{settings.mesh_file}' AS mesh (READ_ONLY)")
        assert connection.execute("SELECT count(*) FROM mesh.crm.customers").fetchall() == [(count["n"],)]


def test_real_telco_and_retail_mesh(tmp_path, endpoints):
    if not SHARED.is_dir():
        pytest.skip(f"needs {SHARED}, the real data that the project does not carry")
    mesh = ServedMesh(tmp_path / "home", endpoints.as_environment(), "examples/telco/data_products")
    settings = mesh.open().settings
    for file in SHARED.rglob("*"):
        if file.is_file():
            add_file(file, f"{settings.landing}/{file.relative_to(SHARED)}", settings.s3)
    assert_each_engine_publishes_the_same(mesh)
