"""Signals as a process hears them whose starter lets it."""

from __future__ import annotations

import signal


def hear_signals() -> None:
    """As `preexec_fn` of a process: a shell lets what it starts behind itself ignore Ctrl-C, nohup a hang-up, and a
    process passes on what it ignores."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for each in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
