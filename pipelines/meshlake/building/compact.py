"""Fewer and larger files for the same rows: what many small builds left is rewritten, audited by count, and published.

Nothing is built: the new snapshot says whose rows it holds, so that nothing that reads the product is built anew.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from meshlake.column import Column
from meshlake.engines.engine import open_local
from meshlake.errors import BuildError, ConflictError
from meshlake.lake.draft import Draft
from meshlake.lake.snapshot import ROWS_OF, data_files
from meshlake.lake.stage import STAGE_MARK
from meshlake.names import quote_identifier
from meshlake.partitions import Partitions
from meshlake.types.iceberg import from_iceberg

if TYPE_CHECKING:
    from pyiceberg.manifest import DataFile
    from pyiceberg.table import Table

    from meshlake.lake.snapshot import Snapshot
    from meshlake.workspace import Workspace

# Fewer files cost a reader little more than one; one file of this size is as good as any larger.
_MANY_FILES = 8
_SMALL_BYTES = 32 * 2**20
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class _Small:
    """Small files that lie in the same places: those of `partitions`, or of the whole table."""

    files: list[DataFile]
    partitions: Partitions | None


def compact_lake(mesh: Workspace) -> int:
    """Rewrite the small files of each table of the mesh where there are many; gives the number of files saved.

    A table that somebody else publishes meanwhile is left for the next time.
    """
    saved = 0
    for identifier in mesh.lake.identifiers():
        table, head = mesh.lake.table(identifier), mesh.lake.head(identifier)
        small = _small_files(table, head) if table and head and STAGE_MARK not in identifier[1] else None
        if table is None or head is None or small is None:
            continue
        try:
            saved += _rewrite(mesh, table, head, small)
        except ConflictError:
            continue
    return saved


def _small_files(table: Table, head: Snapshot) -> _Small | None:
    """The files to rewrite; `None` when there is little to gain."""
    files = data_files(table, head.snapshot_id)
    column = _partition_column(table)
    if column is None:
        is_worth_it = len(files) >= _MANY_FILES and all(f.file_size_in_bytes < _SMALL_BYTES for f in files)
        return _Small(files, None) if is_worth_it else None
    by_day: dict[int, list[DataFile]] = defaultdict(list)
    for file in files:
        if file.file_size_in_bytes < _SMALL_BYTES:
            by_day[file.partition[0]].append(file)
    many = {day: found for day, found in by_day.items() if len(found) >= _MANY_FILES}
    if not many:
        return None
    days = frozenset(_EPOCH + timedelta(days=day) for day in many)
    partitions = Partitions(column, days)
    return _Small(data_files(table, head.snapshot_id, partitions), partitions)


def _rewrite(mesh: Workspace, table: Table, head: Snapshot, small: _Small) -> int:
    run = uuid.uuid4().hex[:12]
    draft = Draft(mesh.lake, head.identifier, _columns(table, head), run)
    if draft.base_id != head.snapshot_id:
        raise ConflictError(f"{'.'.join(head.identifier)}: a build published just now", "Clean again.")
    name = f"{quote_identifier(head.identifier[0])}.{quote_identifier(head.identifier[1])}"
    with open_local(mesh.settings, ".".join(head.identifier)) as session:
        files = mesh.lake.files(head, small.partitions)
        staged = session.stage(session.files_select(files, head.schema), draft)
    row_count = sum(file.record_count for file in small.files)
    if staged.row_count != row_count:
        raise BuildError(
            f"{name}: {row_count} rows became {staged.row_count} when they were rewritten",
            "Nothing was changed.",
        )
    properties = dict(head.properties) | {ROWS_OF: str(head.rows_id)}
    draft.write_branch(staged.files, properties, small.partitions)
    draft.publish()
    return len(small.files) - len(staged.files)


def _columns(table: Table, head: Snapshot) -> list[Column]:
    """The columns as they are published, whatever the contract says by now."""
    by = _partition_column(table)
    columns = [Column(f.name, from_iceberg(f.field_type), f.doc or "") for f in head.schema.fields]
    return [replace(c, partition_position=1) if c.name == by else c for c in columns]


def _partition_column(table: Table) -> str | None:
    return next((table.schema().find_column_name(f.source_id) for f in table.spec().fields), None)
