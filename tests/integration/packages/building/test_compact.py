"""Many small files become few with the same rows, and nothing is built because of it."""

from __future__ import annotations

from datetime import date

import pytest

from meshlake.building.compact import compact_lake
from meshlake.building.quality import QUALITY_RESULTS
from meshlake.names import ProductName

DAY = {"logicalType": "date", "required": True, "partitioned": True}
CALLS = ProductName("usage", "calls")
TOTAL = "SELECT dt, sum(minutes)::BIGINT AS minutes FROM usage.calls GROUP BY dt\n"


@pytest.fixture
def usage(mesh):
    """Two days of calls and totals, the calls of the first in nine files."""
    mesh.product("usage.calls", {"dt": DAY, "minutes": "integer"})
    mesh.product("usage.totals", {"dt": DAY, "minutes": "integer"}, {"transform.sql": TOTAL})
    for day in (1, 2):
        minutes = "".join(f"{number}\n" for number in range(9))
        mesh.land(f"usage/calls/dt=2024-01-0{day}/a.csv", f"minutes\n{minutes}")
    mesh.build_product("usage.calls", "usage.totals")
    return mesh


def split(mesh, file_count):
    """Put the rows of the first day into many files, as writers of a cluster do."""
    opened = mesh.workspace
    table = opened.lake.table(("usage", "calls"))
    rows = table.scan(row_filter="dt = '2024-01-01'").to_arrow()
    table.delete("dt = '2024-01-01'")
    properties = {
        f"mesh.{name}": value
        for name, value in opened.lake.history(("usage", "calls"))[-1].properties.items()
    }
    for number in range(file_count):
        table.append(rows.slice(number, 1), snapshot_properties=properties)


def file_count(mesh):
    lake = mesh.workspace.lake
    return len(lake.files(lake.head(("usage", "calls"))))


def test_the_small_files_of_a_day_become_one(usage):
    split(usage, 9)
    assert file_count(usage) == 10
    rows, before = usage.rows("usage.calls"), usage.workspace.lake.head(("usage", "calls"))
    assert compact_lake(usage.workspace) == 8
    after = usage.workspace.lake.head(("usage", "calls"))
    assert file_count(usage) == 2
    assert usage.rows("usage.calls") == rows
    assert (after.row_count, after.rows_id) == (before.row_count, before.snapshot_id)
    assert compact_lake(usage.workspace) == 0


def test_few_files_stay_as_they_are(usage):
    before = usage.workspace.lake.head(("usage", "calls"))
    assert compact_lake(usage.workspace) == 0
    assert usage.workspace.lake.head(("usage", "calls")) == before


def test_nothing_is_built_because_files_were_put_together(usage):
    split(usage, 9)
    usage.build_product("usage.totals")
    compact_lake(usage.workspace)
    assert not usage.build_product("usage.calls").is_rebuilt
    assert not usage.build_product("usage.totals").is_rebuilt


def test_the_results_of_many_audits_become_one_file(usage):
    for _ in range(4):
        usage.build_product("usage.calls", "usage.totals", days=[date(2024, 1, 1)])
    lake = usage.workspace.lake
    rows = lake.table(QUALITY_RESULTS).scan().to_arrow().num_rows
    assert compact_lake(usage.workspace) > 0
    assert len(lake.files(lake.head(QUALITY_RESULTS))) == 1
    assert lake.table(QUALITY_RESULTS).scan().to_arrow().num_rows == rows
    assert usage.build_product("usage.calls", days=[date(2024, 1, 2)]).is_rebuilt
