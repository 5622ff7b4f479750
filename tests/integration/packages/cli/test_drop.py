"""`mesh drop`: what it asks, refuses, does and says."""

from __future__ import annotations

from meshlake.names import ProductName
from meshlake.orchestration.history import instance
from meshlake.orchestration.keys import asset_key


def test_a_product_is_dropped_and_brought_back(crm):
    crm.run("build").ended()
    read = crm.run("drop", "crm.people", "--yes", "--json")
    assert (read.status, read.facts["error"]["message"]) == (2, "crm.ages reads crm.people")
    asked = crm.run("drop", "crm.people", "--breaking")
    assert asked.status == 2
    assert "Drop crm.people, 2 rows and 1 versions?" in asked.err
    told = crm.run("drop", "crm.people", "--breaking", "--yes").ended().out
    assert "What reads it cannot be built any more: crm.ages" in told
    assert f"unless you remove {crm.products / 'crm/people'}" in told
    assert "there is no table crm.people" in crm.run("sql", "SELECT * FROM crm.people").err
    assert crm.ask("SELECT product FROM mesh.products") == [{"product": "crm.ages"}]
    with instance(crm.settings) as found:
        (event,) = found.fetch_observations(asset_key(ProductName("crm", "people")), limit=1).records
        assert "dropped" in event.event_log_entry.asset_observation.metadata
    assert crm.run("drop", "crm.people", "--yes").status == 2
    restored = crm.run("drop", "crm.people", "--undo", "--json").ended().facts
    assert restored["rows"] == 2
    assert crm.ask("SELECT count(*) AS n FROM crm.people") == [{"n": 2}]
    assert "1 unchanged" in crm.run("build", "crm.people").ended().err
