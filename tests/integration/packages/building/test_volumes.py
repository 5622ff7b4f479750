"""A build tells of a day with more or fewer rows than days like it have, in words."""

from __future__ import annotations

from datetime import date

import pytest

from meshlake.audit.seasonal import Expected
from meshlake.building.volumes import Volume
from meshlake.names import ProductName

ORDERS = ProductName.parse("shop.orders")
COLUMNS = {"dt": {"logicalType": "date", "required": True, "partitioned": True}, "order_id": "integer"}
# 100 rows a day, 40 on Saturdays and Sundays, until Thursday 2026-04-09.
ROWS = """SELECT d::DATE AS dt, n AS order_id
FROM generate_series(DATE '2026-01-01', DATE '2026-04-09', INTERVAL 1 DAY) AS days (d), range(130) AS r (n)
WHERE n < CASE WHEN d = DATE '2026-04-09' THEN {last} WHEN isodow(d) > 5 THEN 40 ELSE 100 END + day(d) * 7 % 5"""


@pytest.mark.parametrize(
    ("expectation", "told"),
    [
        (
            Expected(date(2026, 11, 27), 9812.4, 11_180.1),
            "4,210 rows on Friday 2026-11-27; Fridays have 9,810 to 11,200",
        ),
        (
            Expected(date(2026, 11, 27), 20.2, 30.9, 27),
            "4,210 rows on Friday 2026-11-27; Fridays that are day 27 of a month have 20 to 31",
        ),
        (None, "4,210 rows on Friday 2026-11-27; too few days before it to compare with"),
    ],
)
def test_it_is_told_in_words(expectation, told):
    assert Volume(ORDERS, date(2026, 11, 27), 4210, expectation).told == told


@pytest.mark.parametrize("last", [100, 60])
def test_a_build_tells_of_a_thin_day(mesh, last):
    mesh.land_rows("shop/orders/a.parquet", ROWS.format(last=last))
    mesh.product("shop.orders", COLUMNS)
    built = mesh.run("build").ended()
    (found,) = mesh.open().volumes()
    assert (found.day, found.row_count, found.is_unusual) == (date(2026, 4, 9), last + 3, last == 60)
    assert ("warning: snapshot_alike: 63 rows on Thursday 2026-04-09; Thursdays have" in built.err) is (
        last == 60
    )


def test_a_contract_keeps_a_thin_day_from_being_published(mesh):
    asked = {"asUsual": "rowCount", "day": "dt"}
    rule = {"name": "rows_as_usual", "type": "custom", "engine": "meshlake", "implementation": asked}
    mesh.land_rows("shop/orders/a.parquet", ROWS.format(last=60))
    mesh.product("shop.orders", COLUMNS, quality=[rule])
    built = mesh.run("build").ended(status=1)
    assert "check rows_as_usual failed: 63 rows on Thursday 2026-04-09; Thursdays have" in built.err
    mesh.product("shop.orders", COLUMNS, quality=[rule | {"severity": "warning"}])
    mesh.build()
    checks = mesh.open().check("shop.orders")["shop.orders"]
    (check,) = [each for each in checks if each.rule.name == "rows_as_usual"]
    assert (check.is_passed, check.observed) == (False, 63)


def test_snapshots_are_the_history_of_what_has_no_days(mesh):
    mesh.land("shop/items/a.csv", "id\n1\n2\n")
    mesh.product("shop.items", {"id": "integer"})
    mesh.build()
    (found,) = mesh.open().volumes("shop.items")
    assert (found.row_count, found.expected, found.as_dict()["is_unusual"]) == (2, None, False)
