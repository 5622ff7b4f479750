"""Ctrl-C while DuckDB is at work.

Python hears of a signal only between its own instructions, and DuckDB, asked for rows, gives none back for as long as
one piece of its work takes: minutes in a large join. So a thread that waits for the signal asks DuckDB to stop, and
again until it has: DuckDB forgets what it is asked between two queries, and so does Python where a library clears what
the signal raised.
"""

from __future__ import annotations

import os
import selectors
import signal
from contextlib import contextmanager, suppress
from threading import Thread, current_thread, main_thread
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator

_AGAIN_SECONDS = 0.2


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


def close(connection: duckdb.DuckDBPyConnection) -> None:
    """Close `connection`, and let go of what it has not finished: closing waits for that, be it minutes."""
    with suppress(duckdb.ConnectionException):  # it is closed already
        connection.interrupt()
    connection.close()


def _watch(read_end: int, connection: duckdb.DuckDBPyConnection) -> None:
    is_heard = False
    with selectors.DefaultSelector() as selector:
        selector.register(read_end, selectors.EVENT_READ)
        while True:
            if selector.select(_AGAIN_SECONDS if is_heard else None):
                number = os.read(read_end, 1)
                if not number:
                    return
                is_heard |= number[0] == signal.SIGINT
            if is_heard:
                with suppress(duckdb.ConnectionException):  # it is closed: nothing is left to stop
                    connection.interrupt()
