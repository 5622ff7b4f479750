"""A small mesh for the `mesh` command, run in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.small_mesh import SmallMesh

ID = {"logicalType": "integer", "primaryKey": True, "required": True, "description": "The person's number."}


@pytest.fixture
def crm(mesh: SmallMesh) -> SmallMesh:
    """Two people landed and their ages, not built yet."""
    mesh.land("crm/people/a.csv", "id,born\n1,1984\n2,1990\n")
    mesh.product("crm.people", {"id": ID, "born": "integer"}, tags=["source-aligned"])
    ages = {"transform.sql": "SELECT id, 2024 - born AS age_years FROM crm.people\n"}
    mesh.product("crm.ages", {"id": ID, "age_years": "integer"}, ages)
    return mesh
