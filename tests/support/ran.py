"""`mesh ARGUMENTS`, run in this process or in one of its own, and what a user sees of it."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import meshlake
from meshlake.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Where Python finds the package under test: a checkout's, a worktree's, or what is installed.
PACKAGE = str(Path(meshlake.__file__).parents[1])
COMMAND = (sys.executable, "-m", "meshlake.cli.main")


@dataclass(frozen=True)
class Ran:
    """How one command ended."""

    status: int
    out: str
    err: str

    @property
    def facts(self) -> Any:
        """The JSON it printed."""
        return json.loads(self.out)

    @property
    def cells(self) -> list[list[str]]:
        """The CSV it printed, the header left out."""
        return list(csv.reader(self.out.splitlines()))[1:]

    @property
    def told(self) -> list[str]:
        """The lines of its error, without what it was doing before, which a slow machine tells."""
        lines = self.err.strip().splitlines()
        began = (number for number, line in enumerate(lines) if line.startswith("mesh: "))
        return lines[next(began, 0) :]

    def ended(self, status: int = 0) -> Ran:
        """This, which must have ended with `status` and without a traceback."""
        assert self.status == status, self.out + self.err
        assert "Traceback" not in self.err
        return self

    def tells(self, name: str, *texts: str, line_count: int = 2) -> None:
        """The build told that `name` failed, saying `texts` in so many lines."""
        found = re.search(rf"^x {re.escape(name)} (.*?)(?=^[x+=] |^$)", self.err, re.MULTILINE | re.DOTALL)
        assert found is not None, self.err
        assert [text for text in texts if text not in found[1]] == [], found[1]
        assert len(found[1].splitlines()) <= line_count, found[1]


def clean_environment() -> dict[str, str]:
    """This process's environment without settings of any mesh, the very package under test found first."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MESH_", "DAGSTER_"))}
    path = os.pathsep.join(filter(None, (PACKAGE, os.environ.get("PYTHONPATH"))))
    # Wide enough that no line is broken where a test looks for a text.
    return kept | {"PYTHONPATH": path, "COLUMNS": "1000"}


def run_here(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Ran:
    """`mesh ARGUMENTS` in this process, which is afterwards as it was."""
    with _screen("stdout") as out, _screen("stderr") as err:
        status = ended_here(arguments, environment, folder)
    return Ran(status, out[0], err[0])


def ended_here(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> int:
    """The exit status of `mesh ARGUMENTS`, run in this process, which writes to where this process does."""
    with _terminal(arguments, environment), chdir(folder):
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)
    return 0


def run_apart(
    command: Sequence[str | Path], environment: Mapping[str, str], folder: Path, **options: Any
) -> Ran:
    """A command in a process of its own; `options` are those of `subprocess.run`."""
    done = subprocess.run(
        [str(part) for part in command],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        **{"timeout": 280, **options},
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@contextmanager
def _screen(name: str) -> Iterator[list[str]]:
    """What is written to a stream meanwhile."""
    written: list[str] = []
    with tempfile.TemporaryFile("w+", buffering=1, encoding="utf-8") as file:
        try:
            with redirected(name, file):
                yield written
        finally:
            file.seek(0)
            written.append(file.read())


@contextmanager
def redirected(name: str, file: TextIO) -> Iterator[None]:
    """Lets `stdout` or `stderr` be `file`, in whatever way it is written to: libraries and child processes know its
    number alone."""
    number, stream = {"stdout": 1, "stderr": 2}[name], getattr(sys, name)
    kept = os.dup(number)
    os.dup2(file.fileno(), number)
    setattr(sys, name, file)
    try:
        yield
    finally:
        file.flush()
        setattr(sys, name, stream)
        os.dup2(kept, number)
        os.close(kept)


@contextmanager
def _terminal(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    before, argv, ctrl_c = dict(os.environ), sys.argv, signal.getsignal(signal.SIGINT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["mesh", *arguments]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        sys.argv = argv
        signal.signal(signal.SIGINT, ctrl_c)  # a command that has ended leaves it to end the process
