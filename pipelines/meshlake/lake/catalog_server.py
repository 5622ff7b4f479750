"""Whether a catalog that is a database's can be used. SQLite's needs no server, and is not examined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import ServiceError
from meshlake.extras import needs_extra

if TYPE_CHECKING:
    from sqlalchemy import Engine

# The columns of the JDBC catalog's schema V1, the newest that pyiceberg and Trino 476 know.
_CATALOG_COLUMNS = frozenset(
    {
        "catalog_name",
        "table_namespace",
        "table_name",
        "metadata_location",
        "previous_metadata_location",
        "iceberg_type",
    }
)


def examine(uri: str) -> None:
    """Open the catalog at `uri`, and see that it is of a version that this Meshlake knows.

    Raises:
        ServiceError: it cannot be used.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError
    from sqlalchemy.pool import NullPool

    try:
        with needs_extra("services", "PostgreSQL"):
            engine = create_engine(uri, poolclass=NullPool)
        unknown = _catalog_columns(engine) - _CATALOG_COLUMNS
    except (ArgumentError, ValueError) as error:
        raise ServiceError(
            "the address cannot be read", "Write postgresql://user:password@host:port/name."
        ) from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise ServiceError(reason, "Check MESH_CATALOG: host, port, database, user and password.") from error
    if unknown:
        raise ServiceError(
            f"the catalog is of a newer version: iceberg_tables has the column {min(unknown)}",
            "Upgrade Meshlake to the version that the others who use this catalog have.",
        )


def _catalog_columns(engine: Engine) -> set[str]:
    from sqlalchemy import inspect

    tables = inspect(engine)
    return (
        {column["name"] for column in tables.get_columns("iceberg_tables")}
        if tables.has_table("iceberg_tables")
        else set()
    )
