"""What `run` must know of a server to start, check and stop it."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meshlake.errors import ServiceError
from meshlake.services.settings import HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from signal import Signals

    from meshlake.services.commands import Progress
    from meshlake.services.endpoints import Endpoints

CHECK_SECONDS = 10


@dataclass(frozen=True)
class Launch:
    """The command that runs a server in the foreground. Secrets go into `environment`, never `command`."""

    command: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Server:
    """One kind of server.

    `prepare(services folder, cache, endpoints, progress)` installs it and lays out its files.
    `check(endpoints)` raises `ServiceError` unless it answers; within `start_seconds` it must.
    """

    title: str
    ports: Callable[[Endpoints], tuple[int, ...]]
    address: Callable[[Endpoints], str]
    prepare: Callable[[Path, Path, Endpoints, Progress], Launch]
    check: Callable[[Endpoints], None]
    stop_signal: Signals
    start_seconds: float


def http_get(title: str, port: int, path: str) -> bytes:
    """What the server `title` answers on loopback; straight to it, whatever proxy the environment names.

    Raises:
        ServiceError: it does not answer, or not with status 200.
    """
    connection = http.client.HTTPConnection(HOST, port, timeout=CHECK_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise ServiceError(f"{title} does not answer at {HOST}:{port}: {error}") from error
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise ServiceError(f"{title} at {HOST}:{port} is not ready: HTTP {answer.status}")
    return body
