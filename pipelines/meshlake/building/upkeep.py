"""Keeping a mesh in order: what a clean-up keeps and takes away, and which snapshot one step back is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from meshlake.building.compact import compact_lake
from meshlake.building.failed import never_published
from meshlake.building.leftovers import expire_versions, remove_leftovers
from meshlake.building.outdated import cause_of
from meshlake.building.performance_columns import MODEL_PERFORMANCE
from meshlake.building.quality import QUALITY_RESULTS
from meshlake.building.views import refresh_views
from meshlake.errors import UsageError
from meshlake.lake.clean import GRACE_SECONDS, Removed, clean_lake
from meshlake.lake.draft import release, rollback
from meshlake.lake.dropping import dropped
from meshlake.lake.hold import Hold

if TYPE_CHECKING:
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.workspace import Workspace


@dataclass(frozen=True)
class Cleaned:
    """What a clean-up did.

    Args:
        removed: what it took away of the lake.
        leftovers: how many model versions half written, and files that engines had spilled, it removed.
        model_versions: how many versions of models, past what is to be kept of them.
        gone_datasets: how many landed datasets that are gone the engine forgot.
        compacted_files: how many fewer small files there are for the same rows.
    """

    removed: Removed
    leftovers: int
    model_versions: int
    gone_datasets: int
    compacted_files: int

    def as_dict(self) -> dict[str, int]:
        """As JSON-able facts."""
        return self.removed.as_dict() | {
            "leftovers": self.leftovers,
            "model_versions": self.model_versions,
            "compacted_files": self.compacted_files,
            "gone_datasets": self.gone_datasets,
        }


def clean_mesh(mesh: Workspace, *, keep_audits: bool = False) -> Cleaned:
    """Remove what failed, killed or outdated builds left, snapshots past the retention of their contracts too.

    Where many small builds left many small files, their rows are put into few. What a running build or query may need
    is left alone. `keep_audits` leaves failed audit branches there to be looked into.
    """
    retention = {
        str(n): p.contract.service_levels.retention_seconds for n, p in mesh.products.products.items()
    }
    # Their rows are kept, and nobody asks how the tables themselves were an hour ago.
    retention |= {".".join(table): 0.0 for table in (QUALITY_RESULTS, MODEL_PERFORMANCE)}
    compacted = compact_lake(mesh)
    removed = clean_lake(mesh.lake, retention, keep_audits=keep_audits)
    leftovers = remove_leftovers(mesh.settings, GRACE_SECONDS)
    gone = mesh.engine.forget_gone(mesh.settings, mesh.landing, GRACE_SECONDS)
    return Cleaned(removed, leftovers, expire_versions(mesh), gone, compacted)


def history(mesh: Workspace, name: ProductName) -> list[Snapshot]:
    """The snapshots of `name` that are kept, newest publication first.

    Raises:
        UsageError: it is no product, or was never published.
    """
    snapshots = mesh.lake.history((name.domain, name.product))
    if not snapshots and dropped(mesh.lake, name):
        raise UsageError(
            f"{name} was dropped",
            f"Bring it back with its history: mesh drop {name} --undo; or build it anew.",
        )
    if not snapshots:
        mesh.products.get(name)
        raise never_published(mesh.settings, name)
    return snapshots


def roll_back(mesh: Workspace, name: ProductName, to: str | None = None) -> Snapshot:
    """Make the snapshot `to` of `name` current again, or the one before the current; gives it.

    Builds leave it there until what caused the version that is left has changed: an input, a day, files that came, or
    the code; any of these where it is not known what did. Or until it is released, which going forth again to what was
    first rolled back from does.

    Raises:
        UsageError: `name` was never published, or has no such snapshot.
        ConflictError: somebody published at the same moment.
    """
    snapshots = history(mesh, name)
    current = next((s.rows_id for s in snapshots if s.is_current), None)
    # One step back is to other rows, not to the same ones in more files.
    steps = [s for s in snapshots if (s.rows_id != current if to is None else str(s.snapshot_id) == to)]
    target = next((s for s in steps if not s.is_current), None)
    if target is None:
        raise UsageError(
            f"{name} has no earlier snapshot{f' {to}' if to else ''}", f"See `mesh history {name}`."
        )
    hold = _hold(mesh, name, next(s for s in snapshots if s.is_current), target)
    restored = rollback(mesh.lake, (name.domain, name.product), target.snapshot_id, hold)
    refresh_views(mesh)
    return restored


def release_product(mesh: Workspace, name: ProductName) -> Snapshot:
    """Let builds make `name` again, which was held where it had been rolled back to; gives what is published.

    Raises:
        UsageError: `name` was never published, or is not held.
    """
    head = next(s for s in history(mesh, name) if s.is_current)
    if head.hold is None:
        raise UsageError(
            f"{name} is not held", "Only what was rolled back is, and not built since: see `mesh list`."
        )
    release(mesh.lake, (name.domain, name.product))
    refresh_views(mesh)
    return replace(head, hold=None)


def _hold(mesh: Workspace, name: ProductName, current: Snapshot, target: Snapshot) -> Hold | None:
    """The hold of a rollback from `current` to `target`; none where that goes forth to where the first one began."""
    before, known, causes = current.hold, tuple[str, ...](), dict[str, tuple[str, ...]]()
    if before is None:
        left, published_at = current.rows_id, current.published_at
    elif before.left == target.rows_id:
        return None
    else:
        left, known = before.left, before.fingerprints
        causes = {part: tuple(states) for part, states in before.causes.items()}
        published_at = datetime.fromisoformat(before.left_published_at)
    found = cause_of(mesh, name, target, current)
    causes |= {part: (*causes.get(part, ()), *states) for part, states in found.parts.items()}
    states = (*known, current.properties.get("fingerprint"), found.fingerprint)
    return Hold.begun(target.rows_id, left, published_at, states, causes)
