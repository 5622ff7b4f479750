"""Write, audit, publish: the one way rows come into a table.

A draft knows where `main` stood when it began. Its files wait on an audit branch that no reader sees; publishing is
one commit that moves `main` there, and is refused when somebody else moved `main` in the meantime. A schema that
changed becomes current in that same commit, never before.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from pyiceberg.exceptions import CommitFailedException
from pyiceberg.io.pyarrow import parquet_files_to_data_files
from pyiceberg.table.update.snapshot import ManageSnapshots

from meshlake.errors import BuildError, ConflictError
from meshlake.lake.evolution import evolve, make_current, newest_spec_id
from meshlake.lake.hold import HOLD_PROPERTY
from meshlake.lake.schema import partition_column
from meshlake.lake.snapshot import SUMMARY_PREFIX, Snapshot, data_files, read_snapshot
from meshlake.lake.transaction import PlannedTransaction
from meshlake.products.pin import PIN_PROPERTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pyiceberg.manifest import DataFile, ManifestFile
    from pyiceberg.table import Table, Transaction
    from pyiceberg.table.update.snapshot import _SnapshotProducer

    from meshlake.column import Column
    from meshlake.lake.catalog import Lake
    from meshlake.lake.hold import Hold
    from meshlake.partitions import Partitions
    from meshlake.products.pin import Pin

AUDIT_PREFIX = "audit_"
# A commit to another branch of the same table is no conflict: it is only retried on the newer metadata.
_COMMIT_ATTEMPTS = 10


class Draft:
    """New rows of one table on their way to `main`: `location` and `schema` to write files, then the three steps."""

    def __init__(self, lake: Lake, identifier: tuple[str, str], columns: Sequence[Column], run: str) -> None:
        self.identifier = identifier
        self.run = run
        self.branch = AUDIT_PREFIX + run
        self._lake = lake
        self._columns = tuple(columns)
        self.partition_column = partition_column(columns)
        table = lake.create_table(identifier, columns)
        self.base_id = table.metadata.current_snapshot_id
        with PlannedTransaction(table) as transaction:
            self.schema = evolve(transaction, self._columns)
            transaction._updates = ()
            transaction._requirements = ()
        self.location = f"{lake.path(table.location())}/data/{run}-{uuid.uuid4().hex[:8]}"
        self._audited: Table | None = None
        self._spec_id = table.metadata.default_spec_id

    def write_branch(
        self, files: Sequence[str], properties: Mapping[str, str], partitions: Partitions | None = None
    ) -> Snapshot:
        """Put `files` on the audit branch in place of all rows of `main`; `properties` become part of the snapshot.

        Given `partitions`, only the rows of those days are replaced: the files of all others stay as they are.

        Raises:
            BuildError: when other writers kept committing to the table, or a date is beyond the years 1 to 9999.
        """
        for _ in range(_COMMIT_ATTEMPTS):
            table = self._table()
            begun_at = table.metadata_location
            try:
                self._audited = self._commit_branch(table, files, properties, partitions)
            except CommitFailedException:
                continue
            except ValueError:
                # So pyiceberg says that a commit to another branch took this one's sequence number.
                if self._table().metadata_location == begun_at:
                    raise
                continue
            snapshot = self._audited.snapshot_by_name(self.branch)
            if snapshot is None:
                raise BuildError(f"{self._name}: branch {self.branch} is gone", "Run the build again.")
            return read_snapshot(self._audited, snapshot, is_current=False)
        raise BuildError(
            f"{self._name}: other writers kept committing", "Run the build again when they have finished."
        )

    def publish(self) -> Snapshot:
        """Move `main` to the audited snapshot and drop the branch, in one commit.

        Raises:
            ConflictError: when `main` is no longer where it was when this draft began.
        """
        for _ in range(_COMMIT_ATTEMPTS):
            table = self._table()
            if table.metadata.current_snapshot_id != self.base_id:
                raise ConflictError(
                    f"{self._name}: another build published while this one was audited",
                    "Run the build again.",
                )
            audited = table.snapshot_by_name(self.branch)
            if audited is None:
                raise BuildError(f"{self._name}: branch {self.branch} is gone", "Run the build again.")
            try:
                with PlannedTransaction(table) as transaction:
                    ManageSnapshots(transaction).set_current_snapshot(audited.snapshot_id).remove_branch(
                        self.branch
                    ).commit()
                    make_current(transaction, audited.schema_id, self._spec_id)
            except CommitFailedException:
                continue
            return read_snapshot(table, audited)
        raise ConflictError(f"{self._name}: other writers kept committing", "Run the build again.")

    @property
    def _name(self) -> str:
        return ".".join(self.identifier)

    def _table(self) -> Table:
        table = self._lake.table(self.identifier)
        if table is None:
            raise BuildError(f"{self._name} was dropped while it was built", "Build it if it is to be there.")
        return table

    def _beyond_years(self, table: Table, files: Sequence[str]) -> BuildError:
        """That a date or a moment is none that Iceberg's readers share, with the columns that have such."""
        columns = ", ".join(sorted({name for file in files for name in _columns_beyond_years(table, file)}))
        return BuildError(
            f"{self._name}: in {columns} stands a date or a time before the year 1 or after 9999, such as infinity",
            "Make another value of it, or none: CASE WHEN x BETWEEN '0001-01-01' AND '9999-12-31' THEN x END.",
        )

    def _commit_branch(
        self,
        table: Table,
        files: Sequence[str],
        properties: Mapping[str, str],
        partitions: Partitions | None,
    ) -> Table:
        metadata = table.metadata
        with PlannedTransaction(table) as transaction:
            if evolve(transaction, self._columns) != self.schema:
                raise ConflictError(
                    f"{self._name}: its columns were changed by another build", "Run the build again."
                )
            evolved = transaction.table_metadata
            self._spec_id = evolved.default_spec_id
            named = (self._lake.recorded(table, file) for file in files)
            try:
                new = list(parquet_files_to_data_files(table.io, evolved, named))
            except OverflowError as error:
                raise self._beyond_years(table, files) from error
            summary = {f"{SUMMARY_PREFIX}{name}": value for name, value in properties.items()}
            if self.base_id is None:
                # Iceberg lets the first snapshot of a table go to `main` only, or to no branch at all: then to none.
                first_id = _write_snapshot(transaction, [], new, summary, branch=None)
            else:
                ManageSnapshots(transaction).create_branch(self.base_id, self.branch).commit()
                old = data_files(table, self.base_id, partitions)
                _write_snapshot(transaction, old, new, summary, self.branch)
            make_current(transaction, metadata.current_schema_id, metadata.default_spec_id)
        if self.base_id is None:
            table.manage_snapshots().create_branch(first_id, self.branch).commit()
        return table


