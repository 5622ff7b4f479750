"""`mesh doctor`: whether every server the settings name can be used, told in seconds and before any work is done.

Stores, the catalog, engines and sources examine their own, this machine's or not; here they are asked, all at once.
Folders and SQLite need no server and are not examined.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from meshlake.engines.engine import ENGINES, engine_of
from meshlake.errors import MeshError, ServiceError
from meshlake.lake.catalog_server import examine
from meshlake.settings import without_keys
from meshlake.sources import configured_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from meshlake.settings import Settings

    # What is tried, by what is tried of it; one raises `ServiceError` when it fails.
    Examinations = Mapping[str, Callable[[], None]]


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
        found[f"Catalog {without_keys(settings.catalog)}"] = partial(examine, settings.catalog_uri)
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
