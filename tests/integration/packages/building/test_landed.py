"""A build tells, before it makes rows, that what newly landed is not like what landed before; or is kept from it."""

from __future__ import annotations

import pytest

from meshlake.errors import AuditError, ContractError, LandingError

COLUMNS = {
    "order_id": {"logicalType": "integer", "required": True, "primaryKey": True},
    "email": {"logicalType": "string", "classification": "restricted"},
    "plan": "string",
    "amount": "number",
    "ordered_on": "date",
}
DAY = """SELECT {day} * 1000 + i AS order_id, 'a' || i || '@example.org' AS email,
    CASE WHEN i % 5 = 0 THEN 'plus' ELSE 'basic' END AS plan, 10.5 + i * 7 % 90 AS amount,
    (DATE '2026-11-01' + {day})::VARCHAR AS ordered_on FROM range(200) AS rows (i)"""
ODD = """SELECT order_id, CASE WHEN order_id % 2 = 0 THEN email END AS email,
    CASE WHEN order_id % 4 = 0 THEN 'family' ELSE plan END AS plan, amount, ordered_on, 'x' AS tier FROM ({day})"""


def land(mesh, day: int, select: str = DAY) -> None:
    mesh.land_rows(f"shop/orders/d{day:02}.parquet", select.replace("({day})", f"({DAY})").format(day=day))


@pytest.fixture
def orders(mesh):
    mesh.product("shop.orders", COLUMNS)
    for day in range(3):
        land(mesh, day)
    assert landed(mesh.build_product("shop.orders")) is None
    return mesh


def landed(built):
    return next((check for check in built.checks if check.rule.kind == "landed"), None)


def test_a_next_day_like_the_others_passes(orders):
    land(orders, 3)
    assert landed(orders.build_product("shop.orders")).message == "as before"
    assert landed(orders.build_product("shop.orders")).message == "as before"  # as recorded


def test_of_more_columns_than_are_compared_it_says_how_many_are(mesh):
    mesh.product("shop.wide", {f"c{i}": "integer" for i in range(302)})
    for day in range(2):
        cells = ", ".join(f"range + {i} AS c{i}" for i in range(302))
        mesh.land_rows(f"shop/wide/d{day}.parquet", f"SELECT {cells} FROM range(20)")
        result = landed(mesh.build_product("shop.wide"))
    assert result.message == "as before (the first 300 of 302 columns compared)"


def test_an_odd_day_is_told_with_the_rows_that_show_it_and_published(orders):
    land(orders, 3, ODD)
    before = orders.open().check("shop.orders")["shop.orders"][0]
    result = landed(orders.build_product("shop.orders"))
    assert (
        before.message
        == result.message
        == (
            "d03.parquet: tier is new (VARCHAR), and not in the contract; "
            "email: 50.0% of the rows have no value, before 0 % at most; plan: new value 'family' in 50 of 200 rows"
        )
    )
    assert not result.is_blocking
    assert len(orders.rows("shop.orders")) == 800
    families = [row for row in result.samples if row["plan"] == "family"]
    assert families[0]["file"] == "shop/orders/d03.parquet"
    assert {row["email"] for row in result.samples} <= {None, "(classified)"}


def test_what_does_not_fit_is_told_with_file_row_and_value(orders):
    columns = COLUMNS | {
        "amount": {
            "logicalType": "number",
            "quality": [{"metric": "invalidValues", "mustBe": 0, "severity": "warning"}],
        }
    }
    orders.product("shop.orders", columns)
    orders.build_product("shop.orders")
    odd = f"SELECT * REPLACE (CASE WHEN order_id % 3 = 0 THEN 'soon' ELSE amount::VARCHAR END AS amount) FROM ({DAY})"
    land(orders, 3, odd)
    result = landed(orders.build_product("shop.orders"))
    assert "amount is written as text, before as numbers; amount: 33.5% of the rows" in result.message
    first = result.samples[0]
    assert (first["file"], first["row"], first["value"]) == ("shop/orders/d03.parquet", 1, "soon")


