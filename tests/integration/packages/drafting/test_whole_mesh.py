"""Drafting a whole mesh: which datasets, under which names, and what is left to people."""

from __future__ import annotations

import pytest
from tests.unit.drafting.test_whole_mesh import PEOPLE

from meshlake.errors import UsageError


def test_only_what_is_no_product_yet_is_drafted(mesh) -> None:
    mesh.land("crm/people/a.csv", PEOPLE)
    mesh.land("crm/visits/a.csv", PEOPLE)
    mesh.land("crm/read_by_sql/a.csv", PEOPLE)
    mesh.open().adopt("crm.people", "crm.persons", owner="ana")
    mesh.product(
        "crm.counted",
        {"n": "integer"},
        {"transform.sql": "SELECT count(*) AS n FROM landing.crm.read_by_sql"},
    )
    found = mesh.open().draft(owner="ana")
    assert [str(each.name) for each in found.drafted] == ["crm.visits"]
    assert {dataset: str(name) for dataset, name in found.present.items()} == {
        "landing.crm.people": "crm.persons",
        "landing.crm.read_by_sql": "crm.counted",
    }
    assert (mesh.open().draft().drafted, found.failures) == ((), {})


def test_only_the_domain_that_is_named_is_drafted(mesh) -> None:
    mesh.land("crm/people/a.csv", PEOPLE)
    mesh.land("shop/orders/a.csv", PEOPLE)
    mesh.land("shop/broken/a.parquet", b"PAR1")
    found = mesh.open().draft("crm", owner="ana")
    assert ([str(each.name) for each in found.drafted], found.failures) == (["crm.people"], {})
    with pytest.raises(UsageError, match="'hr' has not landed"):
        mesh.open().draft("hr")
