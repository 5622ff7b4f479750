"""Two people landed, and a product of their ages, which nothing has built yet."""

from __future__ import annotations

import pytest

ID = {"logicalType": "integer", "primaryKey": True, "required": True}
AGES = "SELECT id, 2024 - born AS age_years FROM crm.people\n"


@pytest.fixture
def crm(mesh):
    """Two people, and the ages made of them."""
    mesh.land("crm/people/a.csv", "id,born\n1,1984\n2,1990\n")
    mesh.product("crm.people", {"id": ID, "born": "integer"})
    mesh.product("crm.ages", {"id": ID, "age_years": "integer"}, {"transform.sql": AGES})
    return mesh
