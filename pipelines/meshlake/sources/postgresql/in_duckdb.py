"""Tables of the operational database as DuckDB reads them, by its postgres extension.

A build reads a table once, into Parquet files that it works from: all that it does then sees the same rows, and the
operational system has one scan to bear. The tables of a build are as of one moment. A query reads them where they live.
"""

from __future__ import annotations

import re
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import duckdb

from meshlake.duckdb_extension import load_extension
from meshlake.errors import LandingError
from meshlake.names import quote_identifier, quote_literal
from meshlake.sources.postgresql.database import CATALOG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from meshlake.sources.postgresql.database import DatabaseAddress
    from meshlake.sources.postgresql.rows import TableRows

_SECRET = "mesh_operational"  # noqa: S105 - its name
# How the extension begins what it says of PostgreSQL. Errors of two classes begin with words that a query can choose,
# by `error()`, or quote a value.
_BEGINNINGS = re.compile(
    r"(?:[A-Za-z]+(?: [A-Za-z]+)* Error: )?"
    r"(?:Unable to connect to Postgres at |Failed to execute query \"|Failed to prepare (?:query|COPY) \""
    r"|Failed to describe prepared statement|Failed to fetch header for COPY|Unable to read binary COPY data)"
)
_THE_QUERYS_OWN = (duckdb.InvalidInputException, duckdb.ConversionException)
_HINT = "See that MESH_OPERATIONAL is right and that PostgreSQL runs: mesh doctor. Then run it again."


def attach(connection: duckdb.DuckDBPyConnection, address: DatabaseAddress) -> None:
    """Make the database readable in `connection` as the catalog `operational`, unless it is, until it is detached.

    Raises:
        StorageError: DuckDB has no extension for PostgreSQL.
        LandingError: the database does not answer, or refuses.
    """
    load_extension(connection, "postgres", "PostgreSQL")
    options = {
        "HOST": address.host,
        "PORT": str(address.port),
        "DATABASE": address.database,
        "USER": address.user,
        "PASSWORD": address.password,
    }
    given = ", ".join(f"{name} {quote_literal(value)}" for name, value in options.items() if value)
    with postgres_explained(str(address)):
        connection.execute(f"CREATE OR REPLACE TEMPORARY SECRET {_SECRET} (TYPE postgres, {given})")
        connection.execute(
            f"ATTACH IF NOT EXISTS '' AS {CATALOG} (TYPE postgres, READ_ONLY, SECRET {_SECRET})"
        )


def duckdb_relation(rows: TableRows) -> str:
    """A parenthesised SELECT, in DuckDB, of `rows` in the database that is attached."""
    if not rows.is_native:
        query = f"postgres_query({quote_literal(CATALOG)}, {quote_literal(rows.select_sql())})"
        return f"(SELECT * FROM {query})"
    values = ", ".join(
        f"CAST({quote_identifier(c.name)} AS VARCHAR) AS {quote_identifier(c.name)}"
        if c.is_enum
        else quote_identifier(c.name)
        for c in rows.columns
    )
    return f"(SELECT {values} FROM {CATALOG}.{rows.table.sql})"


def copy_rows(
    connection: duckdb.DuckDBPyConnection,
    many: Sequence[TableRows],
    address: DatabaseAddress,
    folder: Path,
) -> list[Path]:
    """Write the rows of several tables, all as of one moment, to a Parquet file in `folder` each.

    Raises:
        LandingError: the database does not answer, or a value is none of its type.
        StorageError: DuckDB has no extension for PostgreSQL.
    """
    attach(connection, address)
    files = []
    try:
        with postgres_explained(str(address)):
            # The extension reads all of a transaction in one of PostgreSQL's, at isolation level REPEATABLE READ.
            connection.execute("BEGIN")
            for rows in many:
                path = folder / f"{uuid.uuid4().hex}.parquet"
                connection.execute(
                    f"COPY (SELECT * FROM {duckdb_relation(rows)}) TO {quote_literal(str(path))} (FORMAT parquet)"
                )
                files.append(path)
    finally:
        with suppress(duckdb.Error):  # none was begun, when the database did not answer
            connection.execute("ROLLBACK")
        connection.execute(f"DETACH {CATALOG}")
    return files


@contextmanager
def postgres_explained(address: str) -> Iterator[None]:
    """Raise LandingError for what DuckDB says of the database at `address`, which may tell its password."""
    reason = ""
    try:
        yield
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        reason = postgres_failure(error)
        if not reason:
            raise
    if reason:
        raise LandingError(f"PostgreSQL at {address}: {reason}", _HINT)


def postgres_failure(error: duckdb.Error, message: str | None = None) -> str:
    """What DuckDB says of PostgreSQL, in one line without any address; '' when it speaks of something else.

    `message` is what `error` says, unless it is its text.
    """
    text = str(error) if message is None else message
    if isinstance(error, _THE_QUERYS_OWN) or not _BEGINNINGS.match(text):
        return ""
    told = re.findall(r"(?:FATAL|ERROR): *(.+)|(Connection refused|server closed the connection[^\n]*)", text)
    said = next((part.strip() for groups in told for part in groups if part), "")
    return said.rstrip('."') or "it does not answer"
