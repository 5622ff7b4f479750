"""Types as an ODCS contract writes them: logical types, and physical ones in DuckDB's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.types.duckdb import parse
from meshlake.types.iceberg import can_hold
from meshlake.types.tree import (
    INTEGERS,
    Field,
    ListOf,
    MapOf,
    Scalar,
    Struct,
    Type,
    Unknown,
    is_number,
    is_temporal,
)

if TYPE_CHECKING:
    from open_data_contract_standard.model import SchemaProperty

_PLAIN: dict[str, Type] = {
    "string": Scalar.VARCHAR,
    "integer": Scalar.BIGINT,
    "number": Scalar.DOUBLE,
    "boolean": Scalar.BOOLEAN,
    "date": Scalar.DATE,
    "timestamp": Scalar.TIMESTAMP,
    "time": Scalar.TIME,
}
LOGICAL_TYPES = (*_PLAIN, "object", "array", "map")
# Integers that a BIGINT may not hold are numbers to a contract.
_NUMBERS = frozenset({Scalar.HUGEINT, Scalar.UBIGINT, Scalar.UHUGEINT})


def held_type(text: str) -> Type:
    """The type written as `text`, which a product's column can have.

    Raises:
        ValueError: it is no type, or one an Iceberg table cannot hold.
    """
    found = parse(text)
    if isinstance(found, Unknown):
        raise ValueError(f"'{text}' is not a DuckDB type that a product can have")
    if not can_hold(found):
        raise ValueError(f"type {found} cannot be held by an Iceberg table")
    return found


def column_type(prop: SchemaProperty) -> Type:
    """The type of a contract's property: its physical type where given, else its logical one.

    Raises:
        ValueError: when it has neither, or one that is not known.
    """
    if prop.physicalType is not None:
        return held_type(prop.physicalType)
    logical = prop.logicalType
    if logical is None:
        raise ValueError("it has no logicalType")
    if logical == "timestamp" and (prop.logicalTypeOptions or {}).get("timezone"):
        return Scalar.TIMESTAMPTZ
    return _PLAIN.get(logical) or _nested(prop, logical)


def logical_name(type_: Type) -> str:
    """The logical type for values of `type_`; `string` for what ODCS has no word for."""
    if type_ in INTEGERS and type_ not in _NUMBERS:
        return "integer"
    if is_number(type_):
        return "number"
    if isinstance(type_, ListOf):
        return "array"
    if isinstance(type_, MapOf):
        return "map"
    if isinstance(type_, Struct):
        return "object"
    if type_ is Scalar.BOOLEAN:
        return "boolean"
    return _temporal_name(type_) if is_temporal(type_) else "string"


def _temporal_name(type_: Type) -> str:
    if type_ is Scalar.DATE:
        return "date"
    if type_ in (Scalar.TIME, Scalar.TIME_NS):
        return "time"
    return "string" if type_ is Scalar.TIMETZ else "timestamp"


def is_said_by_logical_type(type_: Type) -> bool:
    """Whether its logical type, with `timezone` where it has one, says all of `type_`."""
    return type_ is Scalar.TIMESTAMPTZ or type_ in _PLAIN.values()


def _nested(prop: SchemaProperty, logical: str) -> Type:
    if logical == "array":
        if prop.items is None:
            raise ValueError("an array needs 'items'")
        return ListOf(column_type(prop.items))
    if logical == "map":
        if prop.map is None or prop.map.key is None or prop.map.value is None:
            raise ValueError("a map needs 'map' with 'key' and 'value'")
        return MapOf(column_type(prop.map.key), column_type(prop.map.value))
    if logical != "object":
        raise ValueError(f"logicalType '{logical}' is unknown")
    if not prop.properties:
        raise ValueError("an object needs 'properties'")
    if not all(part.name for part in prop.properties):
        raise ValueError("an object has a property without a name")
    return Struct(tuple(Field(str(part.name), column_type(part)) for part in prop.properties))
