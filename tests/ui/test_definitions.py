"""Dagster's own tools accept the project as it lies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.ui.conftest import mesh_environment
from tests.ui.lab import write_lab

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "command", [("dg", "check", "defs"), ("dagster", "definitions", "validate")], ids=lambda c: " ".join(c)
)
@pytest.mark.parametrize("is_lab", [False, True], ids=["demo products", "a broken product"])
def test_tool_accepts_the_project(command: Sequence[str], is_lab: bool, tmp_path: Path) -> None:
    products = write_lab(tmp_path) if is_lab else ROOT / "data_products"
    dagster_home = tmp_path / "dagster"
    dagster_home.mkdir()
    tool, *arguments = command
    ran = subprocess.run(
        [Path(sys.executable).with_name(tool), *arguments],
        cwd=ROOT,
        env={**os.environ, **mesh_environment(tmp_path, products), "DAGSTER_HOME": str(dagster_home)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
