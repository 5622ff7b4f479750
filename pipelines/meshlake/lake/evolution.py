"""Columns and partitioning of a table, changed with its rows: staged in the transaction that writes those.

Which rows, and when they become current, is the draft's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyiceberg.table.update import SetCurrentSchemaUpdate, SetDefaultSpecUpdate
from pyiceberg.transforms import IdentityTransform

from meshlake.errors import ContractError
from meshlake.lake.schema import partition_column, partition_field_name, table_schema
from meshlake.types.iceberg import from_iceberg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyiceberg.schema import Schema
    from pyiceberg.table import Transaction
    from pyiceberg.table.metadata import TableMetadata
    from pyiceberg.table.update import TableUpdate

    from meshlake.column import Column
    from meshlake.types.tree import Type


def evolve(transaction: Transaction, columns: Sequence[Column]) -> Schema:
    """Stage the change that `columns` ask for; gives the schema with its lasting field ids.

    A column whose type cannot be promoted is replaced by a new one of the same name: the rows are all written
    anew, and older snapshots keep reading by their own schema.

    Raises:
        ContractError: a column that partitions what is published would be dropped.
    """
    _stop_partitioning(transaction, columns)
    current, wanted = transaction.table_metadata.schema(), table_schema(columns)
    if _described(current) != _described(wanted):
        _update_columns(transaction, current, wanted)
    partitioned_by = partition_column(columns)
    if partitioned_by is not None and not transaction.table_metadata.spec().fields:
        name = partition_field_name(partitioned_by)
        transaction.update_spec().add_field(partitioned_by, IdentityTransform(), name).commit()
    return transaction.table_metadata.schema()


def make_current(transaction: Transaction, schema_id: int | None, spec_id: int) -> None:
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


def newest_spec_id(metadata: TableMetadata, schema_id: int | None) -> int:
    """The id of the newest partitioning by columns that a schema has."""
    if schema_id is None:
        return metadata.default_spec_id
    (columns,) = ({f.field_id for f in s.fields} for s in metadata.schemas if s.schema_id == schema_id)
    fitting = (s.spec_id for s in metadata.partition_specs if {f.source_id for f in s.fields} <= columns)
    return max(fitting, default=metadata.default_spec_id)


def _stop_partitioning(transaction: Transaction, columns: Sequence[Column]) -> None:
    """Let go of a partitioning that the columns do not ask for."""
    metadata = transaction.table_metadata
    for field in metadata.spec().fields:
        name = metadata.schema().find_field(field.source_id).name
        if name not in {column.name for column in columns}:
            raise ContractError(
                f"{'.'.join(transaction._table.name())}: column '{name}' partitions what is published, "
                "so it cannot be dropped at once",
                f"Take `partitioned` from '{name}' and build, then drop or rename it.",
            )
        if name != partition_column(columns):
            transaction.update_spec().remove_field(field.name).commit()


def _update_columns(transaction: Transaction, current: Schema, wanted: Schema) -> None:
    present = {column.name: column for column in current.fields}
    with transaction.update_schema(allow_incompatible_changes=True) as update:
        for name in present.keys() - {column.name for column in wanted.fields}:
            update.delete_column((name,))
        for column in wanted.fields:
            there = present.get(column.name)
            if there is not None and from_iceberg(there.field_type) == from_iceberg(column.field_type):
                if (there.doc or None) != column.doc:
                    update.update_column((column.name,), doc=column.doc or "")
                continue
            if there is not None:
                update.delete_column((column.name,))
            update.add_column((column.name,), column.field_type, doc=column.doc)


def _described(schema: Schema) -> dict[str, tuple[Type, str | None]]:
    """The columns of a schema but for their ids and their order, which a name stands for."""
    return {f.name: (from_iceberg(f.field_type), f.doc or None) for f in schema.fields}
