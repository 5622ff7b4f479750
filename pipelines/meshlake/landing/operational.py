"""Tables of the operational database, a PostgreSQL beside the mesh: what they are like and whether they changed.

Their rows are read by the engines. The address holds a password, so no error here is raised from one that could tell
it.
"""

from __future__ import annotations

import hashlib
from contextlib import closing, contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from meshlake.errors import LandingError, NotLandedError, UsageError
from meshlake.landing.operational_types import TableColumn, table_column
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.names import DatasetName

_CONNECT_SECONDS = 4
_HINT = "See that MESH_OPERATIONAL is right and that PostgreSQL runs: mesh doctor."
# Relations whose rows have an identity (tables, partitioned tables, materialised views); others have only content.
_STORED = frozenset("rpm")
_RELATION = """
SELECT c.oid, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p', 'm', 'v', 'f')"""
_NAMES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'm', 'v', 'f') ORDER BY 1"""
# What `table_column` takes, with the table before it, and whether the column is required and its comment after it.
COLUMNS_SQL = """
SELECT a.attrelid, a.attname, coalesce(e.typname, t.typname), coalesce(e.typtype, t.typtype) = 'e', a.atttypmod,
    CASE WHEN e.oid IS NULL THEN 0 ELSE greatest(a.attndims, 1) END,
    a.attnotnull, coalesce(col_description(a.attrelid, a.attnum), '')
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum"""


@dataclass(frozen=True)
class DatabaseAddress:
    """`postgresql://user:password@host:port/database` in its parts."""

    host: str
    port: int
    database: str
    user: str
    password: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.database}"

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class TableName:
    """A table as a contract names it; `database` is the one it expects the table in, where it says so."""

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
class OperationalTable:
    """A landed dataset that is a table, as it stood when it was looked at.

    `fingerprint` changes whenever a row is inserted, updated or deleted, or a column changes. `sample` is the clause of
    PostgreSQL's that leaves some of its rows out, '' for all of them.
    """

    name: DatasetName
    table: TableName
    columns: tuple[TableColumn, ...]
    fingerprint: str
    sample: str = ""

    @property
    def is_native(self) -> bool:
        """Whether both engines read it as it is, so that PostgreSQL need neither cast a column nor sample the rows."""
        return not self.sample and all(column.is_native for column in self.columns)

    def select_sql(self, list_form: str = "{}") -> str:
        """The SELECT, in PostgreSQL's dialect, of all rows with the types of `columns`; lists in the form given."""
        values = ", ".join(
            f"{(list_form if c.is_list else '{}').format(c.select_sql)} AS {quote_identifier(c.name)}"
            for c in self.columns
        )
        return f"SELECT {values} FROM {self.table.sql} {self.sample}".rstrip()


def database_address(uri: str) -> DatabaseAddress:
    """Read `postgresql://user:password@host:port/database`.

    Raises:
        UsageError: it is no such address.
    """
    try:
        parts = urlsplit(uri)
        port = parts.port or 5432
    except ValueError:
        parts, port = urlsplit(""), 0
    database = unquote(parts.path.strip("/"))
    if parts.scheme != "postgresql" or not parts.hostname or not database:
        raise UsageError(
            "MESH_OPERATIONAL is not the address of a PostgreSQL database",
            "Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE.",
        )
    return DatabaseAddress(
        parts.hostname, port, database, unquote(parts.username or ""), unquote(parts.password or "")
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


@contextmanager
def open_database(address: DatabaseAddress, where: str, *, is_read_only: bool = True) -> Iterator[Any]:
    """A psycopg2 connection for `where`, which errors name; nothing is kept that is not committed.

    Raises:
        LandingError: the database does not answer, or refuses what is asked meanwhile.
        UsageError: psycopg2 is not installed.
    """
    try:
        import psycopg2
    except ModuleNotFoundError as error:
        raise UsageError(
            "MESH_OPERATIONAL needs the package psycopg2", "pip install 'meshlake[services]'"
        ) from error
    try:
        connection = psycopg2.connect(
            host=address.host,
            port=address.port,
            dbname=address.database,
            user=address.user,
            password=address.password,
            connect_timeout=_CONNECT_SECONDS,
            application_name="meshlake",
        )
        with closing(connection):
            connection.set_session(isolation_level="REPEATABLE READ", readonly=is_read_only)
            yield connection
    except psycopg2.Error as error:
        raise LandingError(f"{where}: PostgreSQL at {address}: {postgres_reason(error)}", _HINT) from None


def postgres_reason(error: Exception) -> str:
    """What PostgreSQL itself says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = next((line for line in lines if "FATAL" in line), lines[0] if lines else "it does not answer")
    return said.rpartition("FATAL:")[2].strip()


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
    count, digest = cursor.fetchone()
    facts = f"{table}\0{columns}\0{count}\0{digest}"
    return OperationalTable(name, table, columns, hashlib.sha256(facts.encode()).hexdigest())


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
    near = get_close_matches(table.table, known, n=1)
    hint = (
        f"Did you mean {table.schema}.{near[0]}?"
        if near
        else f"Tables that MESH_OPERATIONAL may see in schema '{table.schema}': {', '.join(known[:20]) or 'none'}."
    )
    return NotLandedError(f"{name}: PostgreSQL at {address} has no table {table}", hint)
