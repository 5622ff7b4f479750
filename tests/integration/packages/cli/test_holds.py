"""How the commands tell of a product that is held where it was rolled back to."""

from __future__ import annotations

import pytest

from meshlake.names import ProductName
from meshlake.orchestration.history import instance
from meshlake.orchestration.keys import asset_key

PEOPLE = ProductName("crm", "people")


@pytest.fixture
def held(built_crm):
    """People of two files, rolled back to one."""
    crm = built_crm
    crm.land("crm/people/b.csv", "id,born\n3,2000\n")
    crm.build_product("crm.people", "crm.ages")
    crm.left = crm.run("history", "crm.people", "--json").facts[0]["snapshot_id"]
    crm.run("rollback", "crm.people").ended()
    return crm


def told_to_dagster(mesh):
    with instance(mesh.settings) as found:
        return found.get_latest_materialization_event(asset_key(PEOPLE)).asset_materialization.metadata


def test_every_command_tells_it_until_it_is_released(held):
    told = held.run("build")
    assert "= crm.people                           held: rolled back from snapshot" in told.err
    assert "1 built, 0 unchanged, 0 failed, 1 held" in told.err
    assert "built from crm.people as it is held" in told.err
    (state,) = held.run("list", "crm.people", "--json").facts
    assert state["held"]["rolled_back_from"] == held.left
    assert state["state"].startswith("held, rolled back from snapshot ")
    assert f"rolled back from snapshot {held.left}" in held.run("history", "crm.people").out
    shown = held.run("show", "crm.people")
    assert "mesh release crm.people" in shown.out
    (made_of,) = (
        line for line in held.run("show", "crm.ages").out.splitlines() if line.startswith("built from")
    )
    assert "crm.people as it was held, at snapshot " in made_of
    report = held.run("report", "--json").facts["products"]
    assert {p["product"]: bool(p["held"]) for p in report} == {"crm.ages": False, "crm.people": True}
    query = (
        "SELECT product, rolled_back_from, held_since IS NOT NULL AS is_held FROM mesh.products ORDER BY 1"
    )
    assert held.ask(query) == [
        {"product": "crm.ages", "rolled_back_from": None, "is_held": False},
        {"product": "crm.people", "rolled_back_from": int(held.left), "is_held": True},
    ]
    assert held.left in told_to_dagster(held)["held"].value
    assert held.run("release", "crm.people").ended().out.endswith("Next: mesh build crm.people\n")
    assert held.run("list", "crm.people", "--json").facts[0]["state"] == "published"
    assert told_to_dagster(held)["held"].value == "no more"
    held.run("build").ended()
    assert held.ask("SELECT count(*) AS n FROM crm.people") == [{"n": 3}]
    assert "held" not in told_to_dagster(held)
    refused = held.run("release", "crm.people", "--json")
    assert (refused.status, refused.facts["error"]["message"]) == (2, "crm.people is not held")


def test_force_means_what_is_selected(held):
    before = held.run("history", "crm.people", "--json").facts[0]["snapshot_id"]
    for selectors in ((), ("crm.ages",)):
        assert "1 built, 0 unchanged, 0 failed, 1 held" in held.run("build", *selectors, "--force").err
    assert held.run("history", "crm.people", "--json").facts[0]["snapshot_id"] == before
    told = held.run("build", "crm.people", "--force").err
    assert "no longer held: it had been rolled back from snapshot" in told
    assert held.ask("SELECT count(*) AS n FROM crm.people") == [{"n": 3}]
