"""`mesh ui` as the tests start it: on a free port, in its own session, stopped by process id."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meshlake.services.process import ProcessFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

MESH = Path(sys.executable).with_name("mesh")
START_SECONDS = 120
STOP_SECONDS = 30
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Ui:
    """A running `mesh ui`. `ready_seconds` is from its start till it has loaded the mesh and says so."""

    url: str
    process_id: int
    ready_seconds: float
    log: Path

    def query(self, text: str, **variables: object) -> Any:
        """Ask Dagster's GraphQL, as its pages do."""
        return graphql(self.url, text, variables)

    def processes(self) -> list[int]:
        """All processes of its session."""
        return session_processes(self.process_id)


@contextlib.contextmanager
def served(environment: Mapping[str, str], folder: Path) -> Iterator[Ui]:
    """Start `mesh ui` for the mesh that `environment` describes, and stop it with all it started."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = ProcessFile(folder / "ui.pid")
    log = folder / "ui.log"
    started = time.monotonic()
    process_id = process.start([MESH, "ui", "--port", str(port)], environment, log)
    try:
        wait_until_loaded(url, process, log)
        yield Ui(url, process_id, time.monotonic() - started, log)
    finally:
        process.stop(signal.SIGINT, STOP_SECONDS)
        stop_session(process_id)


def free_port() -> int:
    """A TCP port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_loaded(url: str, process: ProcessFile, log: Path) -> None:
    """Return once the UI at `url` has loaded its one code location."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.running_id() is None:
            raise AssertionError(f"mesh ui ended by itself:\n{log.read_text()}")
        with contextlib.suppress(OSError):
            answer = graphql(url, "{workspaceOrError{... on Workspace{locationEntries{loadStatus}}}}")
            entries = answer["workspaceOrError"]["locationEntries"]
            if entries and all(entry["loadStatus"] == "LOADED" for entry in entries):
                return
        time.sleep(_POLL_SECONDS)
    raise AssertionError(f"mesh ui does not serve after {START_SECONDS} s:\n{log.read_text()}")


def graphql(url: str, text: str, variables: Mapping[str, object] | None = None) -> Any:
    """The `data` of a GraphQL answer."""
    body = json.dumps({"query": text, "variables": dict(variables or {})}).encode()
    request = urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        answer = json.load(response)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def session_processes(session_id: int) -> list[int]:
    """Process ids of a session, by /proc (proc(5) stat, field 6); ended ones left out."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, *fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[2]) == session_id and state not in "ZX":
                found.append(int(entry.name))
    return found


def listening_addresses(process_ids: Collection[int]) -> set[tuple[str, int]]:
    """Address and port of every TCP socket on which these processes listen (proc(5) net/tcp, state 0A)."""
    sockets = set()
    for process_id in process_ids:
        for entry in Path(f"/proc/{process_id}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                sockets.add(str(entry.readlink()))
    found = set()
    for family, table in ((socket.AF_INET, "tcp"), (socket.AF_INET6, "tcp6")):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                address, port = fields[1].split(":")
                found.add((_address(family, address), int(port, 16)))
    return found


def _address(family: socket.AddressFamily, text: str) -> str:
    """The kernel writes addresses as 32-bit words in the machine's byte order."""
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    return socket.inet_ntop(family, b"".join(words))


def has_session_ended(session_id: int, seconds: float) -> bool:
    """Whether all processes of a session end within `seconds`."""
    deadline = time.monotonic() + seconds
    while session_processes(session_id):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def stop_session(session_id: int) -> None:
    """Wait for what a stopped server started to end too (a run ends by itself), then end what is left."""
    if not has_session_ended(session_id, STOP_SECONDS):
        for process_id in session_processes(session_id):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
