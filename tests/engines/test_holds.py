"""A rollback on servers holds for both engines until it is released, and what reads it is built from it."""

from __future__ import annotations

import pytest

from support.server_mesh import ServerMesh

pytestmark = pytest.mark.services

ID = {"logicalType": "integer", "primaryKey": True, "required": True}


@pytest.fixture
def people(tmp_path, endpoints):
    """People of one file, and their ages; not built yet."""
    mesh = ServerMesh(tmp_path / "mesh", endpoints, "duckdb")
    mesh.product("held.people", {"id": ID, "born": "integer"}, tags=["source-aligned"])
    ages = {"transform.sql": "SELECT id, 2024 - born AS age_years FROM held.people\n"}
    mesh.product("held.ages", {"id": ID, "age_years": "integer"}, ages)
    mesh.replace("held/people/a.csv", "id,born\n1,1984\n2,1990\n")
    return mesh


def counts(mesh):
    query = "SELECT (SELECT count(*) FROM held.people) AS people, (SELECT count(*) FROM held.ages) AS ages"
    return mesh.ask(query)


def test_a_rollback_holds_for_both_engines_until_it_is_released(people):
    built, elsewhere = people.on("trino"), people
    built.run("build").ended()
    built.replace("held/people/b.csv", "id,born\n3,2000\n")
    built.run("build").ended()
    assert counts(built) == [{"people": 3, "ages": 3}]
    built.run("rollback", "held.people").ended()
    for mesh in (elsewhere, built):
        assert "1 held" in mesh.run("build").ended().err
        assert counts(mesh) == [{"people": 2, "ages": 2}]
        (state,) = mesh.run("list", "held.people", "--json").facts
        assert state["state"].startswith("held, rolled back from snapshot ")
    elsewhere.run("release", "held.people").ended()
    built.run("build").ended()
    assert counts(elsewhere) == [{"people": 3, "ages": 3}]
