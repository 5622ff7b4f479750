"""Starting, finding and stopping a server by its process id; Linux only, as `/proc` tells processes apart.

Knows nothing of which server it is, nor of settings.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_POLL_SECONDS = 0.1
_INHERITED = ("PATH", "HOME", "LANG", "TZ", "TMPDIR")
_RESETTABLE_SIGNALS = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}


@dataclass(frozen=True)
class ProcessFile:
    """The file that names a started process by its id and the moment it started, as ids are used again."""

    path: Path

    def running_id(self) -> int | None:
        """The id of the process named here while it still runs."""
        try:
            process_id, started_ticks = (int(part) for part in self.path.read_text(encoding="ascii").split())
        except (FileNotFoundError, ValueError):
            return None
        if start_ticks(process_id) == started_ticks:
            return process_id
        # Until a child of ours is waited for, its id is taken: PostgreSQL would think that its folder is in use.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process_id, os.WNOHANG)
        return None

    def start(self, command: Sequence[str | Path], environment: Mapping[str, str], log: Path) -> int:
        """Start `command` in a session of its own, every signal at its default, its output going to `log`.

        Of this process's environment only what any program needs is passed on, besides `environment`.

        Raises:
            ServiceError: the program cannot be started.
        """
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        arguments = [str(part) for part in command]
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        try:
            process_id = os.posix_spawnp(
                arguments[0],
                arguments,
                {**inherited, **environment},
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,
                setsigmask=[],
                setsigdef=_RESETTABLE_SIGNALS,
            )
        except OSError as error:
            raise ServiceError(
                f"{arguments[0]} cannot be started: {error.strerror}", "Is it installed whole?"
            ) from error
        self.path.write_text(f"{process_id} {start_ticks(process_id) or 0}\n", encoding="ascii")
        return process_id

    def stop(self, gently: signal.Signals, patience_seconds: float) -> bool:
        """Ask the process to end, and after `patience_seconds` make its whole session end. Whether one ran.

        Raises:
            ServiceError: it does not end even so.
        """
        process_id = self.running_id()
        if process_id is not None:
            os.kill(process_id, gently)
            if not self._has_ended_within(patience_seconds):
                os.killpg(process_id, signal.SIGKILL)
                if not self._has_ended_within(patience_seconds):
                    raise ServiceError(
                        f"Process {process_id} cannot be stopped", "See what it waits for with ps."
                    )
        self.path.unlink(missing_ok=True)
        return process_id is not None

    def _has_ended_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.running_id() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, waiting for any other process that does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start_ticks(process_id: int) -> int | None:
    """Clock ticks from boot to the start of a live process (proc(5) stat, field 22); `None` when it ended."""
    try:
        stat = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *fields = stat.rpartition(")")[2].split()
    return None if state in "ZX" else int(fields[18])
