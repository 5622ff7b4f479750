"""Drafting a whole mesh: which datasets, under which names, and what is left to people."""

from __future__ import annotations

import pytest

from meshlake.discovery.joins import Join
from meshlake.drafting.decisions import doubt_of
from meshlake.drafting.domains import chosen_name
from meshlake.names import ProductName

PEOPLE = "id,name\n" + "".join(f"{n},x{n % 7}\n" for n in range(30))


def _join(dataset: str, column: str, other: str, **facts: object) -> Join:
    return Join(f"landing.{dataset}", column, f"landing.{other}", "id", 1.0, False, **facts)  # type: ignore[arg-type]


def test_a_folder_that_is_no_product_is_left_as_it_is(mesh) -> None:
    mesh.land("crm/people/a.csv", PEOPLE)
    mesh.write("crm.people", "contract.odcs.yaml", "no: contract\n")
    mesh.land("crm/other/a.csv", PEOPLE)
    found = mesh.open().draft(owner="ana")
    assert [str(each.name) for each in found.drafted] == ["crm.other"]
    assert (mesh.products / "crm/people/contract.odcs.yaml").read_text() == "no: contract\n"


def test_a_name_that_is_taken_by_another_product_is_told(mesh) -> None:
    mesh.land("crm/people/a.csv", PEOPLE)
    mesh.product("crm.people", {"n": "integer"}, {"transform.sql": "SELECT 1 AS n"})
    found = mesh.open().draft(owner="ana")
    assert {name: error.message.partition(" is ")[2] for name, error in found.failures.items()} == {
        "landing.crm.people": "there already, and drafts never overwrite"
    }


def test_sql_without_a_contract_is_drafted_too(mesh) -> None:
    mesh.land("crm/people/a.csv", PEOPLE)
    mesh.write(
        "crm.counted", "transform.sql", "SELECT name, count(*) AS people FROM crm.people GROUP BY name"
    )
    mesh.write("crm.wrong", "transform.sql", "SELECT FROM WHERE")
    found = mesh.open().draft("crm", owner="ana")
    assert [str(each.name) for each in found.drafted] == ["crm.people", "crm.counted"]
    assert list(found.failures) == ["crm.wrong"]
    again = mesh.open().draft("crm", owner="ana")
    assert [(str(each.name), each.changes) for each in again.derived] == [("crm.counted", ())]
    contract = mesh.products / "crm/counted/contract.odcs.yaml"
    contract.write_text(contract.read_text().replace("As transform.sql gives it.", "So many."))
    (edited,) = mesh.open().draft("crm", owner="ana").derived
    assert {each.by for each in edited.changes} == {"person"}


@pytest.mark.parametrize(
    ("domain", "joins", "expected"),
    [
        ("crm", [_join("crm.a", "x", "shop.b")], "crm"),
        ("exports", [], "exports"),
        ("exports", [_join("exports.a", "x", "shop.b")], "shop"),
        ("exports", [_join("shop.b", "x", "exports.a")], "shop"),
        ("exports", [_join("exports.a", "x", "raw.b")], "exports"),
        ("exports", [_join("exports.a", "x", "shop.b"), _join("exports.a", "y", "crm.b")], "exports"),
        (
            "exports",
            [*[_join("exports.a", c, "shop.b") for c in "xy"], _join("exports.a", "z", "crm.b")],
            "shop",
        ),
    ],
)
def test_a_domain_is_that_of_the_folder_or_of_the_references(domain, joins, expected) -> None:
    name, why = chosen_name(f"landing.{domain}.a", joins, ProductName(domain, "a"))
    assert (name, bool(why)) == (ProductName(expected, "a"), expected != domain)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"orphan_count": 0}, ""),
        ({"is_declared": True}, ""),
        ({"orphan_count": 1}, "1 row has no partner"),
        ({"orphan_count": 2, "orphan_example": "C9"}, "2 rows have no partner, for example 'C9'"),
        ({"orphan_count": 0, "confidence": 0.6}, "sure to 0.60"),
        ({}, "about 100.0% of its values are found, not counted on all rows"),
        ({"orphan_count": 0, "written": "in capitals"}, "in capitals"),
    ],
)
def test_what_is_in_doubt_about_a_reference_is_told(facts, told) -> None:
    assert doubt_of(_join("a.b", "x", "a.c", **facts)).partition(": ")[2] == told
