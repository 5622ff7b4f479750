"""`mesh services up`, `down` and `status`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.services import minio, postgres, trino
from pipelines.services.errors import ServiceError
from pipelines.services.process import ProcessFile, locked
from pipelines.services.settings import DEFAULT_CACHE, NEEDS, TITLES, Service
from pipelines.services.state import is_port_free, open_endpoints, read_endpoints, services_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.services.commands import Progress
    from pipelines.services.endpoints import Endpoints

_SERVERS = {Service.MINIO: minio.SERVER, Service.POSTGRES: postgres.SERVER, Service.TRINO: trino.SERVER}
_POLL_SECONDS = 0.5
_STOP_SECONDS = 60


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
        return self.process_id is not None and self.problem is None


def up(
    home: Path,
    cache: Path = DEFAULT_CACHE,
    which: Iterable[Service] = tuple(Service),
    progress: Progress = lambda _: None,
) -> Endpoints:
    """Start the servers in `which`, and those they need, for the mesh at `home`; return when each answers.

    Servers that run already are left as they are. Missing ones are installed into `cache`; `progress` gets a line
    for each step.

    Raises:
        ServiceError: a server cannot be installed or does not start; those started before it keep running.
    """
    wanted = {needed for service in which for needed in (service, *NEEDS.get(service, ()))}
    folder = services_folder(home)
    with locked(folder / "lock"):
        endpoints = open_endpoints(home)
        for service in (service for service in Service if service in wanted):
            if _process_file(folder, service).running_id() is None:
                _start(service, folder, cache, endpoints, progress)
            _wait_until_answering(service, folder, endpoints)
            progress(f"{TITLES[service]}: answers at {_address(service, endpoints)}")
    return endpoints


def down(home: Path, progress: Progress = lambda _: None) -> None:
    """Stop every server of the mesh at `home`, last started first. Data, ports and secrets stay.

    Raises:
        ServiceError: a server does not end.
    """
    folder = services_folder(home)
    if not folder.exists():
        return
    with locked(folder / "lock"):
        for service in reversed(Service):
            if _process_file(folder, service).stop(_SERVERS[service].stop_signal, _STOP_SECONDS):
                progress(f"{TITLES[service]}: stopped")


def status(home: Path) -> tuple[ServiceStatus, ...]:
    """How each server of the mesh at `home` fares; empty when none was ever started."""
    endpoints = read_endpoints(home)
    return (
        () if endpoints is None else tuple(_status_of(s, services_folder(home), endpoints) for s in Service)
    )


def _status_of(service: Service, folder: Path, endpoints: Endpoints) -> ServiceStatus:
    process_id = _process_file(folder, service).running_id()
    problem = None
    if process_id is None:
        problem = f"{TITLES[service]} is not running"
    else:
        try:
            _SERVERS[service].check(endpoints)
        except ServiceError as error:
            problem = error.message
    return ServiceStatus(service, _address(service, endpoints), process_id, problem, _log(folder, service))


def _start(service: Service, folder: Path, cache: Path, endpoints: Endpoints, progress: Progress) -> None:
    for port in _ports(service, endpoints):
        if not is_port_free(port):
            raise ServiceError(
                f"Port {port}, {TITLES[service]}'s in this mesh, is taken by another program",
                f"Stop that program, or `mesh services down` and remove {folder / 'ports.toml'} to have others chosen.",
            )
    launch = _SERVERS[service].prepare(folder, cache, endpoints, progress)
    progress(f"{TITLES[service]}: starting")
    _process_file(folder, service).start(launch.command, launch.environment, _log(folder, service))


def _wait_until_answering(service: Service, folder: Path, endpoints: Endpoints) -> None:
    process = _process_file(folder, service)
    seconds = _SERVERS[service].start_seconds
    deadline = time.monotonic() + seconds
    while True:
        if process.running_id() is None:
            raise ServiceError(
                f"{TITLES[service]} ended while it started",
                f"The reason is at the end of {_log(folder, service)}",
            )
        try:
            return _SERVERS[service].check(endpoints)
        except ServiceError as error:
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"{error.message} (waited {seconds:.0f} s)", f"See {_log(folder, service)}"
                ) from error
        time.sleep(_POLL_SECONDS)


def _process_file(folder: Path, service: Service) -> ProcessFile:
    return ProcessFile(folder / f"{service}.pid")


def _log(folder: Path, service: Service) -> Path:
    return folder / f"{service}.log"


def _ports(service: Service, endpoints: Endpoints) -> tuple[int, ...]:
    return {
        Service.MINIO: (endpoints.s3_port, endpoints.s3_console_port),
        Service.POSTGRES: (endpoints.postgres_port,),
        Service.TRINO: (endpoints.trino_port,),
    }[service]


def _address(service: Service, endpoints: Endpoints) -> str:
    return {
        Service.MINIO: endpoints.s3_url,
        Service.POSTGRES: endpoints.postgres_address,
        Service.TRINO: endpoints.trino_url,
    }[service]
