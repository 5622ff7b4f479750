"""`mesh ARGUMENTS` on a real terminal of some width, in this process, and what can be read there."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import termios
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, TextIO

from support.ran import Ran, ended_here, redirected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.small_mesh import SmallMesh

_STYLES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# What stood in a line until it was erased: progress, which may come between the lines of a word that was folded.
_ERASED = re.compile(r"[^\n]*\x1b\[2K")


def run_on_screen(mesh: SmallMesh, *arguments: str, columns: int, **variables: str) -> Ran:
    """Run it on a terminal of so many columns."""
    environment = {k: v for k, v in mesh.environment.items() if k != "COLUMNS"} | variables
    with (
        _terminal(columns) as (out, shown),
        _terminal(columns) as (err, told),
        redirected("stdout", out),
        redirected("stderr", err),
    ):
        status = ended_here(arguments, environment, mesh.root)
    return Ran(status, shown[0], told[0])


def unfolded(text: str) -> str:
    """What stands on a screen, styles and all white space left out: so a word that was folded is whole again."""
    return "".join(_STYLES.sub("", _ERASED.sub("", text)).split())


@contextmanager
def _terminal(columns: int) -> Iterator[tuple[TextIO, list[str]]]:
    """A terminal to write to, and afterwards what was written."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    shown: list[str] = []
    reading = Thread(target=lambda: shown.append(_read(master)))
    reading.start()
    try:
        with os.fdopen(slave, "w", buffering=1, encoding="utf-8") as file:
            yield file, shown
    finally:
        reading.join()
        os.close(master)


def _read(master: int) -> str:
    """All that is written to a terminal until its last writer closes it."""
    parts = []
    with suppress(OSError):  # which is how Linux tells the end
        while part := os.read(master, 1 << 16):
            parts.append(part)
    return b"".join(parts).decode().replace("\r\n", "\n")
