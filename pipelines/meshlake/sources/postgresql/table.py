"""A table of the operational database as a landed dataset: what it is like, whether it changed, how it is read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.errors import LandingError, NotLandedError, UsageError
from meshlake.names import quote_identifier
from meshlake.sources.postgresql.columns import COLUMNS_SQL, table_column
from meshlake.sources.postgresql.database import database_address, open_database
from meshlake.sources.postgresql.in_duckdb import attach, duckdb_relation, postgres_failure
from meshlake.sources.postgresql.in_trino import trino_relation
from meshlake.sources.postgresql.rows import TableRows
from meshlake.suggest import close_names

if TYPE_CHECKING:
    import duckdb

    from meshlake.names import DatasetName
    from meshlake.sources.catalog import TableName
    from meshlake.sources.postgresql.database import DatabaseAddress
    from meshlake.types.tree import Type

# Relations whose rows have an identity (tables, partitioned tables, materialised views); others have only content.
_STORED = frozenset("rpm")
_RELATION = """
SELECT c.oid, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p', 'm', 'v', 'f')"""
_NAMES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'm', 'v', 'f') ORDER BY 1"""


@dataclass(frozen=True)
class OperationalTable:
    """See `Landed`: a table as it stood when it was looked at, in the database at `address`.

    `fingerprint` changes whenever a row is inserted, updated or deleted, or a column changes.
    """

    name: DatasetName
    rows: TableRows
    fingerprint: str
    address: DatabaseAddress
    source: ClassVar[str] = "postgresql"
    files: ClassVar[None] = None

    @property
    def label(self) -> str:
        """The table's name."""
        return str(self.rows.table)

    @property
    def columns(self) -> dict[str, Type]:
        """As PostgreSQL declares them."""
        return {column.name: column.type for column in self.rows.columns}

    def duckdb_relation(self, connection: duckdb.DuckDBPyConnection) -> str:
        """By DuckDB's extension."""
        attach(connection, self.address)
        return duckdb_relation(self.rows)

    def trino_relation(self) -> str:
        """By Trino's connector."""
        return trino_relation(self.rows)

    def explain(self, error: duckdb.Error) -> LandingError | None:
        """What PostgreSQL says."""
        reason = postgres_failure(error)
        if not reason:
            return None
        return LandingError(
            f"the operational database: {reason}", "See `mesh doctor`, and run the query again."
        )


def look_at(name: DatasetName, table: TableName, uri: str | None) -> OperationalTable:
    """What the dataset `name`, which is `table` of the database at `uri`, is like now; one scan of it.

    Raises:
        NotLandedError: there is no such table.
        LandingError: the database does not answer, or refuses.
        UsageError: `uri` is missing, no address, or of another database than the contract says.
    """
    if uri is None:
        raise UsageError(
            f"{name} is the table {table} of an operational database, but MESH_OPERATIONAL is not set",
            "Set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE.",
        )
    address = database_address(uri)
    if table.database not in {None, address.database}:
        raise UsageError(
            f"{name}: its contract says database '{table.database}', MESH_OPERATIONAL says '{address.database}'",
            "Correct the one that is wrong.",
        )
    with open_database(address, str(name)) as connection, connection.cursor() as cursor:
        return _looked_at(cursor, name, table, address)


def _looked_at(
    cursor: Any, name: DatasetName, table: TableName, address: DatabaseAddress
) -> OperationalTable:
    cursor.execute(_RELATION, (table.schema, table.table))
    found = cursor.fetchone()
    if found is None:
        cursor.execute(_NAMES, (table.schema,))
        raise _no_table(name, table, address, [row[0] for row in cursor.fetchall()])
    oid, kind = found
    cursor.execute(COLUMNS_SQL, ([oid],))
    columns = tuple(table_column(*row[1:6]) for row in cursor.fetchall())
    cursor.execute(f"SELECT count(*), sum({_row_hash(kind, table)}) FROM {table.sql}")
    count, hashed = cursor.fetchone()
    facts = f"{table}\0{columns}\0{count}\0{hashed}"
    digest = hashlib.sha256(facts.encode()).hexdigest()
    return OperationalTable(name, TableRows(table, columns), digest, address)


def _row_hash(kind: str, table: TableName) -> str:
    """PostgreSQL's SQL for a hash that a row has as long as nobody writes it.

    A stored row is never changed in place: an update leaves it and makes another, at another place or by another
    transaction. A count and the newest transaction would miss the update of one that began earlier and ended later.
    """
    if kind in _STORED:
        return "hash_record_extended(ROW(tableoid, ctid, xmin), 0)"
    return f"hashtextextended({quote_identifier(table.table)}::text, 0)"


def _no_table(
    name: DatasetName, table: TableName, address: DatabaseAddress, known: list[str]
) -> NotLandedError:
    near = close_names(table.table, known)
    hint = (
        f"Did you mean {table.schema}.{near[0]}?"
        if near
        else f"Tables that MESH_OPERATIONAL may see in schema '{table.schema}': {', '.join(known[:20]) or 'none'}."
    )
    return NotLandedError(f"{name}: PostgreSQL at {address} has no table {table}", hint)
