"""Arrow's types for ours."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from meshlake.types.tree import Decimal, ListOf, MapOf, Scalar, Struct, Type

if TYPE_CHECKING:
    import pyarrow as pa


def to_arrow(type_: Type) -> pa.DataType:
    """Arrow's type; text for one that it has no word for, such as an interval."""
    import pyarrow as pa

    if isinstance(type_, Decimal):
        return pa.decimal128(type_.precision, type_.scale)
    if isinstance(type_, ListOf):
        return pa.list_(to_arrow(type_.element))
    if isinstance(type_, MapOf):
        return pa.map_(to_arrow(type_.key), to_arrow(type_.value))
    if isinstance(type_, Struct):
        return pa.struct([pa.field(f.name, to_arrow(f.type)) for f in type_.fields])
    return _scalars().get(type_, pa.string()) if isinstance(type_, Scalar) else pa.string()


@cache
def _scalars() -> dict[Scalar, pa.DataType]:
    import pyarrow as pa

    return {
        Scalar.BOOLEAN: pa.bool_(),
        Scalar.TINYINT: pa.int8(),
        Scalar.SMALLINT: pa.int16(),
        Scalar.INTEGER: pa.int32(),
        Scalar.BIGINT: pa.int64(),
        Scalar.HUGEINT: pa.decimal128(38, 0),
        Scalar.UTINYINT: pa.uint8(),
        Scalar.USMALLINT: pa.uint16(),
        Scalar.UINTEGER: pa.uint32(),
        Scalar.UBIGINT: pa.uint64(),
        Scalar.FLOAT: pa.float32(),
        Scalar.DOUBLE: pa.float64(),
        Scalar.DATE: pa.date32(),
        Scalar.TIME: pa.time64("us"),
        Scalar.TIME_NS: pa.time64("ns"),
        Scalar.TIMESTAMP: pa.timestamp("us"),
        Scalar.TIMESTAMP_S: pa.timestamp("s"),
        Scalar.TIMESTAMP_MS: pa.timestamp("ms"),
        Scalar.TIMESTAMP_NS: pa.timestamp("ns"),
        Scalar.TIMESTAMPTZ: pa.timestamp("us", tz="UTC"),
        Scalar.BLOB: pa.binary(),
    }
