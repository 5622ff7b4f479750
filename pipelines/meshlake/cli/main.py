"""Entry point of `mesh`: how a command ends, whatever happens to it (docs/adr/0026).

Nothing but the standard library is imported before Ctrl-C is heard.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_EXIT_STOPPED = 130  # errors.EXIT_STOPPED, which is not loaded yet
_AGAIN_SECONDS = 0.1


def main() -> None:
    """Run the command line in this process, and end it; Ctrl-C is the command's own until then.

    Errors become one or two plain lines, under --json a JSON object besides, and an exit status; with --debug a
    traceback.
    """
    with _hearing_ctrl_c() as ctrl_c:
        from meshlake.cli.ending import run

        ctrl_c.has_begun = True
        status = run(sys.argv[1:], lambda: ctrl_c.is_heard)
    if status == _EXIT_STOPPED:
        _end_at_once(status)
    sys.exit(status)


def _end_at_once(status: int) -> NoReturn:
    """End without taking Python down: an engine's threads may be at work yet in what that would free."""
    atexit._run_exitfuncs()
    with suppress(OSError):  # whoever read the output may have left
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


class CtrlC:
    """The signal's handler. Before a command has begun it ends the process at once; later it raises, and is remembered.

    It is remembered since libraries that are just being imported turn what is raised in them into errors of their own.
    """

    def __init__(self) -> None:
        self.has_begun = False
        self.is_heard = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if not self.has_begun:
            os.write(2, b"mesh: stopped\n")
            os._exit(_EXIT_STOPPED)
        self.is_heard = True
        raise KeyboardInterrupt

    def lost(self, unraisable: sys.UnraisableHookArgs) -> None:
        """What was raised where Python can only print it, as in a destructor: Ctrl-C is raised again elsewhere."""
        if self.is_heard and issubclass(unraisable.exc_type, KeyboardInterrupt):
            again = threading.Timer(_AGAIN_SECONDS, signal.raise_signal, [signal.SIGINT])
            again.daemon = True
            again.start()
        else:
            sys.__unraisablehook__(unraisable)


@contextmanager
def _hearing_ctrl_c() -> Iterator[CtrlC]:
    """Meanwhile Ctrl-C is heard; afterwards it ends the process, which has nothing left to tell."""
    ctrl_c = CtrlC()
    hook = sys.unraisablehook
    is_listening = (
        signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )  # what runs behind a shell is not
    if is_listening:
        signal.signal(signal.SIGINT, ctrl_c)
        sys.unraisablehook = ctrl_c.lost
    try:
        yield ctrl_c
    finally:
        if is_listening:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            sys.unraisablehook = hook


if __name__ == "__main__":
    main()
