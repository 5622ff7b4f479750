"""References as rules of drafted contracts: what is drafted, what they tell, and what they let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meshlake.column import Severity
from meshlake.errors import ContractError
from meshlake.names import ProductName
from meshlake.products.load import load_product, load_products
from meshlake.rules.bounds import Bounds
from support.references import CUSTOMERS, land_references, orders
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from meshlake.rules.rule import Rule


def _rule(mesh: SmallMesh, product: str, name: str) -> Rule:
    folder = mesh.products / product.replace(".", "/")
    return next(rule for rule in load_product(folder).contract.rules if rule.name == name)


@pytest.fixture(scope="module")
def drafted(tmp_path_factory) -> SmallMesh:
    """Customers, their orders, and what is written otherwise than their keys; drafted and not built."""
    mesh = SmallMesh(tmp_path_factory.mktemp("references") / "mesh")
    land_references(mesh)
    mesh.open().draft(owner="ana")
    return mesh


def test_a_reference_that_all_rows_keep_is_an_error_when_it_breaks(drafted) -> None:
    rule = _rule(drafted, "shop.orders", "customer_id_in_customers")
    assert (rule.severity, rule.bounds) == (Severity.ERROR, Bounds(at_least=0, at_most=0))
    assert rule.description == "Values are found in customer_id of crm.customers."
    text = (drafted.products / "shop/orders/contract.odcs.yaml").read_text()
    assert "../../crm/customers/contract.odcs.yaml#schema/customers/properties/customer_id" in text


def test_what_is_referred_to_is_built_before(drafted) -> None:
    products = load_products(drafted.products).products
    assert {str(n): [str(u) for u in p.upstream] for n, p in products.items() if p.upstream} == {
        "shop.refunds": ["shop.order_lines"],
        **{f"shop.{name}": ["crm.customers"] for name in ("orders", "returns", "visits", "calls")},
    }


@pytest.mark.parametrize(
    ("product", "told"),
    [
        ("shop.returns", "written in another case, or with other signs or spaces"),
        ("shop.visits", "written with another prefix or other leading zeros"),
    ],
)
def test_keys_that_are_written_otherwise_are_compared_in_one_form(drafted, product, told) -> None:
    rule = _rule(drafted, product, "customer_id_in_customers")
    assert told in rule.description
    assert rule.bounds == Bounds(at_least=0, at_most=0)


def test_orphans_that_are_there_may_be_there_and_no_larger_share_of_them(drafted) -> None:
    rule = _rule(drafted, "shop.calls", "customer_id_in_customers")
    assert rule.severity is Severity.WARNING
    assert "but for 6 of 200 rows" in rule.description
    assert 3 < rule.bounds.at_most < 15


def test_of_two_products_that_refer_to_each_other_one_reference_is_left_out(mesh) -> None:
    pairs = [(f"T{n:02}", f"M{n // 2:02}") for n in range(40)]
    mesh.land("hr/teams/a.csv", "team_id,member_id\n" + "".join(f"{t},{m}\n" for t, m in pairs))
    members = "".join(f"M{n:02},T{n // 2:02}\n" for n in range(40))
    mesh.land("hr/members/a.csv", f"member_id,team_id\n{members}")
    found = mesh.open().draft(owner="ana")
    products = load_products(mesh.products)
    assert (products.broken, sum(len(p.upstream) for p in products.products.values())) == ({}, 1)
    told = [each.message for each in found.decisions if each.kind == "reference"]
    assert [message for message in told if "already, so no check is drafted" in message]


def test_a_table_may_refer_to_itself(drafted) -> None:
    text = (drafted.products / "hr/employees/contract.odcs.yaml").read_text()
    assert "to: employees.employee_id" in text
    assert load_product(drafted.products / "hr/employees").upstream == ()


def test_several_columns_refer_to_a_key_of_several(drafted) -> None:
    rule = _rule(drafted, "shop.refunds", "order_no_and_line_no_in_order_lines")
    assert "order_no, line_no of shop.order_lines" in rule.description


def test_a_new_dataset_refers_to_a_product_that_is_there(mesh) -> None:
    mesh.land("crm/kunden/a.csv", CUSTOMERS.replace("customer_id", "Customer ID"))
    mesh.open().adopt("crm.kunden", "crm.customers", owner="ana")
    mesh.land("shop/orders/a.csv", orders(200).replace("customer_id", "Customer ID"))
    mesh.open().draft(owner="ana")
    assert [str(name) for name in load_product(mesh.products / "shop/orders").upstream] == ["crm.customers"]


def test_a_query_of_a_contract_may_read_other_products_and_must_find_them(mesh) -> None:
    rule = {"name": "known", "type": "sql", "query": "SELECT count(*) FROM crm.gone", "mustBe": 0}
    mesh.product(
        "crm.people", {"n": {"logicalType": "integer", "quality": [rule]}}, {"transform.sql": "SELECT 1 AS n"}
    )
    broken = load_products(mesh.products).broken
    (error,) = [each.error for each in broken.values()]
    assert isinstance(error, ContractError)
    assert "reads crm.gone, which is no product" in error.message
    mesh.product("crm.gone", {"n": "integer"}, {"transform.sql": "SELECT 1 AS n WHERE FALSE"})
    products = load_products(mesh.products).products
    assert [str(each) for each in products[ProductName("crm", "people")].upstream] == ["crm.gone"]
