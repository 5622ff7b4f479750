"""Ctrl-C ends what DuckDB runs, whenever it comes."""

from __future__ import annotations

import os
import signal
import time

import duckdb
import pytest

from meshlake.engines.duckdb.interrupt import interruptible

# Tens of seconds, were it left to run.
LONG = "SELECT count(*) FROM range(200000) a(i), range(200000) b(j) WHERE a.i * b.j % 7 = 3"


@pytest.fixture
def deaf():
    """A process in which what the signal raises is lost, as where a library clears it."""
    earlier = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    yield
    signal.signal(signal.SIGINT, earlier)


def test_a_query_that_begins_after_the_signal_is_stopped_too(deaf):
    with duckdb.connect() as connection, interruptible(connection):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)  # what is asked of a connection that does nothing is forgotten
        with pytest.raises(duckdb.InterruptException):
            connection.execute(LONG).fetchall()


def test_nothing_is_stopped_unless_the_signal_came(deaf):
    with duckdb.connect() as connection, interruptible(connection):
        time.sleep(0.3)
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
