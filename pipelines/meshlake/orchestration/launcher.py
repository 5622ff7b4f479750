"""Dagster's own way to launch runs, that also notices when the process of a run is gone.

One run goes at a time, so a run that is under way for ever, as one is whose machine lost its power, would keep every
later one waiting. The daemon's run monitoring asks this launcher, and ends such a run as failed.
"""

from __future__ import annotations

import os
import socket

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus

from meshlake.services.process import start_ticks

_PROCESS_TAG = "meshlake/process"
_PROCESS_KEY = "pid"  # in the event that Dagster writes when the process of a run begins
_GONE = CheckRunHealthResult(WorkerStatus.NOT_FOUND, "the run's process is gone")
_RUNNING = CheckRunHealthResult(WorkerStatus.RUNNING)


def own_process_tags() -> dict[str, str]:
    """The tags of a run in this very process; whoever began it by hand repeats it, not the daemon."""
    return {
        _PROCESS_TAG: f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())}",
        "dagster/max_retries": "0",
    }


class WatchingRunLauncher(dg.DefaultRunLauncher):
    """`DefaultRunLauncher` that answers whether a run is still worked on; named in `dagster.yaml`."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Makes the daemon ask."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the process of `run` is there; taken to be when it is on another machine."""
        process = run.tags.get(_PROCESS_TAG)
        # A run that is launched again from Dagster's pages has the tags of the first, and a process of its own.
        if process and run.parent_run_id is None:
            host, process_id, started = process.split()
            is_here = host == socket.gethostname()
            return _GONE if is_here and _started(int(process_id)) != started else _RUNNING
        # A code server watches the runs it began itself, and stays until they have ended.
        client = self._get_grpc_client_for_termination(run.run_id)  # type: ignore[no-untyped-call]
        if client is None:
            return _RUNNING
        try:
            client.ping("")
        except DagsterUserCodeUnreachableError:
            return _GONE
        # It stops watching when Dagster's database does not answer at the moment that a run's process ends.
        return _GONE if client.socket and self._has_process_ended(run) else _RUNNING

    def _has_process_ended(self, run: dg.DagsterRun) -> bool:
        """Whether the process that told, at its start, to work on `run` is gone from this machine."""
        events = self._instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
        told = (each.get_dagster_event().engine_event_data.metadata.get(_PROCESS_KEY) for each in events)
        process_ids = [int(str(value.value)) for value in told if value is not None]
        return bool(process_ids) and start_ticks(process_ids[-1]) is None


def _started(process_id: int) -> str:
    """When a process started, in clock ticks since the machine did, as ids are used again; `None` when it has ended."""
    return str(start_ticks(process_id))
