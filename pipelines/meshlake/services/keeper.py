"""Runs a command, and ends it with all that it started once its own standard input is closed; run by its path, alone.

Whoever starts it holds the other end of that pipe. It closes when they end, by whatever: an error, a closed terminal,
even `kill -9`, which no handler of theirs would hear of. The first line of its standard output is the id of the
process group that the command is in, for the one case that is left: that this process is the one that was killed.

    python -I keeper.py PATIENCE_SECONDS COMMAND [ARGUMENT ...]
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time

_POLL_SECONDS = 0.1


def main() -> int:
    """Keep the command; its exit status, or 0 when it was ended from here."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A handler, and not to ignore it: what is started would ignore it too.
        signal.signal(each, _not_ours)
    child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=2, process_group=0)  # noqa: S603
    print(child.pid, flush=True)  # noqa: T201
    while child.poll() is None and not select.select([0], [], [], _POLL_SECONDS)[0]:
        pass
    status = child.poll()
    _end(child, float(sys.argv[1]))
    return status or 0


def _end(child: "subprocess.Popen[bytes]", patience_seconds: float) -> None:
    """Interrupt the whole group, as Ctrl-C in a terminal does; what does not hear is asked otherwise, then killed."""
    with contextlib.suppress(ProcessLookupError):
        for gently in (signal.SIGINT, signal.SIGTERM):
            deadline = time.monotonic() + patience_seconds / 2
            os.killpg(child.pid, gently)
            while time.monotonic() < deadline:
                child.poll()  # until it is waited for, its group is there
                os.killpg(child.pid, 0)
                time.sleep(_POLL_SECONDS)
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _not_ours(_signal: int, _frame: object) -> None:
    """Whoever holds the pipe is told by the same signal, and closes it."""


if __name__ == "__main__":
    sys.exit(main())
