"""Of very many rules Dagster has one check of those that block, and one of those that warn; the mesh has each."""

from __future__ import annotations

import dagster as dg
import pytest

from meshlake.building.quality import QUALITY_RESULTS
from meshlake.names import ProductName
from meshlake.orchestration.checks import MOST_CHECKS
from meshlake.orchestration.definitions import mesh_definitions
from meshlake.orchestration.history import instance
from meshlake.orchestration.keys import asset_key

ORDERS = ProductName("shop", "orders")
KEY = asset_key(ORDERS)


def below(number: int, severity: str = "error") -> dict[str, object]:
    query = f"SELECT count(*) FROM {{object}} WHERE price > {number}"
    return {"name": f"below_{number}", "type": "sql", "query": query, "mustBe": 0, "severity": severity}


@pytest.fixture
def wide(shop):
    """`shop.orders`, the dearest of which costs 20, with rules up to any of some prices."""

    def with_rules(*rules: dict[str, object]):
        more = [below(n) for n in range(1000, 1000 + MOST_CHECKS)]
        shop.product("shop.orders", {"id": "integer", "price": "number"}, quality=[*rules, *more])
        return shop

    return with_rules


def evaluations(mesh):
    keys = mesh_definitions(mesh.workspace).resolve_asset_graph().get(KEY).check_keys
    with instance(mesh.settings) as dagster:
        found = dagster.event_log_storage.get_latest_asset_check_execution_by_key(list(keys))
    return {key.name: record.event.dagster_event.event_specific_data for key, record in found.items()}


def test_very_many_rules_are_two_checks_of_which_one_blocks(wide):
    graph = mesh_definitions(wide(below(50, "warning")).workspace).resolve_asset_graph()
    blocking = {key.name: graph.get(key).blocking for key in graph.get(KEY).check_keys}
    assert blocking == {"blocking_rules": True, "warning_rules": False}


def test_a_warning_among_very_many_rules_is_told_by_name_and_lets_the_rows_pass(wide):
    mesh = wide(*(below(n, "warning") for n in range(30)))
    outcome = mesh.build("shop.orders")
    assert outcome.is_complete
    found = evaluations(mesh)
    assert found["blocking_rules"].passed
    assert not found["warning_rules"].passed
    assert found["warning_rules"].severity == dg.AssetCheckSeverity.WARN
    description = found["warning_rules"].description
    assert description.startswith("below_0: 2 failing rows; below_1: 2 failing rows; ")
    assert description.endswith("; and 15 more")
    told = found["warning_rules"].metadata
    assert (told["rules"].value, told["failed"].value) == (30, 20)
    first = told["which_failed"].value.records[0].data
    assert first == {
        "check": "below_0",
        "column": "",
        "result": "2 failing rows",
        "failing_sql": 'SELECT * FROM "shop"."orders" WHERE price > 0',
    }
    kept = mesh.workspace.lake.table(QUALITY_RESULTS).scan().to_arrow().to_pylist()
    names = {row["check_name"]: row["is_passed"] for row in kept if row["product"] == "shop.orders"}
    assert names.keys() >= {rule.name for rule in mesh.workspace.products.get(ORDERS).rules}
    assert not names["below_0"]


def test_an_error_among_very_many_rules_keeps_the_rows_back(wide):
    mesh = wide(below(15), below(5, "warning"))
    outcome = mesh.build("shop.orders")
    assert [str(name) for name in outcome.failures] == ["shop.orders"]
    found = evaluations(mesh)
    assert {name: evaluation.passed for name, evaluation in found.items()} == {
        "blocking_rules": False,
        "warning_rules": False,
    }
    assert found["blocking_rules"].severity == dg.AssetCheckSeverity.ERROR
    assert found["blocking_rules"].description == "below_15: 1 failing row"
