"""What `mesh ui` serves: Dagster's pages and daemon, which end with the command, however it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from meshlake.errors import ServiceError
from meshlake.orchestration.day_partitions import RELOAD_VARIABLE
from meshlake.orchestration.history import WORKSPACE_FILE, dagster_environment
from meshlake.services.kept import KeptProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

    from meshlake.settings import Settings

_POLL_SECONDS = 0.5
_ANSWER_SECONDS = 10
_RELOAD_FILE = "reload"
_LOADED = """{workspaceOrError {... on Workspace {locationEntries {name loadStatus
    locationOrLoadError {... on PythonError {message}}}}}}"""
_RELOAD = (
    """mutation($name: String!) {reloadRepositoryLocation(repositoryLocationName: $name) {__typename}}"""
)
# How Dagster begins a line of its log: when, who, how grave. Its colours are there where it writes to no terminal too.
_RECORD = re.compile(
    r"(\x1b\[\d+m)?\d{4}-\d\d-\d\d [\d:]+ [+-]\d{4}(\x1b\[0m)? - [\w.]+ - (\x1b\[\d+m)?(?P<level>[A-Z]+)"
)
_QUIET_LEVELS = {"DEBUG", "INFO"}
# It begins a history; and the instance that `mesh ui` shows is not that of a dagster.yaml in the working folder.
_NO_NEWS = ("No cursor for event type", "Found a dagster instance configuration value")


def serve_pages(settings: Settings, host: str, port: int) -> None:
    """Serve the pages of the mesh until this process is interrupted, asked to end or loses its terminal.

    Raises:
        ServiceError: Dagster ended by itself; what it said was told.
    """
    dagster = dagster_environment(settings)
    reload_file = settings.make_home() / "dagster" / _RELOAD_FILE
    reload_file.parent.mkdir(exist_ok=True)
    # `dagster dev` warns of itself; categories are all that Python takes here.
    quiet = {"PYTHONWARNINGS": "ignore::FutureWarning,ignore::DeprecationWarning"}
    environment = quiet | os.environ | dagster | {RELOAD_VARIABLE: str(reload_file)}
    command = [sys.executable, "-m", "dagster", "dev", "--workspace", str(WORKSPACE_FILE)]
    command += ["--host", host, "--port", str(port), "--log-level", "warning"]
    with _ended_by_signals(), KeptProcess(command, environment, _tell) as process:
        pages = _Pages(f"http://{host}:{port}", reload_file)
        while process.status is None:
            pages.look()
            time.sleep(_POLL_SECONDS)
    raise ServiceError(
        f"Dagster ended by itself, with status {process.status}",
        "What it said is above; `mesh doctor` looks around.",
    )


class _Pages:
    """Tells once that the pages can be opened, and then has them reloaded whenever that is asked for."""

    def __init__(self, url: str, reload_file: Path) -> None:
        self._url, self._file = url, reload_file
        self._is_told = False
        self._asked = _changed(reload_file)

    def look(self) -> None:
        try:
            if not self._is_told:
                self._is_told = self._tell_when_loaded()
            elif (asked := _changed(self._file)) != self._asked:
                for location in _locations(self._url):
                    _ask(self._url, _RELOAD, name=location["name"])
                self._asked = asked
        except OSError:
            # They do not answer yet, or are busy: the next look asks again.
            return

    def _tell_when_loaded(self) -> bool:
        locations = _locations(self._url)
        if not locations or any(each["loadStatus"] != "LOADED" for each in locations):
            return False
        for each in locations:
            if reason := (each["locationOrLoadError"] or {}).get("message"):
                print(f"mesh: the mesh cannot be loaded: {reason.strip()}", file=sys.stderr)  # noqa: T201
        print(f"Dagster's UI: {self._url} (stop with Ctrl-C)", flush=True)  # noqa: T201
        return True


def _locations(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _ask(url, _LOADED)["workspaceOrError"]["locationEntries"]
    return found


def _ask(url: str, query: str, **variables: str) -> Any:
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310
        return json.load(answer)["data"]


def _changed(file: Path) -> int | None:
    return file.stat().st_mtime_ns if file.exists() else None


def _tell(line: str) -> None:
    """Tell what Dagster warns of, or fails at; what it does meanwhile is on its pages."""
    record = _RECORD.match(line)
    is_quiet = record is not None and record["level"] in _QUIET_LEVELS
    if not is_quiet and not any(text in line for text in _NO_NEWS):
        print(line, end="", file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end this process in order; one that is ignored, as by nohup, stays so."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)}
    for each, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(each, end)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
