"""From a contract's columns to an Iceberg schema, and from a schema to the field ids that files must carry."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import ListType, MapType, NestedField, StructType

from meshlake.errors import ContractError
from meshlake.names import quote_identifier
from meshlake.types.iceberg import HELD, to_iceberg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyiceberg.types import IcebergType

    from meshlake.column import Column

# Provisional too.
_PARTITION_FIELD_ID = 1000


def table_schema(columns: Sequence[Column]) -> Schema:
    """The Iceberg schema of `columns`, with provisional field ids (the catalog gives the lasting ones).

    Columns are optional in it: that they hold no null is a rule of the contract, audited before publishing, and a
    rule may be relaxed later where a required field of Iceberg may not.

    Raises:
        ContractError: a column is of a type that Iceberg does not have.
    """
    next_id = count(1).__next__
    return Schema(*(_field(column, next_id) for column in columns))


def partition_column(columns: Sequence[Column]) -> str | None:
    """The name of the column that partitions the table, where one does."""
    return next((column.name for column in columns if column.partition_position is not None), None)


def partition_spec(columns: Sequence[Column]) -> PartitionSpec:
    """The Iceberg partitioning of `columns` (by value of the partition column), in the field ids of `table_schema`."""
    return spec_of(table_schema(columns), partition_column(columns))


def spec_of(schema: Schema, name: str | None) -> PartitionSpec:
    """The partitioning of `schema` by the values of its column `name`; none without a name."""
    if name is None:
        return UNPARTITIONED_PARTITION_SPEC
    source_id = schema.find_field(name).field_id
    field = PartitionField(source_id, _PARTITION_FIELD_ID, IdentityTransform(), partition_field_name(name))
    return PartitionSpec(field)


def partition_field_name(column: str) -> str:
    """What Iceberg calls the partitioning by `column`.

    Not as the column, or pyiceberg would let no other column take that name later.
    """
    return f"{column}_partition"


def field_ids_sql(schema: Schema) -> str:
    """The `FIELD_IDS` value of a DuckDB `COPY ... (FORMAT parquet)`, so that files carry the table's field ids."""
    return (
        "{"
        + ", ".join(
            f"{quote_identifier(f.name)}: {_field_id_sql(f.field_id, f.field_type)}" for f in schema.fields
        )
        + "}"
    )


def _field(column: Column, next_id: Callable[[], int]) -> NestedField:
    field_id = next_id()
    try:
        kind = to_iceberg(column.type, next_id)
    except ValueError as error:
        raise ContractError(
            f"column '{column.name}': {error}",
            f"Use one of {', '.join(map(str, HELD))}, DECIMAL(p,s), T[], STRUCT, MAP.",
        ) from error
    return NestedField(field_id, column.name, kind, required=False, doc=column.description or None)


def _field_id_sql(field_id: int, kind: IcebergType) -> str:
    children: list[str] = []
    if isinstance(kind, ListType):
        children = [f"element: {_field_id_sql(kind.element_id, kind.element_type)}"]
    elif isinstance(kind, MapType):
        children = [
            f"key: {_field_id_sql(kind.key_id, kind.key_type)}",
            f"value: {_field_id_sql(kind.value_id, kind.value_type)}",
        ]
    elif isinstance(kind, StructType):
        children = [
            f"{quote_identifier(f.name)}: {_field_id_sql(f.field_id, f.field_type)}" for f in kind.fields
        ]
    if not children:
        return str(field_id)
    return "{" + ", ".join([f"__duckdb_field_id: {field_id}", *children]) + "}"
