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
# A deployment that was there before, and calls its own things as the mesh does.
THEIRS = """
import dagster as dg

@dg.asset(deps=[dg.AssetKey(["lab", "readings"])])
def letter(): ...

@dg.sensor(target=[letter])
def new_files(): ...

defs = dg.Definitions([letter], jobs=[dg.define_asset_job("build", [letter])], sensors=[new_files],
                      resources={"reporter": "theirs"})
"""
WORKSPACE = """load_from:
  - python_file: {relative_path: theirs.py, location_name: theirs}
  - python_module: {module_name: meshlake.orchestration.definitions, location_name: mesh}
"""


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


def test_a_mesh_is_one_code_location_of_a_deployment_with_others(tmp_path: Path) -> None:
    mesh = lab(tmp_path)
    (tmp_path / "dagster").mkdir()
    (tmp_path / "theirs.py").write_text(THEIRS)
    (tmp_path / "workspace.yaml").write_text(WORKSPACE)
    environment = mesh.environment | {"DAGSTER_HOME": str(tmp_path / "dagster")}
    tool = Path(sys.executable).with_name("dagster")
    command = [tool, "definitions", "validate", "--workspace", str(tmp_path / "workspace.yaml")]
    told = run_apart(command, environment, tmp_path).ended()
    assert "All code locations passed validation" in told.out + told.err
