"""What is left beside the lake: model versions half written, what DuckDB had spilled, datasets that are gone."""

from __future__ import annotations

import shutil
import time
from contextlib import closing
from typing import TYPE_CHECKING

from meshlake.models.store import ModelStore

if TYPE_CHECKING:
    from meshlake.settings import Settings
    from meshlake.workspace import Workspace


def remove_leftovers(settings: Settings, grace_seconds: float) -> int:
    """Remove them unless younger than `grace_seconds`, as a running build may need those; gives how many."""
    limit = time.time() - grace_seconds
    outdated = [path for path in settings.scratch.glob("*") if path.stat().st_mtime <= limit]
    for path in outdated:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return len(outdated) + ModelStore(settings.models, settings.s3).remove_unfinished(grace_seconds)


def forget_gone_datasets(mesh: Workspace, grace_seconds: float) -> int:
    """Let Trino, where it is the engine, forget landed datasets that are gone; gives how many.

    Raises:
        MeshError: Trino or the object store fails.
    """
    if mesh.settings.engine != "trino":
        return 0
    from meshlake.engines.trino.connection import connect
    from meshlake.engines.trino.landing_gone import forget_gone

    with closing(connect(mesh.settings.trino)) as trino:
        return forget_gone(trino, mesh.landing, mesh.settings, grace_seconds)
