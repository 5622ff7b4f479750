"""Remove what failed, killed or outdated builds left in the lake: stages, branches, snapshots, orphan files."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from meshlake.lake.draft import AUDIT_PREFIX
from meshlake.lake.dropping import dropped_seconds
from meshlake.lake.stage import ANSWERS, STAGE_MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyiceberg.table import Table

    from meshlake.lake.catalog import Lake

# Files younger than this may belong to a build that is still running.
GRACE_SECONDS = 3600.0


@dataclass
class Removed:
    """What a clean-up took away."""

    stages: int = 0
    dropped: int = 0
    branches: int = 0
    snapshots: int = 0
    files: int = 0
    size_bytes: int = 0

    def as_dict(self) -> dict[str, int]:
        """As JSON-able facts."""
        return asdict(self)


def clean_lake(
    lake: Lake,
    retention_seconds: Mapping[str, float | None],
    *,
    keep_audits: bool = False,
    grace_seconds: float = GRACE_SECONDS,
) -> Removed:
    """Drop stages and audit branches, expire snapshots past the contract's retention, delete files nothing refers to.

    What was dropped goes with all its history, unless less than `grace_seconds` ago.

    Retention counts from when a snapshot was replaced. What is younger than `grace_seconds`, or was replaced less than
    that ago, is left alone: a running build or query may need it. The current snapshot always stays.
    """
    removed = Removed()
    identifiers = lake.identifiers()
    stages = [identifier for identifier in identifiers if STAGE_MARK in identifier[1]]
    for stage in stages:
        _drop_stage(lake, stage, grace_seconds, removed)
    places = _forget_dropped(lake, identifiers, grace_seconds, removed)
    for identifier in (each for each in lake.identifiers() if each not in stages):
        if dropped_seconds(identifier) is not None:
            continue
        table = lake.catalog.load_table(identifier)
        if not keep_audits:
            table = _drop_audits(lake, table, identifier, grace_seconds, removed)
        retention = retention_seconds.get(".".join(identifier))
        _expire(lake, table, identifier, retention, grace_seconds, removed)
    _delete_orphans(lake, places, grace_seconds, removed)
    _delete(lake, f"{lake.settings.warehouse}/{ANSWERS}", set(), grace_seconds, removed)
    return removed


def _forget_dropped(
    lake: Lake, identifiers: Sequence[tuple[str, str]], grace_seconds: float, removed: Removed
) -> set[str]:
    """Take what was dropped out of the catalog; gives where its files are, which another table may share by now."""
    places = set()
    for identifier in identifiers:
        moment = dropped_seconds(identifier)
        if moment is not None and moment <= time.time() - grace_seconds:
            places.add(lake.path(lake.catalog.load_table(identifier).location()))
            lake.catalog.drop_table(identifier)
            removed.dropped += 1
    return places


def _drop_stage(lake: Lake, identifier: tuple[str, str], grace_seconds: float, removed: Removed) -> None:
    """Take a stage out of the catalog. Its files may be a product's by now: as orphans they go if they are not."""
    try:
        changed_ms = lake.catalog.load_table(identifier).metadata.last_updated_ms
    except FileNotFoundError:  # cleaned as an orphan, by another
        changed_ms = 0
    if changed_ms <= (time.time() - grace_seconds) * 1000:
        lake.catalog.drop_table(identifier)
        removed.stages += 1


def _drop_audits(
    lake: Lake, table: Table, identifier: tuple[str, str], grace_seconds: float, removed: Removed
) -> Table:
    limit_ms = (time.time() - grace_seconds) * 1000
    for name, ref in list(table.metadata.refs.items()):
        snapshot = table.snapshot_by_id(ref.snapshot_id)
        if name.startswith(AUDIT_PREFIX) and snapshot is not None and snapshot.timestamp_ms <= limit_ms:
            table.manage_snapshots().remove_branch(name).commit()
            table = lake.catalog.load_table(identifier)
            removed.branches += 1
    return table


def _expire(
    lake: Lake,
    table: Table,
    identifier: tuple[str, str],
    retention: float | None,
    grace_seconds: float,
    removed: Removed,
) -> Table:
    replaced_ms = _replaced_ms(table)
    referred = {ref.snapshot_id for ref in table.metadata.refs.values()}
    now_ms = time.time() * 1000
    outdated = []
    for snapshot in table.snapshots():
        is_published = snapshot.snapshot_id in replaced_ms
        age_seconds = (now_ms - replaced_ms.get(snapshot.snapshot_id, snapshot.timestamp_ms)) / 1000
        limit = retention if is_published else grace_seconds
        if snapshot.snapshot_id in referred or limit is None:
            continue
        if age_seconds >= max(limit, grace_seconds):
            outdated.append(snapshot.snapshot_id)
    if outdated:
        table.maintenance.expire_snapshots().by_ids(outdated).commit()
        removed.snapshots += len(outdated)
        return lake.catalog.load_table(identifier)
    return table


def _replaced_ms(table: Table) -> dict[int, int]:
    """When `main` last left each snapshot that it once stood at; the current one is there too, and not yet left."""
    log = table.metadata.snapshot_log
    left = [after.timestamp_ms for after in log[1:]] + [log[-1].timestamp_ms] if log else []
    return {entry.snapshot_id: moment for entry, moment in zip(log, left, strict=True)}


def _delete_orphans(lake: Lake, gone: Iterable[str], grace_seconds: float, removed: Removed) -> None:
    """In the places of all tables, and those of tables that are `gone`: of one place no table's files are orphans."""
    referred: dict[str, set[str]] = {place: set() for place in gone}
    for identifier in lake.identifiers():
        if STAGE_MARK not in identifier[1]:
            table = lake.catalog.load_table(identifier)
            place = lake.path(table.location())
            referred.setdefault(place, set()).update(map(lake.path, _referred_files(table)))
    for place, files in referred.items():
        _delete(lake, place, files, grace_seconds, removed)
        store = lake.settings.store_of(place)
        store.remove_empty_folders(f"{place}/data", time.time() - grace_seconds)


def _delete(lake: Lake, place: str, referred: set[str], grace_seconds: float, removed: Removed) -> None:
    """Delete the files below `place` that are not `referred` to."""
    store = lake.settings.store_of(place)
    limit_seconds = time.time() - grace_seconds
    orphans = [
        file
        for file in store.files(place)
        if file.path not in referred and file.modified_seconds <= limit_seconds
    ]
    store.remove([file.path for file in orphans])
    removed.files += len(orphans)
    removed.size_bytes += sum(file.size_bytes for file in orphans)


def _referred_files(table: Table) -> Iterator[str]:
    yield table.metadata_location
    for earlier in table.metadata.metadata_log:
        yield earlier.metadata_file
    for snapshot in table.snapshots():
        yield snapshot.manifest_list
        for manifest in snapshot.manifests(table.io):
            yield manifest.manifest_path
            for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
                yield entry.data_file.file_path
