"""A server that ends while a run of the daemon builds: the run is launched again, and ends once the server answers."""

from __future__ import annotations

import time
from urllib.error import HTTPError

import pytest
from tests.ui.server import served

from meshlake import services
from meshlake.building.build import build_product
from meshlake.names import ProductName
from meshlake.services import Service
from meshlake.services.process import start_ticks
from support.server_mesh import ServerMesh, Servers

pytestmark = [pytest.mark.services, pytest.mark.timeout(2700)]

STORES = (Service.MINIO, Service.POSTGRES)
# What it takes to tell an outage, the daemon's ticks and three runs' start.
PATIENCE_SECONDS = 300
OFTEN = {"MESH_WATCH_SECONDS": "5"}
SLOW = """
import os
import time
from pathlib import Path

INPUTS = {{"people": "SELECT id FROM watch.people"}}


def transform(people):
    Path({begun!r}).write_text(f"{{people.num_rows}} {{os.getpid()}}")
    time.sleep(8)
    return people
"""
RUNS = "{runsOrError{... on Runs{results{runId status tags{key value}}}}}"
ID = {"id": {"logicalType": "integer", "primaryKey": True, "required": True}}


class OutageMesh(ServerMesh):
    """`watch.slow` copies `watch.people`, telling in the file `begun` how many rows, in which process."""

    def __init__(self, root, endpoints) -> None:
        super().__init__(root, endpoints, "duckdb")
        self.begun = root / "begun"
        self.product("watch.people", ID)
        self.product("watch.slow", ID, {"transform.py": SLOW.format(begun=str(self.begun))})
        self.product(
            "watch.few",
            {"count": "integer"},
            {
                "transform.sql": "SELECT count(*) AS count FROM watch.people",
                "checks/few.sql": "SELECT * FROM watch.few WHERE count > 2",
            },
        )

    def land_up_to(self, count: int) -> None:
        self.replace("watch/people/a.csv", "\n".join(["id", *map(str, range(count))]) + "\n")

    def process_building(self, count: int) -> int | None:
        """The id of the process that is about to write so many rows."""
        rows, process_id = map(int, self.begun.read_text().split())
        return process_id if rows == count else None

    def slow_rows(self) -> int:
        return len(self.rows("watch.slow"))


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    home = tmp_path_factory.mktemp("outages")
    services.up(home, which=STORES)
    yield Servers(home)
    services.down(home)


@pytest.fixture(scope="module")
def mesh(servers, tmp_path_factory):
    mesh = OutageMesh(tmp_path_factory.mktemp("watched") / "mesh", services.up(servers.home, which=STORES))
    mesh.land_up_to(1)
    for name in ("people", "slow", "few"):
        build_product(mesh.workspace, ProductName("watch", name))
    return mesh


@pytest.fixture(scope="module")
def ui(mesh, tmp_path_factory):
    with served(mesh.environment | OFTEN, tmp_path_factory.mktemp("ui")) as running:
        yield running


def wait_for(is_so) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(1)


def tags_of_runs(ui, status: str) -> list[dict[str, str]]:
    try:
        runs = ui.query(RUNS)["runsOrError"]["results"]
    except HTTPError:
        return []  # the page's own connections to PostgreSQL were broken
    return [{tag["key"]: tag["value"] for tag in run["tags"]} for run in runs if run["status"] == status]


def retried(ui, status: str) -> list[dict[str, str]]:
    """The tags of runs that the daemon launched again and that have this status by now."""
    return [tags for tags in tags_of_runs(ui, status) if "dagster/retry_number" in tags]


@pytest.mark.parametrize(("service", "count"), [(Service.MINIO, 2), (Service.POSTGRES, 3)])
def test_a_run_that_an_outage_broke_builds_once_the_server_answers(servers, mesh, ui, service, count):
    mesh.land_up_to(count)
    wait_for(lambda: mesh.process_building(count))
    servers.kill(service)
    if service is Service.POSTGRES:
        # Dagster can tell nothing meanwhile.
        wait_for(lambda: start_ticks(mesh.process_building(count)) is None)
    else:
        wait_for(lambda: retried(ui, "STARTING"))
        time.sleep(10)
        # It began while the server was away, and waits.
        assert retried(ui, "STARTING")
    services.up(servers.home, which=STORES)
    wait_for(lambda: mesh.slow_rows() == count)


def test_a_run_that_a_check_failed_is_not_launched_again(ui):
    """Of the two launched again, the second built `watch.slow`, and failed by the check of `watch.few`."""
    wait_for(lambda: len(retried(ui, "SUCCESS") + retried(ui, "FAILURE")) == 2)
    will_retry = [tags["dagster/will_retry"] for tags in tags_of_runs(ui, "FAILURE")]
    assert sorted(will_retry) == ["false", "true", "true"]
