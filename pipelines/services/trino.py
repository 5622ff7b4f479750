"""Trino: one node on loopback, with the catalogs `mesh`, `landing` and `operational` of `trino_etc/catalog/`."""

from __future__ import annotations

import http.client
import json
import signal
from typing import TYPE_CHECKING

from pipelines.names import CATALOG
from pipelines.services import install
from pipelines.services.errors import ServiceError
from pipelines.services.server import Launch, Server
from pipelines.services.settings import HOST, TRINO_ETC

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.services.commands import Progress
    from pipelines.services.endpoints import Endpoints

_CHECK_SECONDS = 30
_USER = "mesh"


def _prepare(folder: Path, cache: Path, endpoints: Endpoints, progress: Progress) -> Launch:
    java = install.java(cache, progress)
    trino = install.trino(cache, progress)
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
    return Launch(
        command=[
            trino / "bin" / "launcher",
            "run",
            "--etc-dir",
            TRINO_ETC,
            "--data-dir",
            data,
            "--jvm-dir",
            java,
            *(part for name, value in properties.items() for part in ("-D", f"{name}={value}")),
        ],
        environment=endpoints.as_environment(),
    )


def _create_catalog_tables(endpoints: Endpoints) -> None:
    """Trino reads the JDBC catalog's two tables but does not create them; pyiceberg does, as it opens the catalog."""
    from pyiceberg.catalog.sql import SqlCatalog

    SqlCatalog(CATALOG, uri=endpoints.postgres_uri("mesh")).engine.dispose()


def _check(endpoints: Endpoints) -> None:
    if _is_starting(endpoints):
        raise ServiceError(f"Trino at {endpoints.trino_url} is still starting")
    from requests import RequestException
    from trino.dbapi import connect
    from trino.exceptions import Error, HttpError

    connection = connect(
        host=HOST, port=endpoints.trino_port, user=_USER, request_timeout=_CHECK_SECONDS, max_attempts=1
    )
    try:
        connection.cursor().execute(f"SELECT count(*) FROM {CATALOG}.information_schema.schemata").fetchall()
    except (Error, HttpError, RequestException) as error:
        raise ServiceError(f"Trino at {endpoints.trino_url} does not answer a query: {error}") from error
    finally:
        connection.close()


def _is_starting(endpoints: Endpoints) -> bool:
    connection = http.client.HTTPConnection(HOST, endpoints.trino_port, timeout=_CHECK_SECONDS)
    try:
        connection.request("GET", "/v1/info")
        return bool(json.loads(connection.getresponse().read())["starting"])
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        raise ServiceError(f"Trino does not answer at {endpoints.trino_url}: {error}") from error
    finally:
        connection.close()


SERVER = Server(prepare=_prepare, check=_check, stop_signal=signal.SIGTERM, start_seconds=300)
