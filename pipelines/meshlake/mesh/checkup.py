"""What `mesh doctor` looks at on this machine: Python, packages, folders, the catalog's paths, contracts, disk, port.

Each is told in a `Finding`, as servers are; what is well says what was found. Nothing is built, and no home is made.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from http.client import HTTPConnection, HTTPException
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from meshlake.errors import MeshError
from meshlake.health import Finding
from meshlake.lake.moved import actual, moves
from meshlake.lake.state import metadata_locations
from meshlake.memory import machine_bytes
from meshlake.products.load import load_products
from meshlake.products.places import first_step
from meshlake.services.ports import is_port_free
from meshlake.services.settings import HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from meshlake.products.load import ProductSet
    from meshlake.settings import Settings

# What a found problem is, and what to do about it; None where all is well.
_Problem = tuple[str, str] | None

UI_PORT = 3000
_LEAST_FREE_BYTES = 1_000_000_000
_PATIENCE_SECONDS = 2.0
_EXTRAS = ("demo", "trino", "services")


def examine_machine(settings: Settings) -> list[Finding]:
    """All that is not a server's, one after the other; a fraction of a second, and some for each hundred products."""
    return [*_python(), *_folders(settings), *_products(settings), *_catalog(settings), _port(UI_PORT)]


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield _finding(f"Python {version}, {sys.executable}", lambda: None)
    extras = [extra for extra in _EXTRAS if not _unmet(extra)]
    subject = f"meshlake {metadata.version('meshlake')}, with extras: {', '.join(extras) or 'none'}"
    yield _finding(subject, _packages)


def _packages() -> _Problem:
    if not (unmet := _unmet(None)):
        return None
    return f"needs other packages than are there: {'; '.join(unmet)}", "Install it anew: pip install meshlake"


def _unmet(extra: str | None) -> list[str]:
    """The requirements of the distribution, or of one of its extras, that what is installed does not meet."""
    found = []
    for text in metadata.requires("meshlake") or ():
        needed = Requirement(text)
        is_asked = needed.marker is None if extra is None else _is_of(needed, extra)
        if is_asked and (problem := _mismatch(needed)):
            found.append(problem)
    return found


def _is_of(needed: Requirement, extra: str) -> bool:
    marker = needed.marker
    return marker is not None and marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""})


def _mismatch(needed: Requirement) -> str | None:
    try:
        there = metadata.version(needed.name)
    except metadata.PackageNotFoundError:
        return f"{needed.name} is not installed"
    is_met = needed.specifier.contains(there, prereleases=True)
    return None if is_met else f"{needed.name} {there} is not {needed.specifier}"


def _folders(settings: Settings) -> Iterator[Finding]:
    if settings.products.is_dir():
        yield _finding(f"Folder of products {settings.products}", lambda: None)
    else:
        absent = ("is not there, so this is no mesh yet", first_step(settings))
        yield _finding(f"Folder of products {settings.products}", lambda: absent)
    yield _finding(f"Home {settings.home}", lambda: _unwritable(settings.home, "MESH_HOME"))
    if settings.store_of(settings.landing).is_local:
        landing = Path(settings.landing)
        yield _finding(
            f"Landing zone {landing}", lambda: _unreadable(landing) or _unwritable(landing, "MESH_LANDING")
        )
    free, there = shutil.disk_usage(_nearest(settings.home)).free, machine_bytes()
    problem: _Problem = None
    if free < _LEAST_FREE_BYTES:
        problem = "little room is left", "Free space: `mesh clean`, or a larger disk."
    elif settings.memory_limit > there:
        problem = "more memory may be taken than there is", "Lower MESH_MEMORY_LIMIT."
    memory = f"memory: at most {settings.memory_limit / 1e9:,.1f} of {there / 1e9:,.1f} GB are taken"
    yield _finding(f"Disk of the home, {free / 1e9:,.1f} GB free; {memory}", lambda: problem)


def _unwritable(folder: Path, setting: str) -> _Problem:
    """Tried in the folder, or in that which it would be made in: rights alone do not tell of a disk that only reads."""
    place = _nearest(folder)
    try:
        with tempfile.TemporaryFile(dir=place):
            return None
    except OSError as error:
        hint = f"Give yourself the right to write there, or set {setting} to a folder of your own."
        return f"nothing can be written to {place}: {error.strerror}", hint


def _unreadable(folder: Path) -> _Problem:
    if not folder.exists() or os.access(folder, os.R_OK | os.X_OK):
        return None
    return "cannot be read", "Give yourself the right to read it, and the folders below."


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _products(settings: Settings) -> Iterator[Finding]:
    if not settings.products.is_dir():
        return
    products = load_products(settings.products)
    count = len(products.products) + len(products.broken)
    yield _finding(f"Contracts and transforms of {count} products", lambda: _broken(products))


def _broken(products: ProductSet) -> _Problem:
    if not products.broken:
        return None
    names = ", ".join(sorted(map(str, products.broken)))
    return f"{len(products.broken)} cannot be read: {names}", "See all that is wrong: mesh lint"


def _catalog(settings: Settings) -> Iterator[Finding]:
    """Whether the tables are there, be the home where it was made or moved."""
    if not settings.is_embedded or not settings.store_of(settings.warehouse).is_local:
        return
    try:
        moved = moves(settings)
        files = [Path(actual(each.removeprefix("file://"), moved)) for each in metadata_locations(settings)]
    except (sqlite3.Error, OSError) as error:
        told = (f"cannot be read: {error}", "Bring the file back, or remove the home and build again.")
        yield _finding(f"Catalog of {settings.home}", lambda: told)
        return
    yield _finding(f"Catalog of {len(files)} tables", lambda: _lost(files))


def _lost(files: list[Path]) -> _Problem:
    gone = [file for file in files if not file.exists()]
    if not gone:
        return None
    problem = f"{len(gone)} of its tables are not where they were written, such as {gone[0]}"
    return problem, "Bring its files back, or remove the home and build again."


def _port(port: int) -> Finding:
    if not is_port_free(port) and _is_dagster(port):
        return _finding(f"Port {port}, where Dagster's UI is served", lambda: None)
    return _finding(f"Port {port} of `mesh ui`", lambda: None if is_port_free(port) else _taken(port))


def _taken(port: int) -> _Problem:
    free = next((other for other in range(port + 1, port + 100) if is_port_free(other)), None)
    return "is taken by another program", f"Take another: mesh ui --port {free or 'PORT'}"


def _is_dagster(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/server_info")
        return "dagster_webserver_version" in json.load(connection.getresponse())
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()


def _finding(subject: str, examination: Callable[[], _Problem]) -> Finding:
    started = time.monotonic()
    try:
        problem, hint = examination() or (None, None)
    except MeshError as error:
        problem, hint = error.message, error.hint
    return Finding(subject, time.monotonic() - started, problem, hint)
