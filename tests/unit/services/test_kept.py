"""A kept process ends, with all that it started, when whoever keeps it ends, whatever that is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from meshlake.services.kept import KeptProcess
from support.signals import hear_signals

END_SECONDS = 10
# A server that starts another, told the numbers of both.
FAMILY = "sleep 1000 & echo $$ $!; wait"
DEAF = "trap '' INT TERM; " + FAMILY
HOLDER = """
import os, sys, time
from meshlake.services.kept import KeptProcess
with KeptProcess(["sh", "-c", sys.argv[1]], os.environ, lambda line: print(line, end="", flush=True), 1):
    time.sleep(1000)
"""


def started(script: str) -> subprocess.Popen[str]:
    """A process that keeps `script`."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, script],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,
    )


def numbers(holder: subprocess.Popen[str]) -> list[int]:
    """The process numbers that it told."""
    assert holder.stdout is not None
    return [int(number) for number in holder.stdout.readline().split()]


def left(numbers: list[int]) -> set[int]:
    """The processes that are still there when they have had time to end."""
    deadline = time.monotonic() + END_SECONDS
    while (alive := {number for number in numbers if is_alive(number)}) and time.monotonic() < deadline:
        time.sleep(0.02)
    return alive


def is_alive(number: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True).stdout
    return bool(state) and "Z" not in state


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_nothing_is_left_whatever_ends_the_keeper_s_holder(ending):
    with started(FAMILY) as holder:
        family = numbers(holder)
        assert len(family) == 2
        holder.send_signal(ending)
    assert left(family) == set()


def test_what_does_not_hear_is_killed():
    with started(DEAF) as holder:
        family = numbers(holder)
        holder.kill()
    assert left(family) == set()


def test_nothing_is_left_when_the_keeper_itself_is_killed():
    told: list[str] = []
    with KeptProcess(["sh", "-c", FAMILY], os.environ, told.append, 1) as process:
        while not told:
            time.sleep(0.01)
        keeper = int(
            subprocess.run(["ps", "-o", "ppid=", "-p", told[0].split()[0]], capture_output=True).stdout
        )
        os.kill(keeper, signal.SIGKILL)
    assert process.status == -signal.SIGKILL
    assert left([int(number) for number in told[0].split()]) == set()


def test_a_command_that_ends_by_itself_is_told_with_its_status_and_takes_along_what_it_started():
    told: list[str] = []
    with KeptProcess(["sh", "-c", "sleep 1000 & echo $!; exit 3"], os.environ, told.append, 1) as process:
        while process.status is None:
            time.sleep(0.01)
    assert process.status == 3
    assert left([int(told[0])]) == set()
