"""Drafted references: orphans are caught, and honest days pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.products.load import load_products
from support.references import land_references

if TYPE_CHECKING:
    from support.small_mesh import SmallMesh


def _failing(mesh: SmallMesh, product: str) -> list[str]:
    return [check.rule.name for check in mesh.open().check(product)[product] if not check.is_passed]


def test_breaks_are_caught_and_honest_days_pass(mesh) -> None:
    land_references(mesh)
    mesh.open().draft(owner="ana")
    outcome = mesh.build()
    assert [c.rule.name for r in outcome.results for c in r.checks if not c.is_passed] == []
    # A day more, with a customer more, is honest.
    mesh.land("crm/customers/b.csv", "customer_id,name\nC060,x1\n")
    mesh.land("shop/orders/b.csv", "order_id,customer_id,amount\n201,C060,3.0\n202,C001,4.5\n")
    mesh.land("shop/returns/b.csv", "return_id,customer_id,amount\n151,c060 ,3.0\n")
    mesh.land("shop/visits/b.csv", "visit_id,customer_id,amount\n151,60,3.0\n")
    calls = "".join(f"{n},C{n % 61:03},3.0\n" for n in range(201, 211)) + "211,C061,3.0\n"
    mesh.land("shop/calls/b.csv", f"call_id,customer_id,amount\n{calls}")
    mesh.build()
    assert [
        name for product in load_products(mesh.products).products for name in _failing(mesh, str(product))
    ] == []
    # Orphans are not.
    orphans = [f"C{n:03}" for n in range(100, 160)]
    for product, name in (
        ("returns", "return_id"),
        ("visits", "visit_id"),
        ("calls", "call_id"),
        ("orders", "order_id"),
    ):
        rows = "".join(
            f"{n},{orphan[product == 'visits' :]},3.0\n" for n, orphan in enumerate(orphans, start=300)
        )
        mesh.land(f"shop/{product}/c.csv", f"{name},customer_id,amount\n{rows}")
    told = mesh.build(has_to_be_complete=False)
    failed = {str(name): error.message for name, error in told.failures.items()}
    broken = {
        **{str(r.name): [c.rule.name for c in r.checks if not c.is_passed] for r in told.results},
        **failed,
    }
    for product in ("returns", "visits", "calls", "orders"):
        assert "customer_id_in_customers" in broken[f"shop.{product}"], product
    assert "60 failing rows" in failed["shop.orders"]
