"""`mesh doctor`: whether every server the settings name can be used, told in seconds and before any work is done.

Works on any object store, PostgreSQL and Trino, this machine's or not. Folders and SQLite need no server and are not
examined.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from meshlake.engines.engine import ENGINES, engine_of
from meshlake.errors import MeshError, ServiceError
from meshlake.extras import needs_extra
from meshlake.settings import without_keys
from meshlake.sources import configured_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Engine

    from meshlake.settings import Settings

    # What is tried, by what is tried of it; one raises `ServiceError` when it fails.
    Examinations = Mapping[str, Callable[[], None]]

_CONNECT_SECONDS = 4
_ANSWER_SECONDS = 5
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


@dataclass(frozen=True)
class Finding:
    """What one examination found; `problem` is `None` when all is well."""

    subject: str
    seconds: float
    problem: str | None = None
    hint: str | None = None


def diagnose(settings: Settings) -> tuple[Finding, ...]:
    """Examine every server that `settings` name, side by side; at most 15 seconds in all."""
    engines = [
        engine.examinations(settings, is_chosen=name == settings.engine)
        for name, engine in ENGINES.all().items()
    ]
    return _examined(_of_storage(settings), *engines, _of_sources(settings))


def require_servers(settings: Settings) -> None:
    """See that every server that any work needs can be used: of the engines the chosen one, and no source but
    files, as only some products read the others.

    Raises:
        ServiceError: a server cannot be used as the settings say.
        UsageError: there is no such engine.
    """
    needed = settings.with_files_alone()
    engine = engine_of(settings).examinations(needed, is_chosen=True)
    for finding in _examined(_of_storage(settings), engine):
        _refuse(finding)


def require_landing(settings: Settings) -> None:
    """See that files can be landed.

    Raises:
        ServiceError: the store cannot be used as the settings say.
    """
    store = settings.store_of(settings.landing)
    examination = partial(store.examine, settings.landing, is_written=True)
    _refuse(_examine(f"Landing zone {settings.landing}", examination))


def _of_storage(settings: Settings) -> Examinations:
    found: dict[str, Callable[[], None]] = {}
    for name, place, is_written in (
        ("Landing zone", settings.landing, False),
        ("Warehouse", settings.warehouse, True),
    ):
        store = settings.store_of(place)
        if not store.is_local:
            found[f"{name} {place}"] = partial(store.examine, place, is_written=is_written)
    if not settings.is_embedded:
        found[f"Catalog {without_keys(settings.catalog)}"] = partial(_open_catalog, settings.catalog_uri)
    return found


def _of_sources(settings: Settings) -> Examinations:
    found: dict[str, Callable[[], None]] = {}
    for source in configured_sources(settings):
        found |= source.examinations()
    return found


def _examined(*parts: Examinations) -> tuple[Finding, ...]:
    all_of_them = {subject: examination for part in parts for subject, examination in part.items()}
    if not all_of_them:
        return ()
    with ThreadPoolExecutor(len(all_of_them)) as pool:
        return tuple(pool.map(_examine, all_of_them, all_of_them.values()))


def _refuse(finding: Finding) -> None:
    if finding.problem is not None:
        raise ServiceError(f"{finding.subject}: {finding.problem}", finding.hint)


def _examine(subject: str, examination: Callable[[], None]) -> Finding:
    started = time.monotonic()
    try:
        examination()
    except MeshError as error:
        return Finding(subject, time.monotonic() - started, error.message, error.hint)
    return Finding(subject, time.monotonic() - started)


def _open_catalog(uri: str) -> None:
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
