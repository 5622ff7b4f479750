"""A bucket of many messy tables in several formats, as teams leave it behind, and two that cannot be read."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from support.workbooks import workbook

if TYPE_CHECKING:
    from support.small_mesh import SmallMesh

CUSTOMERS = 120


def land_bucket(mesh: SmallMesh, days: int = 30) -> None:
    """Land all of it, with the orders of so many days."""
    mesh.land("crm/customers/kunden.csv", _customers().encode("cp1252"))
    orders = days * 20
    mesh.land("shop/orders/orders.jsonl", "".join(map(_order, range(orders))))
    mesh.land_rows("shop/order_items/part-0.parquet", _ITEMS.format(orders=orders))
    mesh.land("shop/products/products.csv", _products())
    mesh.land("billing/invoices/2023.csv", _invoices(0, 150, with_tax=False))
    mesh.land("billing/invoices/2024.csv", _invoices(150, 300, with_tax=True))
    mesh.land("support/tickets/tickets.csv.gz", gzip.compress(_tickets().encode()))
    mesh.land("hr/employees/staff.xlsx", _staff())
    mesh.land("exports/payments/payments.tsv", _payments(orders))
    mesh.land("crm/broken/garbage.parquet", b"PAR1 but then no more than this")
    mesh.land("crm/empty/nothing.csv", "")


def _customers() -> str:
    """Semicolons, decimal commas, days before months, words for what is missing."""
    rows = (
        f"K{n:05};Kunde {n};k{n}@example.com;{n % 28 + 1:02}.{n % 12 + 1:02}.{1960 + n % 40};"
        f"{'k. A.' if n % 17 == 0 else f'{n * 13 % 900},{n % 100:02}'};{('Am Rhein', 'Domplatz', 'Südring')[n % 3]};"
        f"{'ja' if n % 5 == 0 else 'nein'}\n"
        for n in range(CUSTOMERS)
    )
    return "Kundennummer;Name;E-Mail;Geburtsdatum;Umsatz;Straße;Churn\n" + "".join(rows)


def _order(n: int) -> str:
    """The last two orders' customers are in no row of theirs."""
    customer = n * 7 % CUSTOMERS if n >= 2 else 90_000 + n
    order = {
        "order_id": 1000 + n,
        "kundennummer": f"K{customer:05}",
        "ordered_at": f"2024-{1 + n // 20 // 28:02}-{1 + n // 20 % 28:02}T{n % 24:02}:15:00",
        "status": ("open", "shipped", "returned")[n % 3],
        "address": {"city": ("Köln", "Bonn")[n % 2], "zip": f"{10_000 + n * 37 % 80_000:05}"},
        "tags": ["new"] * (n % 2),
    }
    return json.dumps(order if n % 9 else order | {"note": "call first"}) + "\n"


_ITEMS = """
    SELECT 1000 + n // 3 AS order_id, n % 3 + 1 AS line_no, 'P-' || lpad(CAST(n * 11 % 40 AS VARCHAR), 3, '0') AS sku,
        CAST(1 + n % 5 AS TINYINT) AS quantity, CAST(n * 31 % 9000 AS DECIMAL(9, 2)) / 100 AS unit_price
    FROM range({orders} * 3) AS numbers(n)
"""


def _products() -> str:
    """A title above the names of the columns, and signs of money."""
    rows = (f'P-{n:03},Thing {n},"${1000 + n * 7:,}.50",{"Y" if n % 2 else "N"}\n' for n in range(40))
    return "Products as of 2024-06-30,,,\n\nSKU,Product Name,List Price,Active?\n" + "".join(rows)


def _invoices(first: int, last: int, *, with_tax: bool) -> str:
    """The second file has a column more; 01/02/2023 is one of two days."""
    head = "Invoice No,Order ID,Invoice Date,Net" + (",Tax" if with_tax else "")
    rows = (
        f"{n + 1:06},{1000 + n},{n % 9 + 1:02}/{n % 7 + 1:02}/2023,{n * 3.5:.2f}"
        + (f",{n * 0.7:.2f}" if with_tax else "")
        + "\n"
        for n in range(first, last)
    )
    return f"{head}\n" + "".join(rows)


def _tickets() -> str:
    """One number is given twice, and some lines have cells too many."""
    rows = [f"{7000 + n},K{n * 3 % CUSTOMERS:05},{n % 5 + 1},word {n % 60}" for n in range(200)]
    rows[50] = rows[49].replace("word", "other")
    rows[60] += ",,,and more"
    return "ticket_id,kundennummer,priority,text\n" + "".join(f"{row}\n" for row in rows)


def _staff() -> bytes:
    rows: list[tuple[object, ...]] = [("Employee ID", "First Name", "Reports To", "Salary", "Hired")]
    names = ("Anna", "Ben", "Carla", "David", "Emma", "Felix")
    rows += [
        (n + 1, names[n % 6], None if n == 0 else n // 4 + 1, 40_000 + n * 250, f"20{n % 20 + 4:02}-03-01")
        for n in range(60)
    ]
    return workbook({"Staff": rows})


def _payments(orders: int) -> str:
    """In a folder that names no team; what is missing is `-`."""
    rows = (
        f"{90_000 + n}\t{1000 + n}\t{'-' if n % 40 == 0 else n * 2.25}\t{('card', 'CARD ', 'cash')[n % 3]}\n"
        for n in range(orders)
    )
    return "payment_id\torder_id\tamount\tmethod\n" + "".join(rows)
