"""A server, or the build, killed at any moment, and two engines racing: readers see whole versions, the error names the
server, the next build succeeds, and `mesh clean` removes the rest.

The servers are this module's own.
"""

from __future__ import annotations

import re
import signal
import threading
import time
from itertools import count, cycle, islice
from typing import TYPE_CHECKING

import pytest

from meshlake import services
from meshlake.building.build import build_product
from meshlake.building.context import Step
from meshlake.building.views import refresh_views
from meshlake.engines.duckdb.confined import open_mesh_file
from meshlake.errors import ServiceError, StorageError, SystemFailure
from meshlake.health import server_failure
from meshlake.lake.clean import clean_lake
from meshlake.services import Service
from support.moments import (
    AFTER_COMMIT,
    BEFORE_COMMIT,
    IN_COMMIT,
    IS_PUBLISHED,
    MOMENTS,
    TIMES,
    at_commit,
    build,
    build_and_die,
)
from support.server_mesh import ServerMesh, Servers
from support.versions import (
    ORDERS,
    SUMMARY,
    at_once,
    kept_versions,
    land_version,
    make_orders,
    published_version,
    reading,
    run,
    whole_version,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.services, pytest.mark.timeout(2700)]

RACES = 3
NAMED = {
    Service.MINIO: r"shop.orders: Landing zone s3://landing/\w+: S3 does not answer",
    Service.POSTGRES: "shop.orders: Catalog postgresql://",
    Service.TRINO: "shop.orders: Trino http://127.0.0.1:",
}
STAGING_SECONDS = 1.5
TOLD_SECONDS = 60
OUTAGE = -1


def read_through_outages(mesh, stop, seen) -> None:
    """As pyiceberg reads, and as `mesh sql` on DuckDB does; a server that is away is no version."""
    opened = mesh.on("duckdb").workspace
    while not stop.wait(0.3):
        for read in (lambda: published_version(mesh), lambda: duckdb_version(opened)):
            try:
                seen.append(read())
            except Exception as error:
                told = server_failure(error, mesh.settings)
                if not isinstance(told, ServiceError | StorageError | SystemFailure):
                    raise
                seen.append(OUTAGE)


def duckdb_version(opened) -> int | None:
    refresh_views(opened)
    settings = opened.settings
    stores = settings.used_stores
    with open_mesh_file(settings.mesh_file, [settings.warehouse], stores=stores) as connection:
        return whole_version(connection.execute(SUMMARY).fetchone())


class Faults:
    """A mesh under faults; `published` are the versions that readers may have seen, the last the current one."""

    def __init__(self, mesh: ServerMesh, servers: Servers, seen) -> None:
        self.mesh = mesh
        self.servers = servers
        self.seen = seen
        self.published = [published_version(mesh)]
        self._next = count(self.published[0] + 1)

    def land(self) -> int:
        version = next(self._next)
        land_version(self.mesh, version)
        return version

    def build_killing(self, service: Service, plan: Callable[..., None]) -> bool:
        """Build a new version, `service` being killed as `plan(opened mesh, step, kill)` has it; whether it failed."""
        version = self.land()
        opened, killed = self.mesh.workspace, []

        def kill() -> None:
            if not killed:
                killed.append(time.monotonic())
                self.servers.kill(service)

        error = None
        try:
            build_product(opened, ORDERS, progress=lambda _, step: plan(opened, step, kill))
        except ServiceError as told:
            error = told
        told_seconds = time.monotonic() - killed[0]
        self.servers.up()
        if error is not None:
            assert re.match(NAMED[service], error.message)
            assert "\n" not in error.message
            assert told_seconds < TOLD_SECONDS
        self.settle(version, is_published=error is None)
        return error is not None

    def settle(self, version: int, *, is_published: bool) -> None:
        """See that readers saw nothing but published versions, and that the next build publishes this one."""
        if is_published:
            self.published.append(version)
        assert published_version(self.mesh) == self.published[-1]
        assert set(self.seen) <= {OUTAGE, *self.published}
        self.published.append(version)
        self.mesh.build_product("shop.orders")
        assert published_version(self.mesh) == version


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    servers = Servers(tmp_path_factory.mktemp("servers"))
    yield servers
    services.down(servers.home)


