"""`mesh services up`, `down` and `status`."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.errors import ServiceError
from meshlake.services import minio, postgres, trino
from meshlake.services.ports import is_port_free
from meshlake.services.process import ProcessFile, locked
from meshlake.services.settings import DEFAULT_CACHE, NEEDS, Service
from meshlake.services.state import open_endpoints, read_endpoints, services_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from meshlake.services.commands import Progress
    from meshlake.services.endpoints import Endpoints

_SERVERS = {Service.MINIO: minio.SERVER, Service.POSTGRES: postgres.SERVER, Service.TRINO: trino.SERVER}
_POLL_SECONDS = 0.5
_STOP_SECONDS = 60
_RELEASE_SECONDS = 5
_LONGEST_REASON = 300


@dataclass(frozen=True)
class ServiceStatus:
    """How one server fares; `problem` says why it does not answer."""

    service: Service
    address: str
    process_id: int | None
    problem: str | None
    log: Path

    @property
    def is_answering(self) -> bool:
        """Whether the server of this mesh runs and answered just now."""
        return self.problem is None


def up(
    home: Path,
    cache: Path = DEFAULT_CACHE,
    which: Iterable[Service] = tuple(Service),
    progress: Progress = lambda _: None,
) -> Endpoints:
    """Start the servers in `which`, and those they need, for the mesh at `home`; return when each answers.

    Servers that run already are left as they are. Missing ones are installed into `cache`; `progress` gets a
    line for each step.

    Raises:
        ServiceError: a server cannot be installed or does not start; those started before it keep running.
    """
    wanted = {needed for service in which for needed in (service, *NEEDS.get(service, ()))}
    folder = services_folder(home)
    with locked(folder / "lock"):
        endpoints = open_endpoints(home, cache)
        for service in (service for service in Service if service in wanted):
            server = _SERVERS[service]
            # One that runs now may be ending: then it is started like one that does not run.
            if not _answers_in_time(service, folder, endpoints):
                _start(service, folder, cache, endpoints, progress)
                if not _answers_in_time(service, folder, endpoints):
                    log = _log(folder, service)
                    raise ServiceError(f"{server.title} ended while it started: {_reason(log)}", f"See {log}")
            progress(f"{server.title}: answers at {server.address(endpoints)}")
    return endpoints


def down(home: Path, which: Iterable[Service] = tuple(Service), progress: Progress = lambda _: None) -> None:
    """Stop the servers in `which` of the mesh at `home`, last started first. Data, ports and secrets stay.

    Raises:
        ServiceError: a server does not end.
    """
    folder = services_folder(home)
    if not folder.exists():
        return
    wanted = set(which)
    with locked(folder / "lock"):
        for service in (service for service in reversed(Service) if service in wanted):
            server = _SERVERS[service]
            if _process_file(folder, service).stop(server.stop_signal, _STOP_SECONDS):
                progress(f"{server.title}: stopped")


def status(home: Path) -> tuple[ServiceStatus, ...]:
    """How each server of the mesh at `home` fares; empty when none was ever started.

    Raises:
        ServiceError: a file of state is damaged.
    """
    endpoints = read_endpoints(home)
    if endpoints is None:
        return ()
    return tuple(_status_of(service, services_folder(home), endpoints) for service in Service)


def running(home: Path) -> tuple[Service, ...]:
    """The servers of the mesh at `home` whose process is there, whether it answers or not."""
    folder = services_folder(home)
    return tuple(service for service in Service if _process_file(folder, service).running_id() is not None)


def _status_of(service: Service, folder: Path, endpoints: Endpoints) -> ServiceStatus:
    server = _SERVERS[service]
    process_id = _process_file(folder, service).running_id()
    problem = None
    if process_id is None:
        problem = f"{server.title} is not running"
    else:
        try:
            server.check(endpoints)
        except ServiceError as error:
            problem = error.message
    return ServiceStatus(service, server.address(endpoints), process_id, problem, _log(folder, service))


def _start(service: Service, folder: Path, cache: Path, endpoints: Endpoints, progress: Progress) -> None:
    server = _SERVERS[service]
    for port in server.ports(endpoints):
        if not _is_free_soon(port):
            raise ServiceError(
                f"Port {port}, {server.title}'s in this mesh, is taken by another program",
                f"Stop that program, or remove {folder / 'ports.toml'} after `mesh services down`.",
            )
    launch = server.prepare(folder, cache, endpoints, progress)
    progress(f"{server.title}: starting")
    _process_file(folder, service).start(launch.command, launch.environment, _log(folder, service))


def _is_free_soon(port: int) -> bool:
    """Whether `port` is free, giving a server that was killed the time to let go of it."""
    deadline = time.monotonic() + _RELEASE_SECONDS
    while not is_port_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _answers_in_time(service: Service, folder: Path, endpoints: Endpoints) -> bool:
    """Wait until the server answers; false once its process does not run.

    Raises:
        ServiceError: it runs but does not answer in its time.
    """
    server = _SERVERS[service]
    deadline = time.monotonic() + server.start_seconds
    while _process_file(folder, service).running_id() is not None:
        try:
            server.check(endpoints)
        except ServiceError as error:
            if time.monotonic() > deadline:
                waited = f"{error.message} (waited {server.start_seconds:.0f} s)"
                raise ServiceError(waited, f"See {_log(folder, service)}") from error
            time.sleep(_POLL_SECONDS)
        else:
            return True
    return False


def _reason(log: Path) -> str:
    """The last line of `log` that tells of an error, or else its last line."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    telling = [line for line in lines if re.search(r"\bFATAL\b|\bERROR\b|Caused by:", line)]
    last = next(reversed(telling or list(filter(None, lines))), "it said nothing")
    return last[:_LONGEST_REASON]


def _process_file(folder: Path, service: Service) -> ProcessFile:
    return ProcessFile(folder / f"{service}.pid")


def _log(folder: Path, service: Service) -> Path:
    return folder / f"{service}.log"
