"""An empty folder outside the repository, and `mesh` as a new user runs it there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

MESH = Path(sys.executable).with_name("mesh")


class Terminal:
    """Runs `mesh` in one folder, with no settings but the defaults."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith(("MESH_", "DAGSTER_"))}

    def run(self, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Run `mesh arguments`; it must end with `status`, and never with a traceback."""
        done = subprocess.run(
            [str(MESH), *arguments],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def facts(self, *arguments: str) -> Any:
        """The JSON that `mesh arguments --json` prints."""
        return json.loads(self.run(*arguments, "--json").stdout)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    folder = tmp_path / "my mesh"
    folder.mkdir()
    return Terminal(folder)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file of the user's."""

    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written
