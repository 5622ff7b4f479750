"""A build of what has no contract says the command that drafts one; the command works as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.small_mesh import SmallMesh

ID = {"logicalType": "integer", "primaryKey": True, "required": True}


@pytest.fixture
def crm(mesh: SmallMesh) -> SmallMesh:
    """A product, and a folder with SQL over it and nothing more."""
    mesh.land("crm/people/a.csv", "id,born\n1,1984\n2,1990\n")
    mesh.product("crm.people", {"id": ID, "born": "integer"})
    mesh.write(
        "crm.ages",
        "transform.sql",
        "SELECT id, 2024 - born AS age, DATE '2024-01-05' AS day FROM crm.people;\n",
    )
    return mesh


def test_sql_without_a_contract_is_offered_one_that_builds(crm: SmallMesh) -> None:
    told = crm.run("build", "crm.ages")
    assert told.status == 1
    assert "`mesh adopt crm.ages` drafts it" in " ".join((told.out + told.err).split())
    assert not (crm.products / "crm/ages/contract.odcs.yaml").exists()  # nothing is written by itself
    crm.open().adopt("crm.ages", owner="ana@example.com")
    crm.build_product("crm.people", "crm.ages")
    assert [(row["id"], row["age"]) for row in crm.rows("crm.ages")] == [(1, 40), (2, 34)]


def test_what_has_landed_and_is_no_product_is_offered_to_be_one(crm: SmallMesh) -> None:
    crm.land("crm/visits/a.csv", "id,n\n1,2\n")
    told = crm.run("build", "crm.visits")
    assert told.status == 2
    assert "there is no product crm.visits yet: its files have landed" in told.err
    assert "mesh adopt crm.visits" in told.err


def test_a_folder_with_checks_alone_takes_the_contract_of_what_has_landed(crm: SmallMesh) -> None:
    crm.land("crm/visits/a.csv", "id,n\n1,2\n")
    crm.write("crm.visits", "checks/few.sql", "SELECT * FROM crm.visits WHERE n > 9\n")
    crm.open().adopt("crm.visits", owner="ana@example.com")
    crm.build_product("crm.visits")
    assert len(crm.rows("crm.visits")) == 1


def test_a_broken_contract_stops_no_other(crm: SmallMesh) -> None:
    crm.write("crm.bad", "contract.odcs.yaml", "kind: Table\napiVersion: v1\n")
    told = crm.run("build")
    assert told.status == 1
    assert len(crm.rows("crm.people")) == 2
    assert crm.run("list").status == 0
