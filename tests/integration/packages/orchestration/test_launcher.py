"""A run counts as under way only while its process is there."""

from __future__ import annotations

import json
import subprocess
import sys

import dagster as dg
import pytest

from meshlake.orchestration.history import instance
from meshlake.orchestration.launcher import own_process_tags

ENDED = json.dumps({"host": "localhost", "socket": "/nowhere/ended"})  # a code server


@pytest.fixture
def health(mesh, monkeypatch):
    """What the launcher of a mesh's own instance says of a run with these tags."""
    monkeypatch.delenv("DAGSTER_HOME", raising=False)

    def ask(tags, **facts):
        run = dg.DagsterRun(job_name="build", status=dg.DagsterRunStatus.STARTED, tags=tags, **facts)
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


def test_a_run_that_is_launched_again_is_not_the_process_of_the_first(health):
    again = {"root_run_id": "first", "parent_run_id": "first"}
    assert health({"meshlake/process": "elsewhere.example.com 1 1"}, **again) == "RUNNING"
    assert health(own_process_tags() | {".dagster/grpc_info": ENDED}, **again) == "NOT_FOUND"


def test_of_a_process_on_another_machine_nothing_is_known(health):
    assert health({"meshlake/process": "elsewhere.example.com 1 1"}) == "RUNNING"


def test_a_run_whose_code_server_ended_is_gone(health):
    assert health({".dagster/grpc_info": ENDED}) == "NOT_FOUND"


def test_a_run_that_says_nothing_of_its_process_is_left_alone(health):
    assert health({}) == "RUNNING"
