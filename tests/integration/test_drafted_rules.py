"""Drafted rules: breaks of the rows that they tell, and honest days that they let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks.discovery.breaks import failing_rules, replaced, swapped

from meshlake.products.load import load_product
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Callable

# 60 days of orders, and of measurements; `{first}` to `{last}` number the rows, so that a day more continues them.
ORDERS = """
    SELECT n AS order_id, 'C-' || (1 + (hash(n, 1) % 400)::INT) AS customer,
        DATE '2024-01-01' + CAST(n // 40 AS INTEGER) AS ordered_at,
        DATE '2024-01-01' + CAST(n // 40 AS INTEGER) + (hash(n, 2) % 6)::INT AS shipped_at,
        round(5 + exp((hash(n, 3) % 1000)::INT / 200.0), 2) AS amount, 1 + (hash(n, 4) % 9)::INT AS quantity,
        ['card', 'cash', 'invoice', 'voucher'][1 + least((hash(n, 5) % 7)::INT, 3)] AS payment,
        (hash(n, 6) % 3)::INT = 0 AS is_gift, CASE WHEN (hash(n, 7) % 10)::INT > 0 THEN 'note ' || hash(n, 8) % 5000 END
            AS remark
    FROM range({first}, {last}) AS numbers(n)
"""
READINGS = """
    SELECT ['north', 'south', 'east'][1 + n % 3] AS site, TIMESTAMP '2024-03-01' + n * INTERVAL 20 MINUTE AS read_at,
        round(-5 + (hash(n, 1) % 3000)::INT / 100.0, 2) AS temperature,
        round(1 + (hash(n, 2) % 400)::INT / 10.0, 1) AS wind,
        CASE WHEN (hash(n, 3) % 5)::INT > 0 THEN (hash(n, 4) % 100)::INT END AS humidity
    FROM range({first}, {last}) AS numbers(n)
"""
SHAPES = {"orders": (ORDERS, 2400, 40), "readings": (READINGS, 4320, 72)}

FEW = "hash({0}) % 20 = 0"
BREAKS = {
    "orders": {
        "nulls": replaced("customer", "NULL", FEW.format("order_id")),
        "more nulls": replaced("remark", "NULL", "order_id % 4 = 0"),
        "a column all empty": replaced("remark", "NULL"),
        "duplicates": "FROM {rows} UNION ALL (FROM {rows} LIMIT 20)",
        "swapped dates": swapped("ordered_at", "shipped_at"),
        "swapped numbers": swapped("amount", "quantity"),
        "swapped texts": swapped("customer", "payment"),
        "units times 100": replaced("amount", "amount * 100"),
        "units times 100 in a few rows": replaced("amount", "amount * 100", FEW.format("order_id")),
        "a thousandfold amount": replaced("amount", "amount * 1000", "order_id = 7"),
        "a negative amount": replaced("amount", "-amount", "order_id = 7"),
        "the year 2206": replaced("ordered_at", "DATE '2206-01-01'", "order_id = 7"),
        "shipped before ordered": replaced("shipped_at", "ordered_at - 1", "order_id = 7"),
        "half of the rows gone": "FROM {rows} WHERE order_id % 2 = 0",
        "a day missing": "FROM {rows} WHERE ordered_at <> DATE '2024-01-20'",
        "categories added": replaced("payment", "'barter'", FEW.format("order_id")),
        "one value everywhere": replaced("payment", "'card'"),
        "one amount everywhere": replaced("amount", "20.0"),
        "always true": replaced("is_gift", "TRUE"),
    },
    "readings": {
        "nulls": replaced("site", "NULL", "humidity = 3"),
        "more nulls": replaced("humidity", "NULL", "wind < 10"),
        "a column all empty": replaced("humidity", "NULL"),
        "duplicates": "FROM {rows} UNION ALL (FROM {rows} LIMIT 200)",
        "swapped numbers": swapped("temperature", "wind"),
        "units times 100": replaced("wind", "wind * 100"),
        "a thousandfold number": replaced("temperature", "temperature * 1000", "humidity = 7"),
        "negative wind": replaced("wind", "-wind", "humidity = 7"),
        "the year 2206": replaced("read_at", "TIMESTAMP '2206-01-01'", "humidity = 7"),
        "half of the rows gone": "FROM {rows} WHERE hash(read_at) % 2 = 0",
        "a day missing": "FROM {rows} WHERE CAST(read_at AS DATE) <> DATE '2024-03-09'",
        "categories added": replaced("site", "'west'", "humidity < 10"),
        "one value everywhere": replaced("site", "'north'"),
    },
}
HONEST = {
    "orders": {
        "a new maximum": replaced("amount", "1.3 * amount", "amount > 730"),
        "a new rare category": replaced("payment", "'barter'", "order_id = 2406"),
    },
    "readings": {
        "a new maximum": replaced("wind", "52.0", "read_at = TIMESTAMP '2024-04-30 03:00:00'"),
        "a new rare category": replaced("site", "'west'", "hash(read_at) % 1000 = 0"),
    },
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int, str], list[str]]:
    """The rules of a drafted product that so many days more, changed by a SELECT, break."""
    mesh = SmallMesh(tmp_path_factory.mktemp("rules"))
    for name, (rows, count, _) in SHAPES.items():
        mesh.land_rows(f"shop/{name}/a.parquet", rows.format(first=0, last=count))
        mesh.open().adopt(f"shop.{name}", owner="ana@example.com")

    def broken(name: str, days: int, select: str) -> list[str]:
        rows, count, per_day = SHAPES[name]
        product = load_product(mesh.products / "shop" / name)
        landed = f"({rows.format(first=0, last=count + days * per_day)})"
        return failing_rules(mesh.settings, product, landed, select)

    return broken


@pytest.mark.parametrize("name", SHAPES)
def test_a_drafted_product_holds_for_what_it_was_drafted_from(told, name: str) -> None:
    assert told(name, 0, "FROM {rows}") == []


@pytest.mark.parametrize("name", SHAPES)
def test_drafted_rules_tell_of_breaks(told, name: str) -> None:
    missed = [what for what, select in BREAKS[name].items() if not told(name, 0, select)]
    assert missed == []


@pytest.mark.parametrize("name", SHAPES)
def test_drafted_rules_let_honest_days_pass(told, name: str) -> None:
    alarms = {days: told(name, days, "FROM {rows}") for days in range(1, 51, 7)}
    alarms |= {what: told(name, 1, select) for what, select in HONEST[name].items()}
    assert {when: rules for when, rules in alarms.items() if rules} == {}


def test_a_first_refund_is_a_warning_and_an_absurd_one_an_error(told) -> None:
    refund = told("orders", 0, replaced("amount", "-amount", "order_id = 7"))
    assert "amount_not_negative" in refund
    assert "amount_range" not in refund
    assert "amount_range" in told("orders", 0, replaced("amount", "-1000 * amount", "order_id = 7"))
