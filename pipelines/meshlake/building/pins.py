"""Which version of a model scores, chosen by hand: pinned, promoted, the champion before, and let go again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from meshlake.building.upkeep import history
from meshlake.building.views import refresh_views
from meshlake.errors import UsageError
from meshlake.lake.draft import pin
from meshlake.models.identity import definition_sha256
from meshlake.models.store import VERSION_PROPERTY
from meshlake.products.pin import Pin
from meshlake.transforms.model import model_of

if TYPE_CHECKING:
    from meshlake.lake.snapshot import Snapshot
    from meshlake.models.store import ModelVersion
    from meshlake.names import ProductName
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace


def pin_version(mesh: Workspace, name: ProductName, version: ModelVersion, why: str = "") -> Pin:
    """Have `version` score `name` from its next build on, whatever challengers measure, until it is unpinned.

    Of a product that is held that is the first build after its release.

    Raises:
        UsageError: nothing of `name` is published.
        ConflictError: others kept committing to its table.
    """
    _head(mesh, name)
    return _say(mesh, name, Pin(version.version, _now(), why))


def promote_version(mesh: Workspace, product: Product, version: ModelVersion, why: str = "") -> Pin:
    """Have `version` score the product in its next build, as if it had won: a later challenger may take its place.

    Raises:
        UsageError: it scores already, was made by another `model.yaml`, or as `pin_version`.
        ConflictError: others kept committing to its table.
    """
    head, name = _head(mesh, product.name), product.name
    if head.properties.get(VERSION_PROPERTY) == version.version:
        raise UsageError(f"version {version.version} of {name} is the champion already")
    model = model_of(product)
    if model and version.record["definition_sha256"] != definition_sha256(model.content):
        raise UsageError(
            f"version {version.version} of {name} was asked for by another model.yaml than there is now",
            f"The next build would train anew at once. Keep it all the same: mesh model pin {name} {version.version}",
        )
    return _say(mesh, name, Pin(version.version, _now(), why, head.rows_id))


def version_before(mesh: Workspace, name: ProductName) -> str:
    """The champion before the one that scores what is published.

    Raises:
        UsageError: there was none, or no snapshot tells of it any more.
    """
    now, *earlier = (s.properties.get(VERSION_PROPERTY) for s in history(mesh, name))
    found = next((version for version in earlier if version not in (None, now)), None)
    if found is None:
        raise UsageError(
            f"no champion before {now or 'this'} is known of {name}", f"Name one of: mesh model list {name}"
        )
    return found


def unpin_version(mesh: Workspace, name: ProductName) -> Pin:
    """Let comparisons decide again which version scores; gives the pin that ends.

    Raises:
        UsageError: no version of it is pinned.
        ConflictError: others kept committing to its table.
    """
    head = _head(mesh, name)
    if head.pin is None:
        raise UsageError(f"no version of {name} is pinned", f"See `mesh model list {name}`.")
    pin(mesh.lake, (name.domain, name.product), None)
    refresh_views(mesh)
    return head.pin


def _head(mesh: Workspace, name: ProductName) -> Snapshot:
    return next(snapshot for snapshot in history(mesh, name) if snapshot.is_current)


def _say(mesh: Workspace, name: ProductName, said: Pin) -> Pin:
    pin(mesh.lake, (name.domain, name.product), said)
    refresh_views(mesh)
    return said


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
