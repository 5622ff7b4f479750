"""DuckDB's text for a type, read into its value; `str()` writes it."""

from __future__ import annotations

from functools import lru_cache

from meshlake.types.text import named_part, take_apart
from meshlake.types.tree import Decimal, Field, ListOf, MapOf, Scalar, Struct, Type, Unknown

_OTHER_NAMES = {
    Scalar.VARCHAR: "text string char bpchar nvarchar",
    Scalar.BOOLEAN: "bool logical",
    Scalar.TINYINT: "int1",
    Scalar.SMALLINT: "int2 int16 short",
    Scalar.INTEGER: "int int4 int32 signed integral",
    Scalar.BIGINT: "int8 int64 long oid",
    Scalar.HUGEINT: "int128",
    Scalar.UTINYINT: "uint8",
    Scalar.USMALLINT: "uint16",
    Scalar.UINTEGER: "uint32",
    Scalar.UBIGINT: "uint64",
    Scalar.UHUGEINT: "uint128",
    Scalar.FLOAT: "float4 real",
    Scalar.DOUBLE: "float8",
    Scalar.TIMETZ: "timetz",
    Scalar.TIMESTAMP: "datetime timestamp_us",
    Scalar.TIMESTAMPTZ: "timestamptz",
    Scalar.UUID: "guid",
    Scalar.BLOB: "bytea binary varbinary",
}
_SCALARS = (
    {scalar.value.lower(): scalar for scalar in Scalar}
    | {name: scalar for scalar, names in _OTHER_NAMES.items() for name in names.split()}
    | {
        "null": Scalar.NULL,
        "character varying": Scalar.VARCHAR,
        "double precision": Scalar.DOUBLE,
        "time without time zone": Scalar.TIME,
        "timestamp without time zone": Scalar.TIMESTAMP,
    }
)
_DECIMALS = frozenset({"decimal", "numeric", "dec"})
_DEFAULT_DECIMAL = (18, 3)


def names() -> tuple[str, ...]:
    """What types are called, in small letters."""
    return (*_SCALARS, *_DECIMALS)


@lru_cache(maxsize=1 << 14)
def parse(text: str) -> Type:
    """The type that DuckDB writes as `text`, in any of its spellings; `Unknown` for one that is not among ours.

    >>> parse("numeric(5)[]")
    ListOf(element=Decimal(precision=5, scale=0), length=None)

    Raises:
        ValueError: it is a DECIMAL of too many digits, or a parenthesis or quote is not closed.
    """
    written = take_apart(text)
    found = _outermost(written.name, written.parts) or Unknown(written.text)
    for length in written.lengths:
        found = ListOf(found, length)
    return found


def _outermost(name: str, parts: tuple[str, ...]) -> Type | None:
    if name in _SCALARS:
        return _SCALARS[name]
    if name in _DECIMALS:
        digits = [int(part) for part in parts] or _DEFAULT_DECIMAL
        return Decimal(digits[0], digits[1] if len(digits) > 1 else 0)
    if name == "map" and len(parts) == 2:
        return MapOf(parse(parts[0]), parse(parts[1]))
    if name in ("struct", "row") and parts:
        return Struct(tuple(Field(name, parse(kind)) for name, kind in map(named_part, parts)))
    return None