@pytest.fixture(scope="module")
def mesh(servers, tmp_path_factory):
    mesh = ServerMesh(tmp_path_factory.mktemp("faults"), servers.up(), "trino")
    make_orders(mesh)
    land_version(mesh, 1)
    mesh.build_product("shop.orders")
    return mesh


@pytest.fixture
def faults(mesh, servers):
    servers.up()
    with reading(mesh, [read_through_outages]) as seen:
        # A busy machine may start the reader only after a server was killed, and without that it opens no mesh.
        end = time.monotonic() + TOLD_SECONDS
        while not len(seen) and time.monotonic() < end:
            time.sleep(0.1)
        yield Faults(mesh, servers, seen)
        assert set(seen) - {OUTAGE}
    assert_clean_removes_the_rest(mesh)


@pytest.mark.parametrize("service", [Service.MINIO, Service.TRINO])
def test_server_killed_while_rows_are_written(faults, service):
    failed = 0
    for number in range(TIMES):
        delay = STAGING_SECONDS * number / TIMES

        def plan(_, step, kill, delay=delay):
            if step == Step.STAGING:
                threading.Timer(delay, kill).start()
            if step == Step.AUDITED:
                kill()  # it was faster than the timer

        failed += faults.build_killing(service, plan)
    assert failed


@pytest.mark.parametrize(
    ("service", "is_failed_at"),
    [
        # In the midst of the commit, all that MinIO had to keep is written.
        (Service.MINIO, {BEFORE_COMMIT: True, IN_COMMIT: False}),
        (Service.POSTGRES, {BEFORE_COMMIT: True}),
        (Service.POSTGRES, {IN_COMMIT: True, AFTER_COMMIT: False}),
    ],
)
def test_server_killed_at_the_commit(faults, service, is_failed_at):
    for moment in islice(cycle(is_failed_at), TIMES):

        def plan(opened, step, kill, moment=moment):
            if step == Step.AUDITED:
                at_commit(opened.lake.catalog, moment, kill)

        assert faults.build_killing(service, plan) == is_failed_at[moment]


def test_build_killed(faults):
    for moment in islice(cycle(MOMENTS), max(TIMES, len(MOMENTS))):
        version = faults.land()
        assert run(build_and_die, faults.mesh, str(moment)) == -signal.SIGKILL
        faults.settle(version, is_published=moment in IS_PUBLISHED)


def test_both_engines_racing(faults):
    mesh = faults.mesh
    for _ in range(RACES):
        version = faults.land()
        faults.published.append(version)
        racers = [(build, mesh.on(engine), True) for engine in ("duckdb", "trino")]
        assert at_once(*racers) == [0, 0]
        assert published_version(mesh) == version
    assert set(kept_versions(mesh)) <= set(faults.published)
    assert set(faults.seen) <= {OUTAGE, *faults.published}
    history = mesh.workspace.lake.history(("shop", "orders"))
    assert {snapshot.properties["engine"] for snapshot in history[: 2 * RACES]} == {"duckdb", "trino"}


def assert_clean_removes_the_rest(mesh: ServerMesh) -> None:
    lake = mesh.workspace.lake
    before = published_version(mesh)
    clean_lake(lake, {"shop.orders": 0.0}, grace_seconds=0)
    assert lake.identifiers() == [("mesh", "quality_results"), ("shop", "orders")]
    table = lake.table(("shop", "orders"))
    assert set(table.metadata.refs) == {"main"}
    assert len(table.snapshots()) == 1
    store = lake.settings.store_of("s3://warehouse")
    left = {file.path for file in store.files("s3://warehouse/shop")}
    assert {path for path in left if "/data/" in path} == set(lake.files(lake.head(("shop", "orders"))))
    assert not store.files("s3://warehouse/_answers")
    assert published_version(mesh) == before
    assert clean_lake(lake, {"shop.orders": 0.0}, grace_seconds=0).files == 0
