"""PostgreSQL's types as its catalog names them (`int4`, `numeric`), and PostgreSQL's words for ours."""

from __future__ import annotations

from meshlake.types.tree import MAX_DECIMAL_DIGITS, Decimal, ListOf, Scalar, Type

_FROM_POSTGRES = {
    "bool": Scalar.BOOLEAN,
    "int2": Scalar.SMALLINT,
    "int4": Scalar.INTEGER,
    "int8": Scalar.BIGINT,
    "float4": Scalar.FLOAT,
    "float8": Scalar.DOUBLE,
    "text": Scalar.VARCHAR,
    "varchar": Scalar.VARCHAR,
    "bytea": Scalar.BLOB,
    "date": Scalar.DATE,
    "time": Scalar.TIME,
    "timestamp": Scalar.TIMESTAMP,
    "timestamptz": Scalar.TIMESTAMPTZ,
    "uuid": Scalar.UUID,
}
_OTHER_WORDS = {
    Scalar.VARCHAR: "text",
    Scalar.BLOB: "bytea",
    Scalar.FLOAT: "real",
    Scalar.DOUBLE: "double precision",
    Scalar.TINYINT: "smallint",
    Scalar.JSON: "jsonb",
}


def from_postgres(kind: str, modifier: int = -1) -> Type | None:
    """The type for PostgreSQL's `kind`; `None` for one that the engines read as text.

    `modifier` is `atttypmod`: precision and scale of a number. A number of any length, or rounded to tens, is text.
    """
    if kind != "numeric":
        return _FROM_POSTGRES.get(kind)
    if modifier < 0:
        return None
    precision, scale = ((modifier - 4) >> 16) & 0xFFFF, (((modifier - 4) & 0x7FF) ^ 0x400) - 0x400
    if precision > MAX_DECIMAL_DIGITS or not 0 <= scale <= precision:
        return None
    return Decimal(precision, scale)


def postgres_text(type_: Type) -> str:
    """PostgreSQL's words for `type_`, in which DuckDB's others stand as they are."""
    if isinstance(type_, ListOf):
        return f"{postgres_text(type_.element)}[]"
    return _OTHER_WORDS.get(type_, str(type_)) if isinstance(type_, Scalar) else str(type_)
