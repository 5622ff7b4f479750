"""The operational database, a PostgreSQL beside the mesh: its address, and connections to it.

The address holds a password, so no error here is raised from one that could tell it.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from meshlake.errors import LandingError, UsageError
from meshlake.extras import needs_extra

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where both engines have it; no user's SQL may name it.
CATALOG = "operational"
CONNECT_SECONDS = 4
_HINT = "See that MESH_OPERATIONAL is right and that PostgreSQL runs: mesh doctor."


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


@contextmanager
def open_database(address: DatabaseAddress, where: str, *, is_read_only: bool = True) -> Iterator[Any]:
    """A psycopg2 connection for `where`, which errors name; nothing is kept that is not committed.

    Raises:
        LandingError: the database does not answer, or refuses what is asked meanwhile.
        MissingPackageError: psycopg2 is not installed.
    """
    with needs_extra("services", "MESH_OPERATIONAL"):
        import psycopg2
    try:
        connection = psycopg2.connect(
            host=address.host,
            port=address.port,
            dbname=address.database,
            user=address.user,
            password=address.password,
            connect_timeout=CONNECT_SECONDS,
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
