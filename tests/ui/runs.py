"""Runs as Dagster keeps them: who launched each, and when all have ended."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.ui.server import Ui

A_PERSON = "a person"
SETTLE_SECONDS = 180
_POLL_SECONDS = 0.5
_RUNS = """{runsOrError{... on Runs{results{runId status startTime endTime tags{key value}}}}}"""
_UNDER_WAY = {"QUEUED", "NOT_STARTED", "STARTING", "STARTED", "MANAGED", "CANCELING"}


def settled_runs(ui: Ui, launchers: set[str]) -> list[dict[str, Any]]:
    """All runs, once each of `launchers` (sensors, or a person) has had one and none is under way.

    Raises:
        AssertionError: that does not come within `SETTLE_SECONDS`.
    """
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        runs: list[dict[str, Any]] = ui.query(_RUNS)["runsOrError"]["results"]
        is_settled = not any(run["status"] in _UNDER_WAY for run in runs)
        if is_settled and launchers <= {launcher(run) for run in runs}:
            return runs
        assert time.monotonic() < deadline, runs
        time.sleep(_POLL_SECONDS)


def launcher(run: dict[str, Any]) -> str:
    """The sensor or schedule that launched `run`, or a person."""
    tags = {tag["key"]: tag["value"] for tag in run["tags"]}
    return str(tags.get("dagster/sensor_name") or tags.get("dagster/schedule_name") or A_PERSON)
