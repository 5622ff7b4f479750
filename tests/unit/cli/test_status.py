"""What a long command says while it works: on a terminal, one line that goes; in a log a line now and then."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from functools import partial

import pytest

from meshlake.cli import status
from meshlake.cli.progress import TerminalReporter

PROGRAM = """
from meshlake.cli.status import status
with status("looking") as tell:
    tell("reading [crm] of orders")
    tell("")
    print("whole")
"""


def test_on_a_terminal_the_line_goes_and_what_is_printed_stays():
    ours, theirs = pty.openpty()
    ended = subprocess.run([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=theirs, check=True)
    os.close(theirs)
    said = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert ended.stdout == b"whole\n"
    assert "reading [crm] of orders" in said
    # The last of the line is that it is cleared.
    assert said.endswith(("\x1b[2K", "\x1b[?25h"))


def test_in_a_log_there_is_nothing_of_what_ends_soon():
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    assert (ended.stdout, ended.stderr) == (b"whole\n", b"")


@pytest.mark.parametrize("begun", [status.status, lambda _: TerminalReporter()])
def test_in_a_log_steps_that_last_are_lines_without_signs_that_steer_a_screen(begun, monkeypatch, capfd):
    monkeypatch.setattr(status, "LOG_SECONDS", 0.01)
    with begun("looking") as shown:
        tell = shown if callable(shown) else partial(shown.step, None, "crm.people")
        for step in ["reading\x1b[2J\n[crm]", "writing", ""]:
            tell(step)
            time.sleep(0.1)
    out, err = capfd.readouterr()
    assert out == ""
    assert [line.removeprefix("crm.people: ") for line in err.splitlines()][:2] == [
        "reading [2J [crm]",
        "writing",
    ]
    assert err.count("writing") == 1


def test_nothing_is_told_of_a_build_in_json(monkeypatch, capfd):
    monkeypatch.setattr(status, "LOG_SECONDS", 0.01)
    with TerminalReporter(is_quiet=True) as shown:
        shown.step(None, "crm.people", "reading")
        time.sleep(0.1)
    assert capfd.readouterr() == ("", "")
