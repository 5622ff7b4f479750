"""One version of a table: what Iceberg's metadata says of it, and which files hold its rows."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pyiceberg.expressions import In
from pyiceberg.manifest import ManifestContent

from meshlake.lake.hold import Hold
from meshlake.products.pin import Pin
from meshlake.types.iceberg import from_iceberg

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyiceberg.manifest import DataFile, ManifestFile
    from pyiceberg.schema import Schema
    from pyiceberg.table import Table
    from pyiceberg.table.snapshots import Snapshot as IcebergSnapshot

    from meshlake.partitions import Partitions
    from meshlake.types.tree import Type

SUMMARY_PREFIX = "mesh."
# The property by which a snapshot says that it holds the rows of another, in other files.
ROWS_OF = "rows_of"
# The property by which a snapshot says which of its inputs were held where they had been rolled back to.
HELD_INPUTS = "held_inputs"
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Snapshot:
    """One published version of a product. `properties` are what the build wrote of itself, without the prefix.

    There is a `hold` where readers see it since it was rolled back to, and builds leave it; a `pin` where somebody
    chose which version of its model scores.
    """

    identifier: tuple[str, str]
    snapshot_id: int
    published_at: datetime
    row_count: int
    size_bytes: int
    schema: Schema = field(repr=False)
    properties: Mapping[str, str]
    is_current: bool = True
    hold: Hold | None = None
    pin: Pin | None = None

    @property
    def columns(self) -> tuple[tuple[str, Type, str], ...]:
        """Name, type and description of each column, in order."""
        return tuple((f.name, from_iceberg(f.field_type), f.doc or "") for f in self.schema.fields)

    @property
    def rows_id(self) -> int:
        """The snapshot whose rows these are: itself, unless it only keeps them in other files."""
        return int(self.properties.get(ROWS_OF, self.snapshot_id))

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return {
            "snapshot_id": str(self.snapshot_id),
            "published_at": f"{self.published_at:%Y-%m-%d %H:%M:%S}",
            "is_current": self.is_current,
            "rows": self.row_count,
            "size_bytes": self.size_bytes,
            "model_version": self.properties.get("model_version"),
            "run": self.properties.get("run"),
            "inputs": self.property_json("inputs", {}),
            "held_inputs": self.property_json(HELD_INPUTS, {}),
            "held": self.hold.as_dict() if self.hold else None,
            "pinned": self.pin.in_words if self.pin else None,
        }

    def property_json(self, name: str, default: Any) -> Any:
        """The property `name`, parsed as JSON; `default` when the build did not write it."""
        text = self.properties.get(name)
        return default if text is None else json.loads(text)


def read_snapshot(
    table: Table, snapshot: IcebergSnapshot, *, published_at: datetime | None = None, is_current: bool = True
) -> Snapshot:
    """What Iceberg's metadata says of one snapshot; reads no manifest."""
    summary = dict(snapshot.summary.additional_properties) if snapshot.summary else {}
    schema = table.schemas()[snapshot.schema_id] if snapshot.schema_id is not None else table.schema()
    properties = {
        k.removeprefix(SUMMARY_PREFIX): v for k, v in summary.items() if k.startswith(SUMMARY_PREFIX)
    }
    rows_id = int(properties.get(ROWS_OF, snapshot.snapshot_id))
    return Snapshot(
        identifier=(table.name()[-2], table.name()[-1]),
        snapshot_id=snapshot.snapshot_id,
        published_at=published_at or datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC),
        row_count=int(summary.get("total-records", 0)),
        size_bytes=int(summary.get("total-files-size", 0)),
        schema=schema,
        properties=properties,
        is_current=is_current,
        hold=Hold.of(table.properties, rows_id) if is_current else None,
        pin=Pin.of(table.properties, rows_id) if is_current else None,
    )


def publications(table: Table) -> Iterator[Snapshot]:
    """Each time `main` was moved to a snapshot that is still kept, the last first; a rollback is one of them."""
    current = table.metadata.current_snapshot_id
    for entry in reversed(table.metadata.snapshot_log):
        if snapshot := table.snapshot_by_id(entry.snapshot_id):
            published_at = datetime.fromtimestamp(entry.timestamp_ms / 1000, UTC)
            is_current = entry.snapshot_id == current
            yield read_snapshot(table, snapshot, published_at=published_at, is_current=is_current)


def data_files(table: Table, snapshot_id: int | None, partitions: Partitions | None = None) -> list[DataFile]:
    """The data files of a snapshot (none without one), or those of some of its days.

    Manifests that hold no file of these days are not opened.
    """
    if snapshot_id is None:
        return []
    if partitions is None:
        return [task.file for task in table.scan(snapshot_id=snapshot_id).plan_files()]
    if not partitions.days:
        return []
    numbers = {(day - _EPOCH).days for day in partitions.days}
    by_day = In(partitions.column, sorted(numbers))  # type: ignore[call-arg, arg-type]
    tasks = table.scan(row_filter=by_day, snapshot_id=snapshot_id).plan_files()
    # Of more than 200 values pyiceberg says of every file that it may hold one.
    return [task.file for task in tasks if task.file.partition[0] in numbers]


def rows_by_day(table: Table, snapshot_id: int) -> dict[date, int]:
    """How many rows each day has, of a table that is partitioned by date; days without a file are left out.

    A manifest that is of one day, as builds of a day write them, is counted by what the list of manifests says of it.
    """
    snapshot, counts = table.snapshot_by_id(snapshot_id), Counter[int]()
    for manifest in snapshot.manifests(table.io) if snapshot else ():
        if manifest.content is not ManifestContent.DATA:
            continue
        if (number := _only_day(manifest)) is not None:
            counts[number] += (manifest.added_rows_count or 0) + (manifest.existing_rows_count or 0)
            continue
        for entry in manifest.fetch_manifest_entry(table.io):
            value = entry.data_file.partition[0] if len(entry.data_file.partition) else None
            if value is not None:
                counts[_day_number(value)] += entry.data_file.record_count
    return {_EPOCH + timedelta(days=number): count for number, count in counts.items() if count}


def _only_day(manifest: ManifestFile) -> int | None:
    summaries = manifest.partitions or []
    if len(summaries) != 1 or summaries[0].contains_null:
        return None
    (days,) = summaries
    if days.lower_bound is None or days.lower_bound != days.upper_bound:
        return None
    # So Iceberg writes bounds of dates.
    return int.from_bytes(days.lower_bound, "little", signed=True)


def _day_number(value: date | int) -> int:
    return (value - _EPOCH).days if isinstance(value, date) else value


def local_path(uri: str) -> str:
    """A `file://` address as a plain path; any other address as it is."""
    return uri.removeprefix("file://")
