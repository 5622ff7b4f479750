"""Dagster's own tools accept the project as it lies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.ui.lab import lab

from support.ran import run_apart
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "command",
    [("dg", "check", "defs", "--use-active-venv"), ("dagster", "definitions", "validate")],
    ids=lambda c: " ".join(c),
)
@pytest.mark.parametrize("is_lab", [False, True], ids=["demo products", "a broken product"])
def test_tool_accepts_the_project(command: Sequence[str], is_lab: bool, tmp_path: Path) -> None:
    mesh = lab(tmp_path) if is_lab else SmallMesh(tmp_path, products=ROOT / "data_products")
    dagster_home = tmp_path / "dagster"
    dagster_home.mkdir()
    tool, *arguments = command
    environment = mesh.environment | {"DAGSTER_HOME": str(dagster_home)}
    run_apart([Path(sys.executable).with_name(tool), *arguments], environment, ROOT).ended()
