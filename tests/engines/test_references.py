"""The queries of drafted references give the same counts on every engine."""

from __future__ import annotations

import pytest

from meshlake.products.load import load_product
from support.references import land_references

ROWS = {
    "orders": (["C001", "C002", "C099", None], 1),
    "returns": (["c001 ", "C002", " c099", None], 1),
    "visits": ([1, 2, 99, None], 1),
    "calls": (["C001", "C099", "C098", "C002"], 50.0),
}


@pytest.fixture(scope="module")
def queries(tmp_path_factory):
    """Of each product that refers to customers the query of the rule."""
    from support.small_mesh import SmallMesh

    mesh = SmallMesh(tmp_path_factory.mktemp("references") / "mesh")
    land_references(mesh)
    mesh.open().draft(owner="ana")
    rules = {name: load_product(mesh.products / "shop" / name).contract.rules for name in ROWS}
    return {
        name: next(rule.arguments["query"] for rule in each if rule.name == "customer_id_in_customers")
        for name, each in rules.items()
    }


@pytest.mark.parametrize("product", ROWS)
def test_orphans_are_counted_alike(query, queries, product) -> None:
    values, expected = ROWS[product]
    mine = " UNION ALL ".join(f"SELECT {'NULL' if v is None else repr(v)} AS customer_id" for v in values)
    others = " UNION ALL ".join(f"SELECT 'C{n:03}' AS customer_id" for n in range(5))
    asked = queries[product].replace("{object}", f"({mine})").replace('"crm"."customers"', f"({others})")
    assert query(asked) == [(expected,)]
