"""A build tells, before it publishes, that its rows are not like those of the snapshots before; or is kept from it."""

from __future__ import annotations

import pytest

from meshlake.errors import AuditError

COLUMNS = {"customer": "string", "plan": "string", "spent": "number"}
ROWS = """SELECT 'c' || i AS customer, CASE WHEN i % 5 = 0 THEN '{plan}' ELSE 'basic' END AS plan,
    CASE WHEN i % {missing} = 0 THEN NULL ELSE 10.5 + i * 7 % 90 END AS spent FROM range({count}) AS rows (i)"""


def build(mesh, missing: int, count: int = 300, plan: str = "plus", **asked):
    """The product anew of what landed anew."""
    mesh.land_rows("shop/orders/all.parquet", ROWS.format(missing=missing, count=count, plan=plan))
    built = mesh.build_product("shop.spending", **asked)
    return next((check for check in built.checks if check.rule.kind == "snapshot"), None)


def spending(mesh, **contract):
    mesh.product("shop.spending", COLUMNS, {"transform.sql": "SELECT * FROM landing.shop.orders"}, **contract)


def test_values_unlike_those_before_are_told_without_a_rule_and_kept_back_where_the_contract_asks(mesh):
    spending(mesh)
    assert build(mesh, 301) is None
    assert build(mesh, 301, count=310).message == "as before"
    odd = build(mesh, 2)
    assert odd.message == "spent: 50.0% of the rows have no value, before 0.645 % at most"
    assert (odd.is_blocking, odd.samples[0]["spent"]) == (False, None)
    assert mesh.ask("SELECT count(*) AS n FROM shop.spending WHERE spent IS NULL") == [{"n": 150}]

    spending(mesh, custom={"snapshotAlike": "error"})
    with pytest.raises(AuditError, match="check snapshot_alike failed: plan: new value 'none'") as kept:
        build(mesh, 2, plan="none")
    assert "mesh build shop.spending --force" in kept.value.hint
    assert mesh.ask("SELECT DISTINCT plan FROM shop.spending ORDER BY 1") == [
        {"plan": "basic"},
        {"plan": "plus"},
    ]
    assert not build(mesh, 2, plan="none", is_forced=True).is_passed
    assert build(mesh, 2, plan="none", count=310).is_passed
