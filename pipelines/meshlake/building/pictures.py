"""Where the pictures of what is published of a product are, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.models.scoring import VERSION_PROPERTY
from meshlake.models.store import model_store

if TYPE_CHECKING:
    from meshlake.lake.snapshot import Snapshot
    from meshlake.models.store import ModelVersion
    from meshlake.names import ProductName
    from meshlake.workspace import Workspace


def picture_files(mesh: Workspace, name: ProductName, head: Snapshot | None) -> tuple[str, ...]:
    """The full paths of the pictures of the model version that made `head`."""
    version = scoring_version(mesh, name, head)
    return version.pictures if version else ()


def scoring_version(mesh: Workspace, name: ProductName, head: Snapshot | None) -> ModelVersion | None:
    """The model version whose scores `head` holds, if a model made them."""
    version = head.properties.get(VERSION_PROPERTY) if head else None
    return model_store(mesh.settings).load(name, version) if version else None
