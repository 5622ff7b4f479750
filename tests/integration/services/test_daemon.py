"""`mesh ui` on the servers, Trino building: its daemon sees files land, builds what reads them, retrains a model."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
import yaml
from tests.ui.runs import launcher
from tests.ui.server import STOP_SECONDS, has_session_ended, listening_addresses, served

from meshlake.models.store import model_store
from meshlake.names import ProductName
from meshlake.orchestration.reporting import LogReporter
from meshlake.orchestration.run import run_build
from meshlake.workspace import open_workspace
from support.server_mesh import ServerMesh

# The first test also starts the servers and the pages, before its own waits, each of which may last `PATIENCE_SECONDS`.
pytestmark = [pytest.mark.services, pytest.mark.timeout(1500)]

# Runs are launched one after the other beside other tests' meshes on two cores: of a whole suite one took 300 s to be.
PATIENCE_SECONDS = 600
OFTEN = {"MESH_WATCH_SECONDS": "5"}
KEY = {"logicalType": "string", "primaryKey": True, "required": True}
PREDICTIONS = {
    "customer_id": KEY,
    "churn_probability": "number",
    "is_predicted_churn": "boolean",
    "model_version": "string",
}
MODEL = {
    "task": "churn",
    "features": "SELECT customer_id, usage, is_churned FROM watch.people",
    "key": "customer_id",
    "label": "is_churned",
    "policy": {
        "candidates": ["logistic_regression"],
        "folds": 2,
        "seed": 7,
        "retrain_cron": "* * * * *",
    },
}
RUNS = "{runsOrError{... on Runs{results{runId status tags{key value}}}}}"


def land_people(mesh, prefix: str, count: int, *, is_turned: bool = False) -> None:
    """Customers in a file of their own: those of little usage left, or of much, all but every seventh."""
    used = ((n, n * 37 % 100) for n in range(count))
    left = [(n, u, (u >= 70 if is_turned else u < 30) != (n % 7 == 0)) for n, u in used]
    rows = [f"{prefix}{n},{usage},{str(has_left).lower()}" for n, usage, has_left in left]
    mesh.replace(f"watch/people/{prefix}.csv", "\n".join(["customer_id,usage,is_churned", *rows]))


def model_versions(mesh) -> list[str]:
    store = model_store(mesh.settings)
    return [version.version for version in store.versions(ProductName("watch", "predictions"))]


def predicted_by(mesh) -> set[str]:
    """The model version of the rows that are published."""
    return {row["model_version"] for row in mesh.rows("watch.predictions")}


@pytest.fixture(scope="module")
def mesh(tmp_path_factory, endpoints):
    """A source, what counts it and what predicts from it, built once by hand."""
    mesh = ServerMesh(tmp_path_factory.mktemp("daemon") / "mesh", endpoints, "trino")
    mesh.product("watch.people", {"customer_id": KEY, "usage": "number", "is_churned": "boolean"})
    mesh.product(
        "watch.size",
        {"customers": "integer"},
        {"transform.sql": "SELECT count(*) AS customers FROM watch.people"},
    )
    mesh.product("watch.predictions", PREDICTIONS, {"model.yaml": yaml.safe_dump(MODEL)})
    land_people(mesh, "a", 200)
    outcome = run_build(open_workspace(mesh.settings), [], is_forced=False, reporter=LogReporter())
    assert outcome.is_complete, outcome.failures
    return mesh


@pytest.fixture(scope="module")
def ui(mesh, tmp_path_factory):
    with served(mesh.environment | OFTEN, tmp_path_factory.mktemp("ui")) as running:
        yield running


def succeeded(ui) -> set[str]:
    """Which sensors and schedules have launched a run that succeeded."""
    runs = ui.query(RUNS)["runsOrError"]["results"]
    return {launcher(run) for run in runs if run["status"] == "SUCCESS"}


def wait_for(is_so, ui) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, ui.query(RUNS)
        time.sleep(1)


def test_files_that_land_in_the_bucket_are_built_and_all_that_reads_them(mesh, ui):
    land_people(mesh, "b", 100)
    wait_for(lambda: mesh.rows("watch.size") == [{"customers": 300}], ui)
    wait_for(lambda: len(mesh.rows("watch.predictions")) == 300, ui)
    wait_for(lambda: {"new_files", "rebuild_what_changed"} <= succeeded(ui), ui)


def test_the_schedule_trains_anew_and_what_it_trained_predicts(mesh, ui):
    before = set(model_versions(mesh))
    land_people(mesh, "c", 1_000, is_turned=True)
    wait_for(lambda: predicted_by(mesh) - before, ui)
    assert predicted_by(mesh) <= set(model_versions(mesh))
    wait_for(lambda: "retrain__watch__predictions" in succeeded(ui), ui)


def test_its_history_is_in_postgresql_alone_and_shows_nobody_the_password(mesh, ui, endpoints):
    assert not list((mesh.home / "dagster").rglob("*.db"))
    commands = [Path(f"/proc/{each}/cmdline").read_bytes().decode() for each in ui.processes()]
    assert any("DAGSTER_STORAGE" in command for command in commands)
    for secret in (endpoints.postgres_password, endpoints.s3_secret_key):
        assert not any(secret in command for command in commands)


def test_it_listens_on_loopback_alone_and_ends_whole(ui):
    assert {address for address, _ in listening_addresses(ui.processes())} <= {"127.0.0.1", "::1"}
    os.kill(ui.process_id, signal.SIGINT)
    assert has_session_ended(ui.process_id, STOP_SECONDS)
