"""Types of columns: from ODCS logical and physical types to DuckDB's own type text, nested ones included.

Only types an Iceberg table can hold are let through, since every product is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import ParseError

from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from open_data_contract_standard.model import SchemaProperty

T = exp.DataType.Type
_SCALARS = {
    T.TEXT: "VARCHAR",
    T.INT: "INTEGER",
    T.BIGINT: "BIGINT",
    T.FLOAT: "FLOAT",
    T.DOUBLE: "DOUBLE",
    T.BOOLEAN: "BOOLEAN",
    T.DATE: "DATE",
    T.TIME: "TIME",
    T.TIMESTAMP: "TIMESTAMP",
    T.TIMESTAMPNTZ: "TIMESTAMP",
    T.TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE",
    T.UUID: "UUID",
    T.VARBINARY: "BLOB",
}
_LOGICAL = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "time": "TIME",
}
LOGICAL_TYPES = (*_LOGICAL, "object", "array", "map")
_MAX_DECIMAL_DIGITS = 38


def canonical_type(text: str) -> str:
    """DuckDB's type text for `text`, one spelling per type: `varchar(18)` gives `VARCHAR`.

    Struct fields are always quoted, so that any field name reads back.

    Raises:
        ValueError: when `text` is no DuckDB type, or is one an Iceberg table cannot hold.
    """
    try:
        parsed = exp.DataType.build(text, dialect="duckdb")
    except ParseError as error:
        raise ValueError(f"'{text}' is not a DuckDB type") from error
    return _text(parsed)


def duckdb_type(prop: SchemaProperty) -> str:
    """The DuckDB type of a contract's property: its physical type where given, else its logical one.

    Raises:
        ValueError: when it has neither, or one that is not known.
    """
    if prop.physicalType is not None:
        return canonical_type(prop.physicalType)
    logical = prop.logicalType
    if logical is None:
        raise ValueError("it has no logicalType")
    if logical == "timestamp" and (prop.logicalTypeOptions or {}).get("timezone"):
        return "TIMESTAMP WITH TIME ZONE"
    if logical in _LOGICAL:
        return _LOGICAL[logical]
    return _nested_type(prop, logical)


def _nested_type(prop: SchemaProperty, logical: str) -> str:
    if logical == "array":
        if prop.items is None:
            raise ValueError("an array needs 'items'")
        return f"{duckdb_type(prop.items)}[]"
    if logical == "map":
        if prop.map is None or prop.map.key is None or prop.map.value is None:
            raise ValueError("a map needs 'map' with 'key' and 'value'")
        return f"MAP({duckdb_type(prop.map.key)}, {duckdb_type(prop.map.value)})"
    if logical != "object":
        raise ValueError(f"logicalType '{logical}' is unknown")
    if not prop.properties:
        raise ValueError("an object needs 'properties'")
    if not all(part.name for part in prop.properties):
        raise ValueError("an object has a property without a name")
    fields = ", ".join(f"{quote_identifier(str(part.name))} {duckdb_type(part)}" for part in prop.properties)
    return f"STRUCT({fields})"


def _text(parsed: exp.DataType) -> str:
    kind = parsed.this
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind == T.DECIMAL:
        return _decimal_text(parsed)
    if kind == T.ARRAY and not parsed.args.get("values"):
        return f"{_text(parsed.expressions[0])}[]"
    if kind == T.MAP and len(parsed.expressions) == 2:
        return f"MAP({', '.join(_text(part) for part in parsed.expressions)})"
    if kind == T.STRUCT and all(isinstance(field, exp.ColumnDef) for field in parsed.expressions):
        fields = (
            f"{quote_identifier(field.name)} {_text(field.args['kind'])}" for field in parsed.expressions
        )
        return f"STRUCT({', '.join(fields)})"
    raise ValueError(f"type {parsed.sql('duckdb')} cannot be held by an Iceberg table")


def _decimal_text(parsed: exp.DataType) -> str:
    digits = [int(part.name) for part in parsed.expressions] + [0]
    precision, scale = digits[:2]
    if not (1 <= precision <= _MAX_DECIMAL_DIGITS and scale <= precision):
        raise ValueError(f"DECIMAL({precision},{scale}) is not 1 to {_MAX_DECIMAL_DIGITS} digits")
    return f"DECIMAL({precision},{scale})"