def _columns_beyond_years(table: Table, file: str) -> Iterator[str]:
    """The columns whose least or greatest value in a Parquet file is no date that Python has."""
    from pyarrow import parquet

    with table.io.new_input(file).open() as stream:
        metadata = parquet.read_metadata(stream)
        for group in range(metadata.num_row_groups):
            for number in range(metadata.num_columns):
                column = metadata.row_group(group).column(number)
                try:
                    _ = column.statistics and (column.statistics.min, column.statistics.max)
                except OverflowError:
                    yield column.path_in_schema


def audited_snapshot(lake: Lake, identifier: tuple[str, str], branch: str) -> Snapshot | None:
    """The rows that wait on an audit branch, for finding out why they were not published; `None` without one."""
    table = lake.table(identifier)
    if table is None or not branch.startswith(AUDIT_PREFIX) or branch not in table.metadata.refs:
        return None
    snapshot = table.snapshot_by_name(branch)
    return None if snapshot is None else read_snapshot(table, snapshot, is_current=False)


def rollback(lake: Lake, identifier: tuple[str, str], snapshot_id: int, hold: Hold | None = None) -> Snapshot:
    """Make an earlier published snapshot current again, its schema with it; under `hold`, or under none.

    Raises:
        ConflictError: when somebody published at the same moment.
    """
    table = lake.catalog.load_table(identifier)
    snapshot = table.snapshot_by_id(snapshot_id)
    if snapshot is None:
        raise BuildError(
            f"{'.'.join(identifier)} has no snapshot {snapshot_id}",
            f"See `mesh history {'.'.join(identifier)}`.",
        )
    try:
        with PlannedTransaction(table) as transaction:
            ManageSnapshots(transaction).set_current_snapshot(snapshot_id).commit()
            make_current(transaction, snapshot.schema_id, newest_spec_id(table.metadata, snapshot.schema_id))
            _set_property(transaction, HOLD_PROPERTY, hold)
    except CommitFailedException as error:
        raise ConflictError(
            f"{'.'.join(identifier)}: another build published just now",
            f"Look at `mesh history {'.'.join(identifier)}` and try again.",
        ) from error
    return read_snapshot(table, snapshot)


def release(lake: Lake, identifier: tuple[str, str]) -> None:
    """End the hold of a table, if it has one.

    Raises:
        ConflictError: when others kept committing to it.
    """
    _commit_property(lake, identifier, HOLD_PROPERTY, None)


def pin(lake: Lake, identifier: tuple[str, str], said: Pin | None) -> None:
    """Say, or say no longer, which version of a model scores the rows of a table.

    Raises:
        ConflictError: when others kept committing to it.
    """
    _commit_property(lake, identifier, PIN_PROPERTY, said)


def _commit_property(lake: Lake, identifier: tuple[str, str], name: str, value: Hold | Pin | None) -> None:
    for _ in range(_COMMIT_ATTEMPTS):
        try:
            with PlannedTransaction(lake.catalog.load_table(identifier)) as transaction:
                _set_property(transaction, name, value)
        except CommitFailedException:
            continue
        return
    raise ConflictError(f"{'.'.join(identifier)}: other writers kept committing", "Try again.")


def _set_property(transaction: Transaction, name: str, value: Hold | Pin | None) -> None:
    if value is not None:
        transaction.set_properties({name: value.packed()})
    elif name in transaction.table_metadata.properties:
        transaction.remove_properties(name)


def _write_snapshot(
    transaction: Transaction,
    old: Sequence[DataFile],
    new: Sequence[DataFile],
    summary: dict[str, str],
    branch: str | None,
) -> int:
    """Put `new` in place of `old` on `branch`; gives the id of the snapshot."""
    update = transaction.update_snapshot(summary, branch)
    # Where nothing is replaced, no manifest need be read: adding a day costs the same after years of days.
    with update.overwrite() if old else update.fast_append() as producer:
        _evaluate_each_manifest_apart(producer)
        for file in old:
            producer.delete_data_file(file)
        for file in new:
            producer.append_data_file(file)
    return producer.snapshot_id


def _evaluate_each_manifest_apart(producer: _SnapshotProducer[Any]) -> None:
    """pyiceberg 0.12 reads manifests in threads that share one evaluator, which remembers the manifest it is at: a
    thread that sees another's leaves out files that have to go. One evaluator for each call cannot."""
    build = producer._build_manifest_evaluator

    def of_each(spec_id: int) -> Callable[[ManifestFile], bool]:
        return lambda manifest: build(spec_id)(manifest)

    producer._build_manifest_evaluator = of_each  # type: ignore[method-assign]
