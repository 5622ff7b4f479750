"""Customers and what refers to them, in as many ways of writing, as landed files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.small_mesh import SmallMesh

CUSTOMERS = "customer_id,name\n" + "".join(f"C{n:03},x{n % 9}\n" for n in range(60))


def orders(count: int, customer: Callable[[int], str] = lambda n: f"C{n * 7 % 60:03}") -> str:
    """So many rows with a number of their own, the customer of each, and an amount."""
    rows = (f"{n + 1},{customer(n)},{n % 13 * 1.5}\n" for n in range(count))
    return "order_id,customer_id,amount\n" + "".join(rows)


def land_references(mesh: SmallMesh) -> None:
    """Orders as written; returns with other case and spaces, visits with the digits alone, calls of which some are of
    no customer; refunds of lines of orders, and employees who report to each other."""
    mesh.land("crm/customers/a.csv", CUSTOMERS)
    mesh.land("shop/orders/a.csv", orders(200))
    mesh.land("shop/returns/a.csv", orders(150, lambda n: f"c{n * 7 % 60:03} ").replace("order", "return"))
    mesh.land("shop/visits/a.csv", orders(150, lambda n: f"{n * 7 % 60}").replace("order", "visit"))
    mesh.land("shop/calls/a.csv", orders(200, lambda n: f"C{n * 7 % 62:03}").replace("order", "call"))
    lines = "".join(f"{n // 3 + 9000},{n % 3},{n % 7 * n}\n" for n in range(90))
    mesh.land("shop/order_lines/a.csv", f"order_no,line_no,weight\n{lines}")
    refunds = "".join(f"R{n + 500},{n % 30 + 9000},{n % 3},{n % 4}\n" for n in range(80))
    mesh.land("shop/refunds/a.csv", f"refund_id,order_no,line_no,reason\n{refunds}")
    staff = "".join(f"{n + 1},{'' if n == 0 else n // 4 + 1},x{n % 7}\n" for n in range(60))
    mesh.land("hr/employees/a.csv", f"employee_id,reports_to,team\n{staff}")
