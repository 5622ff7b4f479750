"""What is left beside the lake: model versions half written, and what DuckDB had spilled."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from meshlake.models.store import model_store

if TYPE_CHECKING:
    from meshlake.settings import Settings


def remove_leftovers(settings: Settings, grace_seconds: float) -> int:
    """Remove them unless younger than `grace_seconds`, as a running build may need those; gives how many."""
    limit = time.time() - grace_seconds
    outdated = [path for path in settings.scratch.glob("*") if path.stat().st_mtime <= limit]
    for path in outdated:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return len(outdated) + model_store(settings).remove_unfinished(grace_seconds)
