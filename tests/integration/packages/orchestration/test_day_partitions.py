"""Products partitioned by date in Dagster: a partition per day, backfills, and what automation builds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest

from meshlake.errors import UsageError
from meshlake.orchestration.definitions import mesh_definitions
from meshlake.orchestration.history import instance
from meshlake.orchestration.keys import BUILD_JOB, asset_key
from support.orchestrated_shop import OrchestratedMesh

DAY = {"logicalType": "date", "required": True, "partitioned": True}
CALLS = dg.AssetKey(["usage", "calls"])
TOTAL = "SELECT sum(minutes)::BIGINT AS minutes FROM usage.calls\n"


@pytest.fixture
def usage(tmp_path):
    """Two days of calls, and a product of them that is not kept by date."""
    folder = OrchestratedMesh(tmp_path / "mesh")
    folder.product("usage.calls", {"dt": DAY, "minutes": "integer"})
    folder.product("usage.total", {"minutes": "integer"}, {"transform.sql": TOTAL})
    land(folder, 1, 10)
    land(folder, 3, 30)
    return folder


def land(mesh, day, minutes):
    mesh.land(f"usage/calls/dt=2024-01-{day:02}/a.csv", f"minutes\n{minutes}\n")


def materialized(mesh, key=CALLS):
    with instance(mesh.settings) as dagster:
        return dagster.get_materialized_partitions(key)


def days(mesh):
    """The days that Dagster knows of."""
    return (
        mesh_definitions(mesh.workspace).resolve_asset_graph().get(CALLS).partitions_def.get_partition_keys()
    )


def evaluated(mesh, dagster, cursor=None):
    """What automation asks for now."""
    definitions = mesh_definitions(mesh.workspace)
    return dg.evaluate_automation_conditions(
        definitions, dagster, asset_selection=dg.AssetSelection.all(), cursor=cursor
    )


def backfill(mesh, first, last):
    """A run of some days, as the UI launches it."""
    with instance(mesh.settings) as dagster:
        job = mesh_definitions(mesh.workspace).resolve_job_def(BUILD_JOB)
        tags = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
        return job.execute_in_process(asset_selection=[CALLS], tags=tags, instance=dagster)


def test_a_whole_build_materializes_each_day_it_built(usage):
    assert usage.build().is_complete
    assert materialized(usage) == {"2024-01-01", "2024-01-03"}
    land(usage, 2, 20)
    assert usage.build().is_complete
    assert materialized(usage) == {"2024-01-01", "2024-01-02", "2024-01-03"}
    assert usage.rows("usage.total") == [{"minutes": 60}]


def test_a_whole_build_builds_a_product_by_day_of_another_by_day(usage):
    columns = {"dt": DAY, "minutes": "integer"}
    by_day = "SELECT dt, sum(minutes)::BIGINT AS minutes FROM usage.calls GROUP BY dt\n"
    usage.product("usage.by_day", columns, {"transform.sql": by_day})
    assert usage.build().is_complete
    land(usage, 3, 31)
    assert usage.build().is_complete
    assert {row["dt"].day: row["minutes"] for row in usage.rows("usage.by_day")} == {1: 10, 3: 31}
    assert materialized(usage, dg.AssetKey(["usage", "by_day"])) == {"2024-01-01", "2024-01-03"}


def test_the_days_are_those_that_have_landed_and_none_before_between_or_after(usage):
    assert days(usage) == ["2024-01-01", "2024-01-03"]
    land(usage, 4, 40)
    assert days(usage) == ["2024-01-01", "2024-01-03", "2024-01-04"]


@pytest.mark.parametrize("ahead", [-1, 0, 1, 40])
def test_a_day_need_not_be_over(shop, ahead):
    shop.product("usage.calls", {"dt": DAY, "minutes": "integer"})
    day = datetime.now(UTC).date() + timedelta(days=ahead)
    shop.land(f"usage/calls/dt={day}/a.csv", "minutes\n1\n")
    assert days(shop) == [str(day)]
    before = day - timedelta(days=60)
    shop.land(f"usage/calls/dt={before}/a.csv", "minutes\n1\n")
    assert days(shop) == [str(before), str(day)]


def test_a_day_that_was_built_is_one_even_when_its_files_are_gone(usage):
    usage.build()
    (usage.landing / "usage/calls/dt=2024-01-03/a.csv").unlink()
    assert days(usage) == ["2024-01-01", "2024-01-03"]


def test_no_day_that_landed_is_missing_after_a_build(usage):
    usage.build()
    assert materialized(usage) == set(days(usage))


def test_a_backfill_builds_its_days_in_one_run(usage):
    usage.build()
    before = usage.workspace.lake.head(("usage", "calls"))
    assert backfill(usage, "2024-01-01", "2024-01-03").success
    after = usage.workspace.lake.head(("usage", "calls"))
    assert after.snapshot_id != before.snapshot_id
    assert materialized(usage) == {"2024-01-01", "2024-01-03"}
    assert usage.rows("usage.calls") == [
        {"dt": date(2024, 1, 1), "minutes": 10},
        {"dt": date(2024, 1, 3), "minutes": 30},
    ]


def test_the_latest_day_taken_for_the_whole_build_is_no_day_that_was_asked_for(usage):
    """Dagster's dialog wants a day where none is meant."""
    usage.build()
    before = usage.workspace.lake.head(("usage", "calls"))
    with instance(usage.settings) as dagster:
        job = mesh_definitions(usage.workspace).resolve_job_def(BUILD_JOB)
        for day, is_built in (("2024-01-03", False), ("2024-01-01", True)):
            tags = {"dagster/partition": day}
            assert job.execute_in_process(asset_selection=[CALLS], tags=tags, instance=dagster).success
            after = usage.workspace.lake.head(("usage", "calls"))
            assert (after.snapshot_id != before.snapshot_id) is is_built


def test_days_asked_for_are_built_of_the_products_named_alone(usage):
    usage.build()
    outcome = usage.build("usage.calls", days=[date(2024, 1, 3)])
    (result,) = outcome.results
    assert result.facts["days_built"] == ["2024-01-03"]
    with pytest.raises(UsageError, match=r"usage\.total is not partitioned by date"):
        usage.build("usage.total", days=[date(2024, 1, 3)])


def test_files_that_land_late_are_built_by_automation_and_so_is_what_reads_them(usage):
    usage.build()
    with instance(usage.settings) as dagster:
        cursor = evaluated(usage, dagster).cursor
        land(usage, 1, 11)
        landing = asset_key(usage.workspace.landing.datasets()[-1])
        job = mesh_definitions(usage.workspace).resolve_job_def(BUILD_JOB)
        job.execute_in_process(asset_selection=[landing], instance=dagster)
        found = evaluated(usage, dagster, cursor)
        assert found.get_num_requested(CALLS) == 1
        tags = {"dagster/from_automation_condition": "true", "dagster/partition": "2024-01-03"}
        job.execute_in_process(asset_selection=[CALLS], tags=tags, instance=dagster)
        found = evaluated(usage, dagster, found.cursor)
        assert found.get_num_requested(dg.AssetKey(["usage", "total"])) == 1
    assert usage.rows("usage.calls")[0] == {"dt": date(2024, 1, 1), "minutes": 11}
    assert set(usage.workspace.lake.head(("usage", "calls")).property_json("inputs", {})) == {
        "landing.usage.calls"
    }
