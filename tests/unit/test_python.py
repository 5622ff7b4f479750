"""A Python that is too old is told of in one line, wherever somebody meets it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import meshlake

REPOSITORY = Path(__file__).parents[2]
FRONT = Path(meshlake.__file__)
OLD = (3, 9, 6, "final", 0)
TOLD = f"Meshlake needs Python 3.11 or newer, and {sys.executable} is Python 3.9."


def run_front() -> None:
    exec(compile(FRONT.read_text(encoding="utf-8"), FRONT, "exec"), {"__name__": "meshlake"})  # noqa: S102


@pytest.mark.parametrize("program", ["/usr/local/bin/mesh", "-m"])
def test_the_command_ends_with_the_line(monkeypatch, program):
    monkeypatch.setattr(sys, "version_info", OLD)
    monkeypatch.setattr(sys, "argv", [program, "build"])
    with pytest.raises(SystemExit) as ended:
        run_front()
    assert ended.value.code == TOLD


def test_code_gets_an_import_error(monkeypatch):
    monkeypatch.setattr(sys, "version_info", OLD)
    monkeypatch.setattr(sys, "argv", ["notebook.py"])
    with pytest.raises(ImportError) as caught:
        run_front()
    assert str(caught.value) == TOLD


def test_what_tells_it_can_be_read_by_the_old():
    for file in (FRONT, FRONT.with_name("__main__.py")):
        ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 7))


def fake_python(path: Path, version: tuple[int, ...]) -> Path:
    """A Python that says it is of another version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"#!/bin/sh\n"
        f'[ "$1" = -V ] && echo Python {".".join(map(str, version))} && exit\n'
        f'exec {sys.executable} -c "import sys; sys.version_info = {version}; exec(sys.argv[1])" "$2"\n',
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


def check_python(*arguments: str) -> tuple[int, list[str]]:
    told = subprocess.run(
        ["make", "--silent", "check-python", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.returncode, told.stderr.splitlines()


def test_make_tells_of_an_old_python_of_an_old_environment_and_of_none(tmp_path):
    old, new = fake_python(tmp_path / "old", (3, 9, 6)), fake_python(tmp_path / "new", (3, 11, 0))
    none = f"VENV={tmp_path / 'none'}"
    assert check_python(none, f"PYTHON={new}") == (0, [])
    status, told = check_python(none, f"PYTHON={old}")
    assert status == 2
    assert told[0] == (
        f"Meshlake needs Python 3.11 or newer, and Python 3.9.6 is in {old}: "
        "run make with PYTHON=python3.12 or another."
    )
    assert check_python(none, "PYTHON=pythonless")[1][0].startswith("There is no pythonless: run make with")
    fake_python(tmp_path / "venv/bin/python", (3, 9, 6))
    _, told = check_python(f"VENV={tmp_path / 'venv'}", f"PYTHON={new}")
    assert told[0].endswith(f"remove {tmp_path / 'venv'}, then run make with PYTHON=python3.12 or another.")
