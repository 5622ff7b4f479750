"""What `run` must know of a server to start, check and stop it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals

from pipelines.services.commands import Progress
from pipelines.services.endpoints import Endpoints


@dataclass(frozen=True)
class Launch:
    """The command that runs a server in the foreground. Secrets go into `environment`, never into `command`."""

    command: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Server:
    """`prepare(services folder, cache, endpoints, progress)` installs the server and lays out its files;
    `check(endpoints)` raises `ServiceError` unless it answers."""

    prepare: Callable[[Path, Path, Endpoints, Progress], Launch]
    check: Callable[[Endpoints], None]
    stop_signal: Signals
    start_seconds: float
