"""A command that ends, with all that it starts, when the process that started it does: by whatever that ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

_KEEPER = Path(__file__).with_name("keeper.py")
_PATIENCE_SECONDS = 20


class KeptProcess:
    """Runs `command` while it is entered; `on_line` is told each line that it prints, until it is left.

    What it started is interrupted then, as Ctrl-C in a terminal does, and killed after `patience_seconds`.

    Example:
        with KeptProcess(["postgres"], os.environ, print) as server:
            while server.status is None: ...
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._keeper = subprocess.Popen(  # noqa: S603 - a fixed command, without a shell
            [sys.executable, "-I", str(_KEEPER), str(patience_seconds), *command],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            process_group=0,
        )
        self._input = cast("IO[str]", self._keeper.stdin)
        self._output = cast("IO[str]", self._keeper.stderr)
        with cast("IO[str]", self._keeper.stdout) as first:
            self._group = int(first.readline() or 0)
        self._on_line = on_line
        self._reader = threading.Thread(target=self._read, daemon=True)

    @property
    def status(self) -> int | None:
        """The exit status of a command that ended by itself; `None` while it runs."""
        return self._keeper.poll()

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.status is not None:
            # It ended by itself, and is heard to the end.
            self._reader.join(timeout=1)
        # What processes say of being interrupted is of no use to whoever interrupts them.
        self._on_line = _unheard
        self._input.close()
        if self._keeper.wait() < 0 and self._group:
            # The keeper was killed itself.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._group, signal.SIGKILL)
        self._reader.join()
        self._output.close()

    def _read(self) -> None:
        for line in self._output:
            self._on_line(line)


def _unheard(_line: str) -> None:
    """Not told."""
