"""How columns of PostgreSQL come to the engines: their own types where both engines have them, else as text.

Text is what PostgreSQL itself writes of the value: exact for numbers of any length, and alike on both engines.
"""

from __future__ import annotations

from dataclasses import dataclass

from meshlake.names import quote_identifier
from meshlake.types.postgres import from_postgres
from meshlake.types.tree import ListOf, Scalar, Type

# What `table_column` takes, with the table before it, and whether the column is required and its comment after it.
COLUMNS_SQL = """
SELECT a.attrelid, a.attname, coalesce(e.typname, t.typname), coalesce(e.typtype, t.typtype) = 'e', a.atttypmod,
    CASE WHEN e.oid IS NULL THEN 0 ELSE greatest(a.attndims, 1) END,
    a.attnotnull, coalesce(col_description(a.attrelid, a.attnum), '')
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum"""


@dataclass(frozen=True)
class TableColumn:
    """One column. `type` is that of what the engines give for it.

    `cast` is the PostgreSQL type that it is cast to for them, '' for none; `is_enum` columns they themselves read as
    text; the text of `is_number` columns is a number of any length.
    """

    name: str
    type: Type
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
        return isinstance(self.type, ListOf)

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
        return TableColumn(name, Scalar.VARCHAR, "text")
    is_list = dimensions == 1
    if is_list and kind == "int2":
        return TableColumn(name, ListOf(Scalar.INTEGER), "integer[]")  # Iceberg has no smaller ones
    given = from_postgres(kind, modifier)
    found = given or Scalar.VARCHAR
    return TableColumn(
        name,
        ListOf(found) if is_list else found,
        "" if given else "text[]" if is_list else "text",
        is_enum=given is None and is_enum and not is_list,
        is_number=given is None and kind == "numeric" and not is_list,
    )
