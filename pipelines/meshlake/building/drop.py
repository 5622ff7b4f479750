"""A product dropped: what is published of it goes out of sight; `mesh clean` ends its history."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from meshlake.building.failed import never_published
from meshlake.building.upkeep import history
from meshlake.building.views import refresh_views
from meshlake.errors import UsageError
from meshlake.lake.dropping import bring_back, drop, dropped
from meshlake.query.questions import readable_questions

if TYPE_CHECKING:
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.workspace import Workspace


@dataclass(frozen=True)
class Dropped:
    """What was dropped.

    Args:
        product: its name.
        rows: how many were published.
        snapshots: how many versions `mesh clean` will remove.
        folder: where it is described still, so that a build publishes it anew; None where nothing is.
        readers: the products that read it, which cannot be built any more.
        questions: the questions that read it.
    """

    product: str
    rows: int
    snapshots: int
    folder: str | None
    readers: tuple[str, ...]
    questions: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


def to_drop(mesh: Workspace, name: ProductName, *, is_breaking: bool) -> Dropped:
    """What dropping `name` would do.

    Raises:
        UsageError: it was never published; or others read it, unless that `is_breaking`.
    """
    head = next((each for each in history(mesh, name) if each.is_current), None)
    if head is None:
        raise never_published(mesh.settings, name)
    known = mesh.products.products
    readers = tuple(sorted(str(n) for n, other in known.items() if name in other.reads and n != name))
    questions = readable_questions(mesh.settings.questions)
    asking = tuple(q.name for q in questions if name in q.query.products)
    if readers and not is_breaking:
        raise UsageError(
            f"{', '.join(readers)} read{'s' if len(readers) == 1 else ''} {name}",
            f"Drop or change what reads it first, or go on all the same: mesh drop {name} --breaking",
        )
    folder = mesh.settings.products / name.domain / name.product
    versions = len(history(mesh, name))
    return Dropped(
        str(name), head.row_count, versions, str(folder) if folder.is_dir() else None, readers, asking
    )


def drop_product(mesh: Workspace, name: ProductName, *, is_breaking: bool) -> Dropped:
    """Take what is published of `name` out of sight.

    Raises:
        UsageError: as in `to_drop`.
        ConflictError: somebody else dropped it at the same moment.
    """
    found = to_drop(mesh, name, is_breaking=is_breaking)
    drop(mesh.lake, name)
    refresh_views(mesh)
    return found


def restore_product(mesh: Workspace, name: ProductName) -> Snapshot:
    """Bring back what was published of `name` when it was dropped last.

    Raises:
        UsageError: it was not dropped, or a clean-up has taken it, or it is published anew.
    """
    if mesh.lake.head((name.domain, name.product)) is not None:
        raise UsageError(f"{name} is published", "There is nothing to bring back.")
    if not dropped(mesh.lake, name):
        raise UsageError(
            f"{name} was not dropped, or `mesh clean` has taken it since", "Build it: mesh build"
        )
    bring_back(mesh.lake, name)
    refresh_views(mesh)
    restored = mesh.lake.head((name.domain, name.product))
    if restored is None:
        raise never_published(mesh.settings, name)
    return restored
