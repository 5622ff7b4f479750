"""Write, audit, publish: the one way rows come into a table.

A draft knows where `main` stood when it began. Its files wait on an audit branch that no reader sees; publishing is
one commit that moves `main` there, and is refused when somebody else moved `main` in the meantime. A schema that
changed becomes current in that same commit, never before.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from pyiceberg.exceptions import CommitFailedException
from pyiceberg.io.pyarrow import parquet_files_to_data_files
from pyiceberg.table.update import SetCurrentSchemaUpdate, SetDefaultSpecUpdate
from pyiceberg.table.update.snapshot import ManageSnapshots
from pyiceberg.transforms import IdentityTransform

from pipelines.errors import BuildError, ConflictError, ContractError
from pipelines.lake.catalog import SUMMARY_PREFIX, Lake, Snapshot, data_files, local_path, read_snapshot
from pipelines.lake.schema import partition_column, partition_field_name, table_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyiceberg.manifest import DataFile
    from pyiceberg.schema import Schema
    from pyiceberg.table import Table, Transaction
    from pyiceberg.table.metadata import TableMetadata
    from pyiceberg.table.update import TableUpdate

    from pipelines.contract.model import Column
    from pipelines.partitions import Partitions

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
        with table.transaction() as transaction:
            self.schema = self._evolve(transaction)
            transaction._updates = ()
            transaction._requirements = ()
        self.location = f"{local_path(table.location())}/data/{run}-{uuid.uuid4().hex[:8]}"
        self._audited: Table | None = None
        self._spec_id = table.metadata.default_spec_id

    def write_branch(
        self, files: Sequence[str], properties: Mapping[str, str], partitions: Partitions | None = None
    ) -> Snapshot:
        """Put `files` on the audit branch in place of all rows of `main`; `properties` become part of the snapshot.

        Given `partitions`, only the rows of those days are replaced: the files of all others stay as they are.

        Raises:
            BuildError: when other writers kept committing to the table.
        """
        for _ in range(_COMMIT_ATTEMPTS):
            table = self._lake.catalog.load_table(self.identifier)
            begun_at = table.metadata_location
            try:
                self._audited = self._commit_branch(table, files, properties, partitions)
            except CommitFailedException:
                continue
            except ValueError:
                # So pyiceberg says that a commit to another branch took this one's sequence number.
                if self._lake.catalog.load_table(self.identifier).metadata_location == begun_at:
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
            table = self._lake.catalog.load_table(self.identifier)
            if table.metadata.current_snapshot_id != self.base_id:
                raise ConflictError(
                    f"{self._name}: another build published while this one was audited",
                    "Run the build again.",
                )
            audited = table.snapshot_by_name(self.branch)
            if audited is None:
                raise BuildError(f"{self._name}: branch {self.branch} is gone", "Run the build again.")
            try:
                with table.transaction() as transaction:
                    ManageSnapshots(transaction).set_current_snapshot(audited.snapshot_id).remove_branch(
                        self.branch
                    ).commit()
                    _make_current(transaction, audited.schema_id, self._spec_id)
            except CommitFailedException:
                continue
            return read_snapshot(table, audited)
        raise ConflictError(f"{self._name}: other writers kept committing", "Run the build again.")

    def abandon(self) -> None:
        """Drop the audit branch; its files become orphans that `mesh clean` removes."""
        table = self._lake.catalog.load_table(self.identifier)
        if self.branch in table.metadata.refs:
            table.manage_snapshots().remove_branch(self.branch).commit()

    @property
    def _name(self) -> str:
        return ".".join(self.identifier)

    def _commit_branch(
        self,
        table: Table,
        files: Sequence[str],
        properties: Mapping[str, str],
        partitions: Partitions | None,
    ) -> Table:
        metadata = table.metadata
        with table.transaction() as transaction:
            if self._evolve(transaction) != self.schema:
                raise ConflictError(
                    f"{self._name}: its columns were changed by another build", "Run the build again."
                )
            self._spec_id = transaction.table_metadata.default_spec_id
            new = list(parquet_files_to_data_files(table.io, transaction.table_metadata, iter(files)))
            summary = {f"{SUMMARY_PREFIX}{name}": value for name, value in properties.items()}
            if self.base_id is None:
                first_id = _append_unreferenced(transaction, new, summary)
            else:
                ManageSnapshots(transaction).create_branch(self.base_id, self.branch).commit()
                _replace(transaction, data_files(table, self.base_id, partitions), new, summary, self.branch)
            _make_current(transaction, metadata.current_schema_id, metadata.default_spec_id)
        if self.base_id is None:
            table.manage_snapshots().create_branch(first_id, self.branch).commit()
        return table

    def _evolve(self, transaction: Transaction) -> Schema:
        """Stage the schema change that `self._columns` asks for; gives the schema with its lasting field ids.

        A column whose type cannot be promoted is replaced by a new one of the same name: the rows are all written
        anew, and older snapshots keep reading by their own schema.
        """
        self._stop_partitioning(transaction)
        current = transaction.table_metadata.schema()
        wanted = table_schema(self._columns)
        names = {f.name for f in wanted.fields}
        with transaction.update_schema(allow_incompatible_changes=True) as update:
            for present in current.fields:
                if present.name not in names:
                    update.delete_column((present.name,))
            for column in wanted.fields:
                there = next((f for f in current.fields if f.name == column.name), None)
                if there is not None and str(_without_ids(there.field_type)) == str(
                    _without_ids(column.field_type)
                ):
                    if (there.doc or None) != column.doc:
                        update.update_column((column.name,), doc=column.doc or "")
                    continue
                if there is not None:
                    update.delete_column((column.name,))
                update.add_column((column.name,), column.field_type, doc=column.doc)
        if self.partition_column is not None and not transaction.table_metadata.spec().fields:
            name = partition_field_name(self.partition_column)
            transaction.update_spec().add_field(self.partition_column, IdentityTransform(), name).commit()
        return transaction.table_metadata.schema()

    def _stop_partitioning(self, transaction: Transaction) -> None:
        """Let go of a partitioning that the columns do not ask for.

        Raises:
            ContractError: the column is gone altogether: its files could not be told apart any more.
        """
        metadata = transaction.table_metadata
        for field in metadata.spec().fields:
            name = metadata.schema().find_field(field.source_id).name
            if name not in {column.name for column in self._columns}:
                raise ContractError(
                    f"{self._name}: column '{name}' partitions what is published, so it cannot be dropped at once",
                    f"Take `partitioned` from '{name}' and build, then drop or rename it.",
                )
            if name != self.partition_column:
                transaction.update_spec().remove_field(field.name).commit()


def audited_snapshot(lake: Lake, identifier: tuple[str, str], branch: str) -> Snapshot | None:
    """The rows that wait on an audit branch, for finding out why they were not published; `None` without one."""
    table = lake.table(identifier)
    if table is None or not branch.startswith(AUDIT_PREFIX) or branch not in table.metadata.refs:
        return None
    snapshot = table.snapshot_by_name(branch)
    return None if snapshot is None else read_snapshot(table, snapshot, is_current=False)


def rollback(lake: Lake, identifier: tuple[str, str], snapshot_id: int) -> Snapshot:
    """Make an earlier published snapshot current again, its schema with it.

    Raises:
        ConflictError: when somebody published at the same moment.
    """
    table = lake.catalog.load_table(identifier)
    snapshot = table.snapshot_by_id(snapshot_id)
    if snapshot is None:
        raise BuildError(f"{'.'.join(identifier)} has no snapshot {snapshot_id}", "See `mesh history`.")
    try:
        with table.transaction() as transaction:
            ManageSnapshots(transaction).set_current_snapshot(snapshot_id).commit()
            _make_current(transaction, snapshot.schema_id, _spec_of(table.metadata, snapshot.schema_id))
    except CommitFailedException as error:
        raise ConflictError(
            f"{'.'.join(identifier)}: another build published just now",
            "Look at `mesh history` and try again.",
        ) from error
    return read_snapshot(table, snapshot)


def _append_unreferenced(transaction: Transaction, files: Sequence[DataFile], summary: dict[str, str]) -> int:
    """Iceberg lets the first snapshot of a table go to `main` only, or to no branch at all: then to none."""
    producer = transaction.update_snapshot(summary, branch=None).fast_append()
    with producer as append:
        for new in files:
            append.append_data_file(new)
    return producer.snapshot_id


def _replace(
    transaction: Transaction,
    old: Sequence[DataFile],
    new: Sequence[DataFile],
    summary: dict[str, str],
    branch: str,
) -> None:
    with transaction.update_snapshot(summary, branch).overwrite() as overwrite:
        for file in old:
            overwrite.delete_data_file(file)
        for file in new:
            overwrite.append_data_file(file)


def _make_current(transaction: Transaction, schema_id: int | None, spec_id: int) -> None:
    """Make a schema, and the partitioning that goes with it, those of the table.

    pyiceberg has no public call for this; without it a new schema would be seen before its rows are published.
    """
    metadata = transaction.table_metadata
    updates: list[TableUpdate] = []
    if schema_id is not None and metadata.current_schema_id != schema_id:
        updates.append(SetCurrentSchemaUpdate.model_validate({"schema-id": schema_id}))
    if metadata.default_spec_id != spec_id:
        updates.append(SetDefaultSpecUpdate.model_validate({"spec-id": spec_id}))
    if updates:
        transaction._stage(tuple(updates))


def _spec_of(metadata: TableMetadata, schema_id: int | None) -> int:
    """The newest partitioning by columns that a schema has."""
    if schema_id is None:
        return metadata.default_spec_id
    (columns,) = ({f.field_id for f in s.fields} for s in metadata.schemas if s.schema_id == schema_id)
    fitting = (s.spec_id for s in metadata.partition_specs if {f.source_id for f in s.fields} <= columns)
    return max(fitting, default=metadata.default_spec_id)


def _without_ids(kind: object) -> str:
    return re.sub(r"\b\d+: ", "", str(kind))
