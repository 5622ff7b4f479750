"""Which state the catalog is in, told without loading it, so that a reader sees whether its views are current."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.errors import UsageError
from meshlake.extras import needs_extra

if TYPE_CHECKING:
    from meshlake.settings import Settings

_TABLES = "SELECT table_namespace, table_name, metadata_location FROM iceberg_tables ORDER BY 1, 2"
_SQLITE = "sqlite:///"


def discovered_folder(settings: Settings) -> Path:
    """Where what discoveries found is kept: a folder for each dataset, in it a file for each of its states."""
    return settings.home / "discovered"


def mesh_state(settings: Settings, *, must_be_published: bool = True) -> str:
    """A text that changes with every commit to the catalog, and with every discovery that found something new.

    Raises:
        UsageError: nothing was built yet, though something must be.
    """
    published = catalog_state(settings) if must_be_published or has_catalog(settings) else ""
    found = sorted(f"{file.parent.name}/{file.name}" for file in discovered_folder(settings).glob("*/*.json"))
    return hashlib.sha256("\n".join([published, *found]).encode()).hexdigest() if found else published


def has_catalog(settings: Settings) -> bool:
    """Whether there may be something published; a server has to be asked."""
    return not settings.is_embedded or Path(settings.catalog.removeprefix(_SQLITE)).exists()


def catalog_state(settings: Settings) -> str:
    """A text that changes with every commit to the catalog.

    Raises:
        UsageError: nothing was built yet.
    """
    rows = (
        _sqlite_rows(settings, Path(settings.catalog.removeprefix(_SQLITE)))
        if settings.is_embedded
        else _server_rows(settings)
    )
    # A home that was moved has other paths in its views.
    return hashlib.sha256(repr((settings.warehouse, rows)).encode()).hexdigest()


def metadata_locations(settings: Settings) -> list[str]:
    """What a catalog in SQLite calls the file of each table; nothing before the first build.

    Raises:
        sqlite3.Error: it is no catalog.
    """
    path = Path(settings.catalog.removeprefix(_SQLITE))
    rows = _sqlite_rows(settings, path) if path.exists() else []
    return [location for *_, location in rows]


def _sqlite_rows(settings: Settings, path: Path) -> list[tuple[str, str, str]]:
    if not path.exists():
        from meshlake.products.places import first_step

        is_mesh = settings.home.exists() or settings.products.exists()
        where = "" if is_mesh else f": there is no mesh in {settings.home.parent}"
        raise UsageError(f"nothing is published yet{where}", first_step(settings))
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(_TABLES).fetchall()


def _server_rows(settings: Settings) -> list[tuple[str, str, str]]:
    import sqlalchemy

    with needs_extra("services", "PostgreSQL"):
        engine = sqlalchemy.create_engine(settings.catalog_uri)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(sqlalchemy.text(_TABLES))]
    engine.dispose()
    return rows
