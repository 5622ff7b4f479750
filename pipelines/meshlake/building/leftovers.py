"""What is left beside the lake: model versions half written or long replaced, and what DuckDB had spilled."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from meshlake.models.store import VERSION_PROPERTY, model_store
from meshlake.transforms.model import model_of

if TYPE_CHECKING:
    from meshlake.products.product import Product
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
    return len(outdated) + model_store(settings).remove_unfinished(grace_seconds)


def expire_versions(mesh: Workspace) -> int:
    """Remove the model versions past what their `model.yaml` keeps; gives how many.

    Those stay that scored a snapshot that is kept, so that it can be made again, and that somebody chose to score.
    """
    return sum(_expire(mesh, product) for product in mesh.products.products.values())


def _expire(mesh: Workspace, product: Product) -> int:
    if (model := model_of(product)) is None:
        return 0
    store, name = model_store(mesh.settings), product.name
    if not (replaced := store.names(name)[: -model.document.policy.keep_versions]):
        return 0
    snapshots = mesh.lake.history((name.domain, name.product))
    kept = {s.properties.get(VERSION_PROPERTY) for s in snapshots} | {
        s.pin.version for s in snapshots if s.pin
    }
    expired = [version for version in replaced if version not in kept]
    for version in expired:
        store.remove(name, version)
    return len(expired)
