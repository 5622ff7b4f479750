"""Outages of a server: a run that one broke is launched again by the daemon, and waits until every server answers.

Only runs of Dagster's daemon and pages: `mesh build` fails at once, and whoever began it repeats it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dagster._core.definitions.definitions_load_context import DefinitionsLoadContext, DefinitionsLoadType
from dagster._core.errors import raise_execution_interrupts

from meshlake.errors import DeniedError, ServiceError, StorageError, SystemFailure
from meshlake.workspace import open_workspace

if TYPE_CHECKING:
    import dagster as dg

    from meshlake.errors import MeshError
    from meshlake.settings import Settings
    from meshlake.workspace import Workspace

# Below `start_timeout_seconds` of dagster.yaml, after which the daemon gives a run up that has not begun.
_PATIENCE_SECONDS = 840
_POLL_SECONDS = 5
_RETRY_TAG = {"dagster/retry_on_asset_or_op_failure": "true"}


def open_workspace_in_time(settings: Settings | None = None) -> Workspace:
    """The mesh of `settings`, else of the working folder; in the process of a run, once every server answers.

    Dagster loads the definitions in each run's process before the run begins.

    Raises:
        UsageError: settings or the folder of products cannot be read.
        ServiceError: a server cannot be used, in a run for longer than `_PATIENCE_SECONDS`.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    is_of_run = DefinitionsLoadContext.get().load_type is DefinitionsLoadType.RECONSTRUCTION
    while True:
        try:
            return open_workspace(settings)
        except ServiceError:
            if not is_of_run or time.monotonic() > deadline:
                raise
        with raise_execution_interrupts():
            time.sleep(_POLL_SECONDS)


def retry_after_outage(context: dg.OpExecutionContext | dg.AssetExecutionContext, error: MeshError) -> None:
    """Let the daemon launch the run again, once it has failed, where `error` is the machine's or a server's failure.

    Anything else, such as a failed check or a key that a server refuses, would only fail again.
    """
    if isinstance(error, ServiceError | SystemFailure | StorageError) and not isinstance(error, DeniedError):
        context.instance.add_run_tags(context.run.run_id, _RETRY_TAG)
