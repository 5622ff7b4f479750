"""`mesh.duckdb` shows what is published: a view per product, and the tables that describe the mesh."""

from __future__ import annotations

import duckdb
import pytest

from meshlake.building.views import refresh_views
from meshlake.errors import UsageError
from meshlake.lake.draft import rollback

ID = {"logicalType": "integer", "primaryKey": True, "required": True, "description": "The person's number."}


@pytest.fixture
def crm(mesh):
    mesh.land("crm/people/a.csv", "id,name\n1,Ana\n")
    mesh.product("crm.people", {"id": ID, "name": "string"}, tags=["source-aligned"])
    return mesh


def ask(folder, sql: str) -> list[tuple]:
    mesh = folder.workspace
    refresh_views(mesh)
    with duckdb.connect(str(mesh.settings.mesh_file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_before_the_first_build_there_is_nothing_to_show(crm):
    with pytest.raises(UsageError, match="nothing is published yet"):
        refresh_views(crm.workspace)


def test_a_product_is_a_view_with_its_descriptions(crm):
    crm.build_product("crm.people")
    assert ask(crm, "SELECT * FROM crm.people") == [(1, "Ana")]
    comments = "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'people' ORDER BY 1"
    assert ask(crm, comments) == [("id", "The person's number."), ("name", None)]


def test_views_follow_a_publication_and_a_rollback(crm):
    first = crm.build_product("crm.people")
    crm.land("crm/people/b.csv", "id,name\n2,Bo\n")
    crm.build_product("crm.people")
    assert ask(crm, "SELECT count(*) FROM crm.people") == [(2,)]
    rollback(crm.workspace.lake, ("crm", "people"), first.snapshot.snapshot_id)
    assert ask(crm, "SELECT count(*) FROM crm.people") == [(1,)]


def test_an_unchanged_catalog_leaves_the_file_alone(crm):
    crm.build_product("crm.people")
    mesh = crm.workspace
    refresh_views(mesh)
    before = mesh.settings.mesh_file.stat()
    refresh_views(mesh)
    after = mesh.settings.mesh_file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_tables_of_the_mesh_describe_products_and_snapshots(crm):
    first, second = crm.build_product("crm.people"), crm.build_product("crm.people", is_forced=True)
    products = ask(
        crm, "SELECT product, domain, kind, owner, row_count, snapshot_id, is_described FROM main.products"
    )
    assert products == [
        ("crm.people", "crm", "source-aligned", "ana@example.com", 1, second.snapshot.snapshot_id, True)
    ]
    snapshots = ask(crm, "SELECT snapshot_id, is_current FROM main.snapshots ORDER BY published_at")
    assert snapshots == [(first.snapshot.snapshot_id, False), (second.snapshot.snapshot_id, True)]


def test_a_product_whose_folder_is_gone_is_still_readable(crm):
    folder = crm.product("crm.people", {"id": ID, "name": "string"})
    crm.build_product("crm.people")
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    assert ask(crm, "SELECT * FROM crm.people") == [(1, "Ana")]
    assert ask(crm, "SELECT product, owner, is_described FROM main.products") == [("crm.people", None, False)]
