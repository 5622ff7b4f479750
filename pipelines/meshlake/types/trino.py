"""Types in Trino's words, and back."""

from __future__ import annotations

from meshlake.names import quote_identifier
from meshlake.types.text import named_part, take_apart
from meshlake.types.tree import Decimal, Field, ListOf, MapOf, Scalar, Struct, Type

_TRINO = {
    Scalar.VARCHAR: "varchar",
    Scalar.TINYINT: "tinyint",
    Scalar.SMALLINT: "smallint",
    Scalar.INTEGER: "integer",
    Scalar.BIGINT: "bigint",
    Scalar.FLOAT: "real",
    Scalar.DOUBLE: "double",
    Scalar.BOOLEAN: "boolean",
    Scalar.DATE: "date",
    Scalar.TIME: "time(6)",
    Scalar.TIMESTAMP: "timestamp(6)",
    Scalar.TIMESTAMP_S: "timestamp(0)",
    Scalar.TIMESTAMP_MS: "timestamp(3)",
    Scalar.TIMESTAMP_NS: "timestamp(9)",
    Scalar.TIMESTAMPTZ: "timestamp(6) with time zone",
    Scalar.UUID: "uuid",
    Scalar.BLOB: "varbinary",
    Scalar.JSON: "json",
    Scalar.NULL: "unknown",
}
_FROM_TRINO = {
    **{text: scalar for scalar, text in _TRINO.items() if "(" not in text},
    "char": Scalar.VARCHAR,
    "time": Scalar.TIME,
    "timestamp": Scalar.TIMESTAMP,
    "timestamp with time zone": Scalar.TIMESTAMPTZ,
}
_MOST_MICROSECOND_DIGITS = 6


def trino_text(type_: Type) -> str:
    """Trino's type: `STRUCT("a" INTEGER)[]` gives `array(row("a" integer))`.

    Raises:
        ValueError: Trino has no such type.
    """
    if isinstance(type_, Decimal):
        return f"decimal({type_.precision},{type_.scale})"
    if isinstance(type_, ListOf):
        return f"array({trino_text(type_.element)})"
    if isinstance(type_, MapOf):
        return f"map({trino_text(type_.key)}, {trino_text(type_.value)})"
    if isinstance(type_, Struct):
        fields = ", ".join(f"{quote_identifier(f.name)} {trino_text(f.type)}" for f in type_.fields)
        return f"row({fields})"
    if isinstance(type_, Scalar) and type_ in _TRINO:
        return _TRINO[type_]
    raise ValueError(f"type {type_} has no equal in Trino")


def parse_trino(text: str) -> Type:
    """The type that Trino writes as `text`: `array(varchar(3))` gives `VARCHAR[]`.

    A timestamp of up to six digits is DuckDB's, which has microseconds; one of more has its nanoseconds.

    Raises:
        ValueError: DuckDB has no such type.
    """
    written = take_apart(text)
    name, parts = written.name, written.parts
    if name == "decimal":
        return Decimal(int(parts[0]), int(parts[1]))
    if name == "array":
        return ListOf(parse_trino(parts[0]))
    if name == "map":
        return MapOf(parse_trino(parts[0]), parse_trino(parts[1]))
    if name == "row":
        return Struct(tuple(Field(name, parse_trino(kind)) for name, kind in map(named_part, parts)))
    if name == "timestamp" and parts and int(parts[0]) > _MOST_MICROSECOND_DIGITS:
        return Scalar.TIMESTAMP_NS
    try:
        return _FROM_TRINO[name]
    except KeyError:
        raise ValueError(f"Trino's type {text} has no equal in DuckDB") from None
