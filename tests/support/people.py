"""A mesh of people in two versions, one value of theirs in quarantine, and ages made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.small_mesh import SmallMesh

ID = {"logicalType": "integer", "primaryKey": True, "required": True}
_QUARANTINED = {"metric": "invalidValues", "mustBe": 0, "severity": "warning"}


def publish_people(mesh: SmallMesh) -> None:
    """Land, describe and publish them."""
    mesh.land("crm/people/a.csv", "id,born\n1,1984\n")
    mesh.product("crm.people", {"id": ID, "born": {"logicalType": "integer", "quality": [_QUARANTINED]}})
    mesh.product("crm.ages", {"id": ID}, {"transform.sql": "SELECT id FROM crm.people"})
    mesh.build_product("crm.people")
    mesh.land("crm/people/b.csv", "id,born\n2,1990\n3,soon\n")
    mesh.build_product("crm.people", "crm.ages")
