"""Types that an Iceberg table can hold, which a product's columns are, and Iceberg's values for them.

pyiceberg is imported by what makes or reads its values alone.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from meshlake.types.tree import Decimal, Field, ListOf, MapOf, Scalar, Struct, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyiceberg.types import IcebergType

HELD = (
    Scalar.VARCHAR,
    Scalar.BIGINT,
    Scalar.INTEGER,
    Scalar.DOUBLE,
    Scalar.FLOAT,
    Scalar.BOOLEAN,
    Scalar.DATE,
    Scalar.TIME,
    Scalar.TIMESTAMP,
    Scalar.TIMESTAMPTZ,
    Scalar.BLOB,
    Scalar.UUID,
)
# Whether each value fits one of these is seen when it is cast.
_WIDER: Mapping[Scalar, Scalar | Decimal] = {
    Scalar.TINYINT: Scalar.INTEGER,
    Scalar.SMALLINT: Scalar.INTEGER,
    Scalar.UTINYINT: Scalar.INTEGER,
    Scalar.USMALLINT: Scalar.INTEGER,
    Scalar.UINTEGER: Scalar.BIGINT,
    Scalar.UBIGINT: Decimal(20, 0),
    Scalar.HUGEINT: Decimal(38, 0),
    Scalar.UHUGEINT: Decimal(38, 0),
    Scalar.TIMESTAMP_S: Scalar.TIMESTAMP,
    Scalar.TIMESTAMP_MS: Scalar.TIMESTAMP,
    Scalar.TIMESTAMP_NS: Scalar.TIMESTAMP,
    Scalar.TIME_NS: Scalar.TIME,
}


def can_hold(type_: Type) -> bool:
    """Whether an Iceberg table can have a column of `type_`."""
    return widened(type_) == type_


def widened(type_: Type) -> Type:
    """The nearest type that an Iceberg table holds: smaller integers become larger ones, what it lacks becomes text.

    >>> str(widened(ListOf(Scalar.TINYINT)))
    'INTEGER[]'
    """
    if isinstance(type_, ListOf):
        return ListOf(widened(type_.element))
    if isinstance(type_, MapOf):
        return MapOf(widened(type_.key), widened(type_.value))
    if isinstance(type_, Struct):
        return Struct(tuple(Field(f.name, widened(f.type)) for f in type_.fields))
    if isinstance(type_, Decimal) or type_ in HELD:
        return type_
    return _WIDER.get(type_, Scalar.VARCHAR) if isinstance(type_, Scalar) else Scalar.VARCHAR


def to_iceberg(type_: Type, next_id: Callable[[], int]) -> IcebergType:
    """Iceberg's type, whose nested fields take their ids from `next_id`.

    Raises:
        ValueError: no Iceberg table can hold it.
    """
    from pyiceberg.types import DecimalType, ListType, MapType, NestedField, StructType

    if isinstance(type_, Decimal):
        return DecimalType(type_.precision, type_.scale)
    if isinstance(type_, ListOf) and type_.length is None:
        return ListType(next_id(), to_iceberg(type_.element, next_id), element_required=False)
    if isinstance(type_, MapOf):
        key_id, value_id = next_id(), next_id()
        key, value = to_iceberg(type_.key, next_id), to_iceberg(type_.value, next_id)
        return MapType(key_id, key, value_id, value, value_required=False)
    if isinstance(type_, Struct):
        fields = ((next_id(), f.name, to_iceberg(f.type, next_id)) for f in type_.fields)
        return StructType(*(NestedField(id_, name, kind, required=False) for id_, name, kind in fields))
    if isinstance(type_, Scalar) and type_ in HELD:
        return _plain()[type_]
    raise ValueError(f"type {type_} cannot be kept in an Iceberg table")


def from_iceberg(iceberg_type: IcebergType) -> Type:
    """The type of an Iceberg column.

    Raises:
        ValueError: DuckDB has none for it.
    """
    from pyiceberg.types import DecimalType, FixedType, ListType, MapType, StructType, TimestampNanoType

    if isinstance(iceberg_type, FixedType):
        return Scalar.BLOB
    if isinstance(iceberg_type, TimestampNanoType):
        return Scalar.TIMESTAMP_NS
    if isinstance(iceberg_type, DecimalType):
        return Decimal(iceberg_type.precision, iceberg_type.scale)
    if isinstance(iceberg_type, ListType):
        return ListOf(from_iceberg(iceberg_type.element_type))
    if isinstance(iceberg_type, MapType):
        return MapOf(from_iceberg(iceberg_type.key_type), from_iceberg(iceberg_type.value_type))
    if isinstance(iceberg_type, StructType):
        return Struct(tuple(Field(f.name, from_iceberg(f.field_type)) for f in iceberg_type.fields))
    for scalar, plain in _plain().items():
        if plain == iceberg_type:
            return scalar
    raise ValueError(f"no DuckDB type for Iceberg's {iceberg_type}")


@cache
def _plain() -> dict[Scalar, IcebergType]:
    from pyiceberg import types

    return {
        Scalar.VARCHAR: types.StringType(),
        Scalar.BIGINT: types.LongType(),
        Scalar.INTEGER: types.IntegerType(),
        Scalar.DOUBLE: types.DoubleType(),
        Scalar.FLOAT: types.FloatType(),
        Scalar.BOOLEAN: types.BooleanType(),
        Scalar.DATE: types.DateType(),
        Scalar.TIME: types.TimeType(),
        Scalar.TIMESTAMP: types.TimestampType(),
        Scalar.TIMESTAMPTZ: types.TimestamptzType(),
        Scalar.BLOB: types.BinaryType(),
        Scalar.UUID: types.UUIDType(),
    }
