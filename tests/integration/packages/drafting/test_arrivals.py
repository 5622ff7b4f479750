"""When rows are late is learnt from when files arrived, where many did; an outage teaches nothing."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from support.small_mesh import SmallMesh


LANDED = """
    SELECT n AS id, DATE '{first}' + CAST(n % {days} AS INTEGER) AS ordered_on FROM range({days} * 25) AS t (n)
"""


def test_it_is_drafted_where_files_came_day_by_day(mesh: SmallMesh):
    today = datetime.now(UTC).date()
    for last, days in [
        (today - timedelta(days=20), 81),
        *((today - timedelta(days=n), 1) for n in range(19, 1, -1)),
    ]:
        begin = last - timedelta(days=days - 1)
        landed = mesh.land_rows(f"shop/orders/{last}.parquet", LANDED.format(first=begin, days=days))
        arrived = datetime.combine(last + timedelta(days=1), time(6), UTC).timestamp()
        os.utime(landed, (arrived, arrived))
    mesh.run("adopt", "shop.orders").ended()
    contract = yaml.safe_load((mesh.products / "shop/orders/contract.odcs.yaml").read_text())
    rules = {rule["name"]: rule for rule in contract["schema"][0]["quality"]}
    assert rules["rows_as_usual"]["implementation"] == {
        "asUsual": "rowCount",
        "day": "ordered_on",
        "lateAfterDays": 2,
    }
