"""A build of what has no contract says the command that drafts one; the command works as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meshlake.products.load import load_product

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


def test_a_key_classifications_and_rules_come_from_what_it_reads_and_its_rows(mesh: SmallMesh) -> None:
    rows = "".join(f"{n},x{n}@example.com,{n % 7 * 10}\n" for n in range(60))
    mesh.land("crm/people/a.csv", f"id,email,spent\n{rows}")
    mesh.open().adopt("crm.people", owner="ana")
    sql = "SELECT id AS person_id, lower(email) AS mail, spent / 100 AS share FROM crm.people"
    mesh.write("crm.shares", "transform.sql", sql)
    drafted = mesh.open().adopt("crm.shares", owner="ana")
    contract = load_product(drafted.folder).contract
    assert contract.primary_key == ("person_id",)
    assert {c.name: c.classification for c in contract.columns} == {
        "person_id": None,
        "mail": "personal",
        "share": None,
    }
    assert "Classified as crm.people.email is." in contract.column("mail").description
    names = {rule.name for rule in contract.rules}
    assert {"share_range", "share_mean", "share_varied", "mail_form"} & names >= {"share_range", "share_mean"}
    assert mesh.build().is_complete


def test_several_columns_that_pass_on_keys_are_one(mesh: SmallMesh) -> None:
    mesh.land(
        "shop/sales/a.csv",
        "id,shop_id,day\n" + "".join(f"{n},{n % 5},2024-01-{n % 28 + 1:02}\n" for n in range(200)),
    )
    mesh.open().adopt("shop.sales", owner="ana")
    sql = "SELECT shop_id, day AS day_id, count(*) AS sales FROM shop.sales GROUP BY ALL"
    mesh.write("shop.per_day", "transform.sql", sql)
    drafted = mesh.open().adopt("shop.per_day", owner="ana")
    assert load_product(drafted.folder).contract.primary_key == ("shop_id", "day_id")


def test_what_is_not_built_yet_is_read_as_its_sql_gives_it(crm: SmallMesh) -> None:
    crm.product("crm.old", {"id": ID}, {"transform.sql": "SELECT id FROM crm.people"})
    crm.write("crm.older", "transform.sql", "SELECT id FROM crm.old")
    drafted = crm.open().adopt("crm.older", owner="ana")
    assert [c.name for c in load_product(drafted.folder).contract.columns] == ["id"]
    assert drafted.notes[-1] == "key: id, proven on 2 rows"
