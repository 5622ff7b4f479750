"""What a long command says while it works: on a terminal, one line that goes; elsewhere nothing."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

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


def test_in_a_log_there_is_nothing_of_it():
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    assert (ended.stdout, ended.stderr) == (b"whole\n", b"")
