"""What a database's own catalog says of its tables: keys, references, not-null, comments. No row is read for it."""

from __future__ import annotations

from dataclasses import dataclass

from meshlake.names import quote_identifier


@dataclass(frozen=True)
class TableName:
    """A table; `database` is the one it is in, or expected in, where that is known."""

    schema: str
    table: str
    database: str | None = None

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}"

    @property
    def sql(self) -> str:
        """The quoted two-part name."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.table)}"


@dataclass(frozen=True)
class ForeignKey:
    """`columns` hold values of `other_columns` of `other_table`, as the database sees to; `catalog` has both."""

    columns: tuple[str, ...]
    other_table: TableName
    other_columns: tuple[str, ...]
    catalog: str

    def __str__(self) -> str:
        return f"{' and '.join(self.other_columns)} of {self.other_table}"


@dataclass(frozen=True)
class CatalogColumn:
    """A column, and what its table's owner says of it. The text of `is_number` columns is a number of any length."""

    name: str
    is_number: bool
    is_required: bool
    comment: str


@dataclass(frozen=True)
class CatalogTable:
    """A table or view as a database's catalog has it. `keys` are its primary key and what else is unique and not null.

    `size_bytes` is 0 for what keeps no rows itself; `is_enforced` says that the database itself sees to it that no row
    breaks what the catalog says. `product` is the database's own name ("PostgreSQL"), and `server` the entry of a
    contract's `servers` that leads to the table.
    """

    catalog: str
    table: TableName
    kind: str
    size_bytes: int
    comment: str
    columns: tuple[CatalogColumn, ...]
    primary_key: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]
    is_enforced: bool
    product: str
    server: tuple[tuple[str, str | int], ...]

    def __str__(self) -> str:
        return f"{self.catalog}.{self.table}"
