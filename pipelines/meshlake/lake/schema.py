"""From a contract's columns to an Iceberg schema, and from a schema to the field ids that files must carry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StringType,
    StructType,
    TimestampType,
    TimestamptzType,
    TimeType,
    UUIDType,
)

from meshlake.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.column import Column

_PLAIN: dict[str, IcebergType] = {
    "VARCHAR": StringType(),
    "BIGINT": LongType(),
    "INTEGER": IntegerType(),
    "DOUBLE": DoubleType(),
    "FLOAT": FloatType(),
    "BOOLEAN": BooleanType(),
    "DATE": DateType(),
    "TIME": TimeType(),
    "TIMESTAMP": TimestampType(),
    "TIMESTAMP WITH TIME ZONE": TimestamptzType(),
    "BLOB": BinaryType(),
    "UUID": UUIDType(),
}

# Provisional too.
_PARTITION_FIELD_ID = 1000


def table_schema(columns: Sequence[Column]) -> Schema:
    """The Iceberg schema of `columns`, with provisional field ids (the catalog gives the lasting ones).

    Columns are optional in it: that they hold no null is a rule of the contract, audited before publishing, and a
    rule may be relaxed later where a required field of Iceberg may not.
    """
    ids = _Ids()
    fields = [
        NestedField(
            ids.next(),
            column.name,
            _iceberg_type(column.type, ids),
            required=False,
            doc=column.description or None,
        )
        for column in columns
    ]
    return Schema(*fields)


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


def duckdb_type(iceberg_type: IcebergType) -> str:
    """DuckDB's type text for `iceberg_type`."""
    for text, plain in _PLAIN.items():
        if plain == iceberg_type:
            return text
    if isinstance(iceberg_type, DecimalType):
        return f"DECIMAL({iceberg_type.precision},{iceberg_type.scale})"
    if isinstance(iceberg_type, ListType):
        return f"{duckdb_type(iceberg_type.element_type)}[]"
    if isinstance(iceberg_type, MapType):
        return f"MAP({duckdb_type(iceberg_type.key_type)}, {duckdb_type(iceberg_type.value_type)})"
    if isinstance(iceberg_type, StructType):
        return (
            "STRUCT("
            + ", ".join(f"{_quoted(f.name)} {duckdb_type(f.field_type)}" for f in iceberg_type.fields)
            + ")"
        )
    raise ContractError(f"no DuckDB type for Iceberg's {iceberg_type}")


def field_ids_sql(schema: Schema) -> str:
    """The `FIELD_IDS` value of a DuckDB `COPY ... (FORMAT parquet)`, so that files carry the table's field ids."""
    return (
        "{"
        + ", ".join(f"{_quoted(f.name)}: {_field_id_sql(f.field_id, f.field_type)}" for f in schema.fields)
        + "}"
    )


class _Ids:
    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        self._last += 1
        return self._last


def _iceberg_type(text: str, ids: _Ids) -> IcebergType:
    text = text.strip()
    if text in _PLAIN:
        return _PLAIN[text]
    if decimal := re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", text):
        return DecimalType(int(decimal[1]), int(decimal[2]))
    if text.endswith("[]"):
        return ListType(ids.next(), _iceberg_type(text[:-2], ids), element_required=False)
    if text.startswith("STRUCT(") and text.endswith(")"):
        parts = [_name_and_type(part) for part in _split(text[7:-1])]
        return StructType(
            *(NestedField(ids.next(), name, _iceberg_type(kind, ids), required=False) for name, kind in parts)
        )
    if text.startswith("MAP(") and text.endswith(")"):
        key, value = _split(text[4:-1])
        key_id, value_id = ids.next(), ids.next()
        return MapType(
            key_id, _iceberg_type(key, ids), value_id, _iceberg_type(value, ids), value_required=False
        )
    raise ContractError(
        f"type {text} cannot be kept in an Iceberg table",
        f"Use one of {', '.join(_PLAIN)}, DECIMAL(p,s), T[], STRUCT, MAP.",
    )


def _split(text: str) -> list[str]:
    """Split `a INTEGER, b STRUCT(c DATE, d DATE)` at its outer commas."""
    parts, depth, is_quoted, start = [], 0, False, 0
    for position, character in enumerate(text):
        if character == '"':
            is_quoted = not is_quoted
        elif not is_quoted and character == "(":
            depth += 1
        elif not is_quoted and character == ")":
            depth -= 1
        elif not is_quoted and character == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]


def _name_and_type(part: str) -> tuple[str, str]:
    quoted = re.match(r'"((?:[^"]|"")*)"\s+(.*)', part, re.DOTALL)
    if quoted:
        return quoted[1].replace('""', '"'), quoted[2]
    name, _, kind = part.partition(" ")
    return name, kind


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
        children = [f"{_quoted(f.name)}: {_field_id_sql(f.field_id, f.field_type)}" for f in kind.fields]
    if not children:
        return str(field_id)
    return "{" + ", ".join([f"__duckdb_field_id: {field_id}", *children]) + "}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
