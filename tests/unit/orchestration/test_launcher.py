"""A run counts as under way only while its process is there."""

from __future__ import annotations

import json
import subprocess
import sys

import dagster as dg
import pytest

from meshlake.orchestration.history import instance
from meshlake.orchestration.launcher import own_process_tags


@pytest.fixture
def health(mesh, monkeypatch):
    """What the launcher of a mesh's own instance says of a run with these tags."""
    monkeypatch.delenv("DAGSTER_HOME", raising=False)

    def ask(tags):
        run = dg.DagsterRun(job_name="build", status=dg.DagsterRunStatus.STARTED, tags=tags)
        with instance(mesh.settings) as found:
            found.add_run(run)
            return found.run_launcher.check_run_worker_health(run).status.value

    return ask


def test_a_run_of_a_living_process_is_under_way(health):
    assert health(own_process_tags()) == "RUNNING"


def test_a_run_whose_process_ended_is_gone(health):
    program = "import json; from meshlake.orchestration.launcher import own_process_tags as t; print(json.dumps(t()))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert health(json.loads(ended.stdout)) == "NOT_FOUND"


def test_of_a_process_on_another_machine_nothing_is_known(health):
    assert health({"meshlake/process": "elsewhere.example.com 1 1"}) == "RUNNING"


def test_a_run_whose_code_server_ended_is_gone(health, tmp_path):
    server = json.dumps({"host": "localhost", "socket": str(tmp_path / "ended")})
    assert health({".dagster/grpc_info": server}) == "NOT_FOUND"


def test_a_run_that_says_nothing_of_its_process_is_left_alone(health):
    assert health({}) == "RUNNING"
