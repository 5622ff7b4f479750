"""Ctrl-C while DuckDB is at work.

Python hears of a signal only between its own instructions, and DuckDB, asked for rows, gives none back for as long as
one piece of its work takes: minutes in a large join. So a thread that waits for the signal asks DuckDB to stop.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from threading import Thread, current_thread, main_thread
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def interruptible(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let Ctrl-C end what `connection` runs, within the block; nothing in other threads than the main one, which alone
    hears of signals."""
    if current_thread() is not main_thread():
        yield
        return
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    watcher = Thread(target=_watch, args=(read_end, connection), daemon=True)
    watcher.start()
    earlier = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(earlier)
        os.close(write_end)
        watcher.join()
        os.close(read_end)


def _watch(read_end: int, connection: duckdb.DuckDBPyConnection) -> None:
    while number := os.read(read_end, 1):
        if number[0] == signal.SIGINT:
            with suppress(duckdb.ConnectionException):  # it is closed: nothing is left to stop
                connection.interrupt()
