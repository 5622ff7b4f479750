"""How columns of PostgreSQL come to the engines: their own types where both engines have them, else as text.

Text is what PostgreSQL itself writes of the value: exact for numbers of any length, and alike on both engines.
"""

from __future__ import annotations

from dataclasses import dataclass

from meshlake.names import quote_identifier

_NATIVE = {
    "bool": "BOOLEAN",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "text": "VARCHAR",
    "varchar": "VARCHAR",
    "bytea": "BLOB",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "uuid": "UUID",
}
_MAX_DIGITS = 38


@dataclass(frozen=True)
class TableColumn:
    """One column. `type` is DuckDB's type text of what the engines give for it.

    `cast` is the PostgreSQL type that it is cast to for them, '' for none; `is_enum` columns they themselves read as
    text; the text of `is_number` columns is a number of any length.
    """

    name: str
    type: str
    cast: str = ""
    is_enum: bool = False
    is_number: bool = False

    @property
    def is_native(self) -> bool:
        """Whether the engines read it as it is."""
        return not self.cast or self.is_enum

    @property
    def is_list(self) -> bool:
        """Whether each value is a list."""
        return self.type.endswith("[]")

    @property
    def select_sql(self) -> str:
        """PostgreSQL's SQL for its value."""
        return quote_identifier(self.name) + (f"::{self.cast}" if self.cast else "")


def table_column(name: str, kind: str, is_enum: bool, modifier: int, dimensions: int) -> TableColumn:
    """The column of a type as PostgreSQL's catalog has it.

    Args:
        name: the column's.
        kind: the type, or that of the elements of a list.
        is_enum: whether `kind` is an enumeration.
        modifier: `atttypmod`: precision and scale of a number.
        dimensions: 0 for no list.
    """
    if dimensions > 1:
        return TableColumn(name, "VARCHAR", "text")
    is_list = dimensions == 1
    if is_list and kind == "int2":
        return TableColumn(name, "INTEGER[]", "integer[]")  # Iceberg has no smaller ones
    given = _decimal(modifier) if kind == "numeric" else _NATIVE.get(kind)
    suffix = "[]" if is_list else ""
    if given is not None:
        return TableColumn(name, given + suffix)
    return TableColumn(
        name,
        f"VARCHAR{suffix}",
        f"text{suffix}",
        is_enum=is_enum and not is_list,
        is_number=kind == "numeric" and not is_list,
    )


def _decimal(modifier: int) -> str | None:
    """`None` for a number that no engine's decimal holds: one of any length, or rounded to tens."""
    if modifier < 0:
        return None
    precision, scale = ((modifier - 4) >> 16) & 0xFFFF, (((modifier - 4) & 0x7FF) ^ 0x400) - 0x400
    if precision > _MAX_DIGITS or not 0 <= scale <= precision:
        return None
    return f"DECIMAL({precision},{scale})"
