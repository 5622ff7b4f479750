"""Tables for another engine, where no reader looks: a draft's rows before they have a branch, answers on their way to
this process, and one snapshot of a product.

One that is written into has exactly the schema and field ids it is given, so that its files can become a product's as
they lie. Forgetting it leaves its files; which of them are kept is for others to say.
"""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.io import load_file_io
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionSpec
from pyiceberg.serializers import ToOutputFile
from pyiceberg.table.metadata import TableMetadataV2
from pyiceberg.table.refs import MAIN_BRANCH, SnapshotRef, SnapshotRefType
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER

from meshlake.lake.catalog import PLATFORM_MARK, Lake, catalog_properties
from meshlake.lake.evolution import newest_spec_id
from meshlake.lake.snapshot import local_path

if TYPE_CHECKING:
    from pyiceberg.schema import Schema
    from pyiceberg.table import Table
    from pyiceberg.table.metadata import TableMetadata

    from meshlake.lake.snapshot import Snapshot

STAGE_MARK = f"{PLATFORM_MARK}stage_"
# The folder of the warehouse below which the files of answers are.
ANSWERS = "_answers"


class Stage:
    """An Iceberg table of this `metadata`, in the catalog under `identifier` until `forget`.

    Its own files, but for data that others gave it, are at `place`.
    """

    def __init__(self, lake: Lake, identifier: tuple[str, str], metadata: TableMetadata, place: str) -> None:
        self.identifier = identifier
        self.schema = metadata.schema()
        self._place = place
        self._lake = lake
        address = f"{place}/metadata/00000-{uuid.uuid4()}.metadata.json"
        io = load_file_io(catalog_properties(lake.settings), place)
        ToOutputFile.table_metadata(metadata, io.new_output(address))
        lake.make_namespace(identifier[0])
        lake.catalog.register_table(identifier, address)

    @property
    def sql(self) -> str:
        """Its quoted name in the catalog."""
        return ".".join(f'"{part}"' for part in self.identifier)

    def add_files(self, files: tuple[str, ...]) -> None:
        """Let it be read from `files`, which carry its field ids."""
        if files:
            self._load().add_files(list(files))

    def files(self) -> tuple[tuple[str, ...], int]:
        """Its data files and the number of their rows."""
        tasks = list(self._load().scan().plan_files())
        files = tuple(sorted(local_path(task.file.file_path) for task in tasks))
        return files, sum(task.file.record_count for task in tasks)

    def forget(self) -> None:
        """Take it out of the catalog; its files stay."""
        with suppress(NoSuchTableError):
            self._lake.catalog.drop_table(self.identifier)

    def discard(self) -> None:
        """Take it out of the catalog, its files too."""
        self.forget()
        self._lake.settings.store_of(self._place).remove_folder(self._place)

    def _load(self) -> Table:
        return self._lake.catalog.load_table(self.identifier)


def empty_stage(
    lake: Lake,
    identifier: tuple[str, str],
    schema: Schema,
    location: str,
    spec: PartitionSpec = UNPARTITIONED_PARTITION_SPEC,
) -> Stage:
    """A table without rows at `location`."""
    metadata = TableMetadataV2.model_validate(
        {
            "location": location,
            "table-uuid": uuid.uuid4(),
            "last-column-id": schema.highest_field_id,
            "schemas": [schema],
            "current-schema-id": schema.schema_id,
            "partition-specs": [spec],
            "default-spec-id": spec.spec_id,
            "last-partition-id": spec.last_assigned_field_id,
            "sort-orders": [UNSORTED_SORT_ORDER],
            "default-sort-order-id": UNSORTED_SORT_ORDER.order_id,
        }
    )
    return Stage(lake, identifier, metadata, location)


def pinned_stage(lake: Lake, identifier: tuple[str, str], snapshot: Snapshot, place: str) -> Stage:
    """The rows of `snapshot`, for readers that can name only a table: what is published next does not change them."""
    metadata = lake.catalog.load_table(snapshot.identifier).metadata
    kept = [each for each in metadata.snapshots if each.snapshot_id == snapshot.snapshot_id]
    schema_id = snapshot.schema.schema_id
    main = SnapshotRef.model_validate({"snapshot-id": snapshot.snapshot_id, "type": SnapshotRefType.BRANCH})
    pinned = metadata.model_copy(
        update={
            "location": place,
            "table_uuid": uuid.uuid4(),
            "last_updated_ms": int(time.time() * 1000),
            "current_schema_id": schema_id,
            "default_spec_id": newest_spec_id(metadata, schema_id),
            "current_snapshot_id": snapshot.snapshot_id,
            "snapshots": kept,
            "refs": {MAIN_BRANCH: main},
            "snapshot_log": [],
            "metadata_log": [],
            "statistics": [],
            "partition_statistics": [],
        }
    )
    return Stage(lake, identifier, pinned, place)
