"""A build of one day killed at any moment: readers see the old day or the new, and all other days as they were."""

from __future__ import annotations

import signal

import pytest

from meshlake.lake.clean import clean_lake
from support.daily_versions import (
    DAY_READERS,
    IDENTIFIER,
    days_built_last,
    files_of,
    land_day,
    make_daily_orders,
    mesh_sql_versions,
    published_versions,
)
from support.moments import IS_PUBLISHED, MOMENTS, build, build_and_die
from support.small_mesh import SmallMesh
from support.versions import left_behind, reading, run

REBUILT = 2
OTHERS = {1: 1, 3: 1}


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """Three days, what their readers see while builds of the second are killed, and all that was published."""
    folder = SmallMesh(tmp_path_factory.mktemp("watched_days"))
    make_daily_orders(folder)
    for day in (*OTHERS, REBUILT):
        land_day(folder, day, 1)
    assert run(build, folder) == 0
    with reading(folder, DAY_READERS) as seen:
        yield folder, seen, [OTHERS | {REBUILT: 1}]
        assert len(seen) > len(MOMENTS)
    assert_clean_removes_the_rest(folder)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_build_of_a_day_shows_readers_the_old_day_or_the_new(watched, moment):
    folder, seen, published = watched
    version, others = published[-1][REBUILT] + 1, files_of(folder, OTHERS)
    land_day(folder, REBUILT, version)
    assert run(build_and_die, folder, str(moment)) == -signal.SIGKILL
    if moment in IS_PUBLISHED:
        published.append(OTHERS | {REBUILT: version})
    assert published_versions(folder) == published[-1]
    # Another version than the killed one, so that it shows when a reader has seen that.
    land_day(folder, REBUILT, version + 1)
    published.append(OTHERS | {REBUILT: version + 1})
    assert run(build, folder) == 0
    assert published_versions(folder) == mesh_sql_versions(folder) == published[-1]
    assert days_built_last(folder) == {REBUILT}
    assert files_of(folder, OTHERS) == others
    assert [each for each in seen if each not in published] == []


def test_a_killed_build_of_a_new_day_shows_readers_no_part_of_it(mesh):
    make_daily_orders(mesh)
    land_day(mesh, 1, 1)
    assert run(build, mesh) == 0
    land_day(mesh, 2, 5)
    for moment in [m for m in MOMENTS if m not in IS_PUBLISHED]:
        assert run(build_and_die, mesh, str(moment)) == -signal.SIGKILL
        assert published_versions(mesh) == {1: 1}
    assert run(build, mesh) == 0
    assert published_versions(mesh) == {1: 1, 2: 5}
    assert_clean_removes_the_rest(mesh)


def assert_clean_removes_the_rest(folder) -> None:
    lake, before = folder.workspace.lake, published_versions(folder)
    clean_lake(lake, {"shop.orders": 0.0}, grace_seconds=0)
    assert set(lake.table(IDENTIFIER).metadata.refs) == {"main"}
    data = folder.home / "warehouse/shop/orders/data"
    kept = files_of(folder, before)
    assert sorted(str(data / name) for name in left_behind(data)) == list(kept)
    assert len(kept) == len(before)
    assert published_versions(folder) == mesh_sql_versions(folder) == before
