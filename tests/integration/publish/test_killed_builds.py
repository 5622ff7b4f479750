"""A build killed at any moment leaves readers a whole version, the next build a way on, and `mesh clean` the rest."""

from __future__ import annotations

import signal

import pytest

from meshlake.lake.clean import clean_lake
from support.moments import (
    IS_PUBLISHED,
    MOMENTS,
    TIMES,
    build,
    build_and_die,
)
from support.small_mesh import SmallMesh
from support.versions import (
    land_version,
    make_orders,
    mesh_sql_version,
    published_version,
    reading,
    run,
)


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A mesh with version 1 published, and what its readers see while the tests of this module kill builds."""
    folder = SmallMesh(tmp_path_factory.mktemp("watched"))
    make_orders(folder)
    land_version(folder, 1)
    assert run(build, folder) == 0
    with reading(folder) as seen:
        yield folder, seen
        assert len(seen) > TIMES
    assert_clean_removes_the_rest(folder)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_build_shows_readers_a_whole_version_or_nothing_new(watched, moment):
    folder, seen = watched
    published = {published_version(folder)}
    for version in range(max(published) + 1, max(published) + 1 + TIMES):
        land_version(folder, version)
        assert run(build_and_die, folder, str(moment)) == -signal.SIGKILL
        if moment in IS_PUBLISHED:
            published.add(version)
        assert published_version(folder) == max(published)
    assert run(build, folder) == 0
    assert published_version(folder) == mesh_sql_version(folder) == version
    never_published = set(range(min(published), version)) - published
    assert set(seen).isdisjoint({None} | never_published)


def test_the_first_build_killed_publishes_nothing(mesh):
    make_orders(mesh)
    land_version(mesh, 1)
    for moment in [m for m in MOMENTS if m not in IS_PUBLISHED]:
        assert run(build_and_die, mesh, str(moment)) == -signal.SIGKILL
        assert published_version(mesh) == 0
        assert mesh.workspace.lake.products() == []
    assert run(build, mesh) == 0
    assert published_version(mesh) == 1
    assert_clean_removes_the_rest(mesh)


def assert_clean_removes_the_rest(mesh) -> None:
    lake = mesh.workspace.lake
    before = published_version(mesh)
    clean_lake(lake, {"shop.orders": 0.0}, grace_seconds=0)
    table = lake.table(("shop", "orders"))
    assert set(table.metadata.refs) == {"main"}
    assert len(table.snapshots()) == 1
    data = mesh.home / "warehouse/shop/orders/data"
    assert [str(p) for p in data.rglob("*") if p.is_file()] == list(lake.files(lake.head(("shop", "orders"))))
    assert published_version(mesh) == before
    assert mesh_sql_version(mesh) == before
