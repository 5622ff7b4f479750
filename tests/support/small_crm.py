"""A small mesh for the `mesh` command, run in this process."""

from __future__ import annotations

import pytest

from support.small_mesh import SmallMesh

ID = {"logicalType": "integer", "primaryKey": True, "required": True, "description": "The person's number."}


def write_crm(mesh: SmallMesh) -> SmallMesh:
    """Two people landed and their ages."""
    mesh.land("crm/people/a.csv", "id,born\n1,1984\n2,1990\n")
    mesh.product("crm.people", {"id": ID, "born": "integer"}, tags=["source-aligned"])
    ages = {"transform.sql": "SELECT id, 2024 - born AS age_years FROM crm.people\n"}
    mesh.product("crm.ages", {"id": ID, "age_years": "integer"}, ages)
    return mesh


@pytest.fixture
def crm(mesh: SmallMesh) -> SmallMesh:
    """Not built yet."""
    return write_crm(mesh)


@pytest.fixture(scope="session")
def crm_built_once(tmp_path_factory) -> SmallMesh:
    """Only to be copied."""
    folder = write_crm(SmallMesh(tmp_path_factory.mktemp("crm") / "mesh"))
    folder.run("build").ended()
    return folder


@pytest.fixture
def built_crm(crm_built_once: SmallMesh, tmp_path) -> SmallMesh:
    """The test's own, built by `mesh build`."""
    return crm_built_once.copied_to(tmp_path / "built")