def test_where_it_is_an_error_nothing_is_built_until_it_is_forced(orders):
    orders.product("shop.orders", COLUMNS, custom={"landedAlike": "error"})
    orders.build_product("shop.orders")
    land(orders, 3, ODD)
    for _ in range(2):
        with pytest.raises(AuditError, match="check landed_alike failed: d03") as caught:
            orders.build_product("shop.orders")
        assert "mesh build shop.orders --force" in caught.value.hint
    assert len(orders.rows("shop.orders")) == 600
    assert orders.ask("SELECT is_passed FROM mesh.quality_results WHERE kind = 'landed'")[-1] == {
        "is_passed": False
    }
    assert not landed(orders.build_product("shop.orders", is_forced=True)).is_passed
    land(orders, 4)
    assert landed(orders.build_product("shop.orders")).is_passed


def test_a_file_that_is_replaced_is_compared_with_what_it_was(mesh):
    mesh.product("shop.orders", COLUMNS)
    mesh.land_rows("shop/orders/all.parquet", DAY.format(day=1))
    mesh.build_product("shop.orders")
    cents = f"SELECT * REPLACE (amount * 100 AS amount) FROM ({DAY.format(day=1)})"
    mesh.land_rows("shop/orders/all.parquet", cents)
    result = landed(mesh.build_product("shop.orders"))
    assert result.message == "all.parquet: amount is from 1,050 to 9,950, before 10.5 to 99.5"


def test_it_can_be_left_out(mesh):
    mesh.product("shop.orders", COLUMNS, custom={"landedAlike": "off"})
    assert mesh.workspace.products.products.popitem()[1].landed_rule is None
    mesh.product("shop.orders", COLUMNS, custom={"landedAlike": "maybe"})
    with pytest.raises(ContractError, match="landedAlike is 'maybe'"):
        raise mesh.workspace.products.broken.popitem()[1].error


def test_a_file_is_read_as_the_others_of_its_dataset_say(mesh):
    mesh.product("shop.visits", {"visit": "string", "pages": "integer"})
    named = "visit,pages\n" + "".join(f"v{n},{n % 9}\n" for n in range(40))
    mesh.land_files(
        "shop.visits", {"part-0.csv": named, "part-1.csv": "".join(f"w{n},{n % 9}\n" for n in range(40))}
    )
    mesh.build_product("shop.visits")
    mesh.land_files("shop.visits", {"part-2.csv": "".join(f"x{n},{n % 9}\n" for n in range(40))})
    assert landed(mesh.build_product("shop.visits")).message == "as before"
    mesh.land_files("shop.visits", {"part-3.csv": "".join(f"y{n},{n * 900}\n" for n in range(40))})
    assert landed(mesh.build_product("shop.visits")).message == (
        "part-3.csv: pages is from 0 to 35,100, before 0 to 8"
    )


UNITED = {
    "invoice": {"logicalType": "string", "transformLogic": """coalesce("Invoice", "InvoiceNo")"""},
    "amount": "integer",
}
INVOICES = """SELECT CASE WHEN i % 20 = 0 AND {odd} THEN NULL ELSE 'A' || i END AS {name}, i % 50 AS amount
    FROM range(400) AS rows (i)"""


def test_a_column_that_files_name_differently_is_compared_as_the_contract_unites_it(mesh):
    mesh.product("shop.invoices", UNITED)
    for day, name in enumerate(['"Invoice"', '"InvoiceNo"']):
        mesh.land_rows(f"shop/invoices/d{day}.parquet", INVOICES.format(name=name, odd=False))
    assert landed(mesh.build_product("shop.invoices")) is None
    mesh.land_rows("shop/invoices/d2.parquet", INVOICES.format(name='"InvoiceNo"', odd=False))
    assert landed(mesh.build_product("shop.invoices")).message == "as before"
    mesh.land_rows("shop/invoices/d3.parquet", INVOICES.format(name='"Invoice"', odd=True))
    assert landed(mesh.build_product("shop.invoices")).message == (
        "d3.parquet: invoice: 5.0% of the rows have no value, before 0 % at most"
    )


def test_what_cannot_be_read_is_compared_with_nothing_where_nothing_landed_before(mesh):
    mesh.product("shop.orders", {"plan": {"logicalType": "string", "transformLogic": "UPPER(tariff)"}})
    mesh.land_rows("shop/orders/d0.parquet", "SELECT 'basic' AS plan")
    with pytest.raises(LandingError, match="has no column 'tariff'"):
        mesh.build_product("shop.orders")
    assert mesh.ask("SELECT * FROM mesh.quality_results WHERE kind = 'landed'") == []
