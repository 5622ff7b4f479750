"""Trino: one node on loopback, with the catalogs of `trino_etc/catalog`: `mesh`, `landing` and `operational`.

Those files are shared with `compose.yaml`; what differs is in the environment or said at the start.
"""

from __future__ import annotations

import json
import signal
from contextlib import closing
from typing import TYPE_CHECKING

from meshlake.engines.trino.connection import connect, trino_errors
from meshlake.errors import ServiceError
from meshlake.names import CATALOG
from meshlake.services import install
from meshlake.services.server import CHECK_SECONDS, Launch, Server, http_get
from meshlake.services.settings import HOST, TRINO_ETC

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.services.commands import Progress
    from meshlake.services.endpoints import Endpoints

_TITLE = "Trino"
_ASKED = (
    f"SELECT count(*) FROM {CATALOG}.information_schema.schemata",
    # What the coordinator answers by itself is answered seconds before it knows of a worker; PostgreSQL is read by one.
    "SELECT * FROM TABLE(operational.system.query(query => 'SELECT 1 AS answer'))",
)


def _prepare(folder: Path, cache: Path, endpoints: Endpoints, progress: Progress) -> Launch:
    java = install.java(cache, progress)
    launcher = install.trino(cache, progress) / "bin" / "launcher"
    _create_catalog_tables(endpoints)
    data = folder / "trino"
    data.mkdir(mode=0o700, exist_ok=True)
    properties = {
        "node.id": "mesh",
        "node.bind-ip": HOST,
        "node.internal-address": HOST,
        "http-server.http.port": str(endpoints.trino_port),
        "discovery.uri": endpoints.trino_url,
    }
    folders = ("--etc-dir", TRINO_ETC, "--data-dir", data, "--jvm-dir", java)
    overrides = (part for name, value in properties.items() for part in ("-D", f"{name}={value}"))
    return Launch([launcher, "run", *folders, *overrides], endpoints.as_trino_environment())


def _create_catalog_tables(endpoints: Endpoints) -> None:
    """Create the JDBC catalog's two tables, as pyiceberg does when it opens one and Trino does not."""
    from pyiceberg.catalog.sql import SqlCatalog

    SqlCatalog(CATALOG, uri=endpoints.postgres_uri(CATALOG)).close()


def _check(endpoints: Endpoints) -> None:
    if json.loads(http_get(_TITLE, endpoints.trino_port, "/v1/info"))["starting"]:
        raise ServiceError(f"Trino at {endpoints.trino_url} is still starting")
    try:
        with closing(connect(endpoints.trino_url, answer_seconds=CHECK_SECONDS, attempts=1)) as connection:
            for ask in _ASKED:
                connection.cursor().execute(ask).fetchall()
    except trino_errors() as error:
        raise ServiceError(f"Trino at {endpoints.trino_url} does not answer a query: {error}") from error


SERVER = Server(
    title=_TITLE,
    ports=lambda endpoints: (endpoints.trino_port,),
    address=lambda endpoints: endpoints.trino_url,
    prepare=_prepare,
    check=_check,
    stop_signal=signal.SIGTERM,
    start_seconds=300,
)
