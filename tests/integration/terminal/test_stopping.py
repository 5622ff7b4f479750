"""Ctrl-C at any moment ends a command in one line, and a reader that leaves in none: real processes and signals."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from meshlake.errors import EXIT_STOPPED, EXIT_UNREAD
from support.ran import run_apart
from support.signals import hear_signals
from support.small_mesh import SmallMesh

# What the command's script does, telling when Ctrl-C is heard. Before, while Python itself starts, only Python can.
PROGRAM = """
import signal
install = signal.signal
def tell(*handler):
    install(*handler)
    signal.signal = install
    print("hears", flush=True)
signal.signal = tell
from meshlake.cli.main import main
main()
"""
ENDLESS = "SELECT count(*) FROM range(300000) a(i), range(300000) b(j) WHERE a.i * b.j % 7 = 3"
SLOW = """import time
import pyarrow as pa
INPUTS = {"people": "SELECT * FROM crm.people"}
def transform(people: pa.Table) -> pa.Table:
    time.sleep(100)
    return people
"""


@pytest.fixture(scope="module")
def mesh(tmp_path_factory) -> SmallMesh:
    """A product, and one that takes long to build."""
    mesh = SmallMesh(tmp_path_factory.mktemp("stopping"))
    mesh.land("crm/people/a.csv", "id,born\n1,1984\n2,1990\n")
    mesh.product("crm.people", {"id": "integer", "born": "integer"})
    mesh.run("build").ended()
    mesh.product("crm.slow", {"id": "integer", "born": "integer"}, {"transform.py": SLOW})
    return mesh


# The seconds are those in which such a command imports, reads and works, on machines fast and slow.
@pytest.mark.parametrize(
    ("seconds", "arguments"),
    [
        (0, ["list"]),
        (0.1, ["list"]),
        (0.4, ["discover"]),
        (0.8, ["check"]),
        (0, ["build", "crm.slow"]),
        (1, ["build", "crm.slow"]),
        (2.5, ["build", "crm.slow"]),
        (6, ["build", "crm.slow"]),
        (0.2, ["sql", ENDLESS]),
        (1.5, ["sql", ENDLESS, "--json"]),
        (0.2, ["sql", "-f", "-"]),
        (0.05, ["land", "landing/crm/people/a.csv", "--domain", "hr"]),
        (0, ["ui"]),
    ],
    ids=lambda value: value if not isinstance(value, list) else " ".join(value)[:16],
)
def test_ctrl_c_ends_a_command_in_one_line(mesh, seconds, arguments):
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=mesh.root,
        env=mesh.environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=hear_signals,
    ) as process:
        try:
            assert process.stdout.readline() == "hears\n"
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
        finally:
            process.kill()
        out, err = process.stdout.read(), process.stderr.read()
    assert "Traceback" not in err
    assert "defect" not in err
    # A short one may have ended before, or while Python takes itself down.
    has_ended = process.returncode in (0, -signal.SIGINT)
    if not has_ended or "crm.slow" in arguments or ENDLESS in arguments:
        assert (process.returncode, err.splitlines()[-1]) == (EXIT_STOPPED, "mesh: stopped"), out


@pytest.mark.parametrize(
    "arguments",
    [
        ("sql", "SELECT range AS n FROM range(500000)", "--limit", "0"),
        ("sql", "SELECT range AS n FROM range(500000)", "--json"),
        ("sql", "SELECT range AS n FROM range(500000)", "--format", "csv"),
    ],
    ids=["table", "json", "csv"],
)
def test_a_reader_that_leaves_is_told_nothing(mesh, arguments):
    command = [*mesh.command(*arguments)]
    line = 'set -o pipefail; "$@" | head -1'
    told = run_apart(["bash", "-c", line, "bash", *command], mesh.environment, mesh.root)
    assert (told.status, told.err) == (EXIT_UNREAD, "")
    assert len(told.out.splitlines()) == 1


def test_a_short_answer_that_nobody_reads_is_no_error_either(mesh):
    command = ["bash", "-c", '("$@"; echo $? >&2) | true', "bash", *mesh.command("list")]
    assert run_apart(command, mesh.environment, mesh.root).err in {f"{EXIT_UNREAD}\n", "0\n"}
