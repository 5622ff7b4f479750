"""The wheel of what is committed, from a clean clone, in an environment without anything of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

REPOSITORY = Path(__file__).parents[3]
UV = Path(sys.executable).with_name("uv")
# What the lock files pin is what is tested; both are read, as the wheel names lower bounds.
LOCK = REPOSITORY / "requirements-dev.lock"


def run(
    command: Sequence[str | Path], cwd: Path, statuses: tuple[int, ...] = (0,), **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command that has to end with one of `statuses`, without settings of the shell."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("MESH_", "DAGSTER_", "PYTHON", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=kept | variables, capture_output=True, text=True
    )
    assert done.returncode in statuses, done.stdout + done.stderr
    return done


@dataclass(frozen=True)
class Environment:
    """A virtual environment into which the wheel is installed."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def mesh(self) -> Path:
        return self.folder / "bin" / "mesh"

    @property
    def site_packages(self) -> Path:
        (found,) = self.folder.glob("lib/python*/site-packages")
        return found


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """The folder with the sdist of a clean clone of HEAD, and the wheel that was built from that sdist."""
    folder = tmp_path_factory.mktemp("wheel")
    run(["git", "clone", "--quiet", "--depth", "1", f"file://{REPOSITORY}", folder / "clone"], folder)
    run([UV, "build", "--quiet", "--out-dir", folder / "dist", folder / "clone"], folder)
    return folder / "dist"


@pytest.fixture(scope="session")
def wheel(built) -> Path:
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def environment(wheel, tmp_path_factory) -> Environment:
    """The wheel with its dependencies and those of the demo, and pytest, whose plugin it is."""
    wanted = (f"meshlake[demo] @ {wheel.as_uri()}", "pytest")
    return _installed(tmp_path_factory.mktemp("environment") / "venv", *wanted)


@pytest.fixture(scope="session")
def bare_environment(wheel, tmp_path_factory) -> Environment:
    """The wheel without any extra."""
    return _installed(tmp_path_factory.mktemp("bare") / "venv", f"meshlake @ {wheel.as_uri()}")


def _installed(folder: Path, *requirements: str) -> Environment:
    run([UV, "venv", "--quiet", "--python", sys.executable, folder], folder.parent)
    install = [UV, "pip", "install", "--quiet", "--python", folder / "bin/python", "--constraint", LOCK]
    run([*install, *requirements], folder.parent)
    return Environment(folder)
