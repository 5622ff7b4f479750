"""Types of columns on Trino: DuckDB's type text said in Trino's words, and back. Nested types included.

Only the types an Iceberg table can hold, and the integers DuckDB makes on the way, which have a place in Trino's.
"""

from __future__ import annotations

import re

from sqlglot import exp

from meshlake.contract.types import canonical_type
from meshlake.names import quote_identifier

T = exp.DataType.Type
_TRINO = {
    "VARCHAR": "varchar",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIME": "time(6)",
    "TIMESTAMP": "timestamp(6)",
    "TIMESTAMP WITH TIME ZONE": "timestamp(6) with time zone",
    "UUID": "uuid",
    "BLOB": "varbinary",
}
_DUCKDB = {name: duckdb for duckdb, name in _TRINO.items()} | {
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "json": "JSON",
    "char": "VARCHAR",
    "unknown": '"NULL"',
}
_LENGTH = re.compile(r"\((\d+)\)")
_FIELD = re.compile(r'\s*("(?:[^"]|"")*"|[^\s"]+)\s+(.+)', re.DOTALL)


def trino_type_of(duckdb_type: str) -> str:
    """Trino's type for a DuckDB type: `STRUCT("a" INTEGER)[]` gives `array(row("a" integer))`.

    Raises:
        ValueError: when it is no DuckDB type, or one an Iceberg table cannot hold.
    """
    return _trino_text(exp.DataType.build(canonical_type(duckdb_type), dialect="duckdb"))


def duckdb_type_of(trino_type: str) -> str:
    """DuckDB's type for a type as Trino writes it: `array(varchar(3))` gives `VARCHAR[]`.

    Times and timestamps of any precision are DuckDB's, which have microseconds.

    Raises:
        ValueError: when DuckDB has no such type.
    """
    text = trino_type.strip()
    name, inner = _outer(text)
    if name == "decimal":
        return f"DECIMAL({','.join(part.strip() for part in inner)})"
    if name == "array":
        return f"{duckdb_type_of(inner[0])}[]"
    if name == "map":
        return f"MAP({', '.join(duckdb_type_of(part) for part in inner)})"
    if name == "row":
        return f"STRUCT({', '.join(_struct_field(part) for part in inner)})"
    plain = _LENGTH.sub("", text.lower())
    if plain.startswith("time"):
        # The precision is the connector's; `timestamp(3) with time zone` and `timestamp(6)` keep their kind.
        plain = re.sub(r"^(time|timestamp)\b", r"\1(6)", plain)
    try:
        return _DUCKDB[plain]
    except KeyError:
        raise ValueError(f"Trino's type {trino_type} has no equal in DuckDB") from None


def _trino_text(parsed: exp.DataType) -> str:
    if parsed.this == T.ARRAY:
        return f"array({_trino_text(parsed.expressions[0])})"
    if parsed.this == T.MAP:
        return f"map({', '.join(_trino_text(part) for part in parsed.expressions)})"
    if parsed.this == T.STRUCT:
        fields = (
            f"{quote_identifier(field.name)} {_trino_text(field.args['kind'])}"
            for field in parsed.expressions
        )
        return f"row({', '.join(fields)})"
    if parsed.this == T.DECIMAL:
        return parsed.sql("duckdb").lower()
    return _TRINO[canonical_type(parsed.sql("duckdb"))]


def _outer(text: str) -> tuple[str, list[str]]:
    """`map(integer, row(a integer))` as its name and the texts of what stands in its parentheses."""
    name, opening, rest = text.partition("(")
    if not opening or not rest.endswith(")"):
        return text.lower(), []
    return name.strip().lower(), _split(rest[:-1])


def _split(text: str) -> list[str]:
    """The parts between the commas of `text` that stand in no parentheses and no quotes."""
    parts, depth, is_quoted, start = [], 0, False, 0
    for index, letter in enumerate(text):
        if letter == '"':
            is_quoted = not is_quoted
        elif not is_quoted and letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and not is_quoted and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _struct_field(text: str) -> str:
    match = _FIELD.fullmatch(text)
    if match is None:
        raise ValueError(f"Trino's row type has a field without a name: {text}")
    name = match[1][1:-1].replace('""', '"') if match[1].startswith('"') else match[1]
    return f"{quote_identifier(name)} {duckdb_type_of(match[2])}"
