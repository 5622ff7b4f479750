"""`mesh init`: the mesh that it writes builds, tests, answers and opens in Dagster as it stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import meshlake
from support.plugin import plugin_arguments
from support.ran import run_apart


@pytest.fixture
def new(mesh):
    """What `mesh init` writes, as it stands."""
    mesh.does("init", "my shop")
    mesh.root /= "my shop"
    return mesh


def test_it_builds_answers_and_keeps_its_promises(new):
    built = new.facts("build")
    assert {each["product"]: each["rows"] for each in built["built"]} == {
        "example.orders": 6,
        "example.customers": 3,
    }
    assert new.facts("sql", "SELECT customer FROM example.customers WHERE spent > 100") == [
        {"customer": "cleo"}
    ]
    assert [question["is_kept"] for question in new.facts("questions")] == [True]
    assert [run["is_passed"] for run in new.facts("test")] == [True]
    assert new.facts("lint") == []
    assert all(check["is_passed"] for check in new.facts("check"))
    assert [found["name"] for found in new.facts("discover")["datasets"]] == ["landing.example.orders"]


def test_its_tests_pass(new):
    quiet = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *plugin_arguments()]
    assert (
        "4 passed"
        in run_apart([sys.executable, "-m", "pytest", *quiet], new.environment, new.root).ended().out
    )


def test_dagster_opens_it(new):
    dagster = Path(sys.executable).with_name("dagster")
    run_apart([dagster, "definitions", "validate"], new.environment, new.root).ended()


def test_git_sees_what_was_written_and_nothing_that_was_built(new):
    new.does("build")
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=new.root, check=True)
    listed = subprocess.run(["git", "ls-files"], cwd=new.root, capture_output=True, text=True, check=True)
    files = listed.stdout.splitlines()
    for file in (".gitignore", "mesh.toml", "landing/example/orders/2024.csv", ".github/workflows/mesh.yaml"):
        assert file in files
    assert not [file for file in files if file.startswith(".mesh/")]
    workflow = yaml.safe_load((new.root / ".github/workflows/mesh.yaml").read_text())
    assert {"run": "mesh build"} in workflow["jobs"]["build"]["steps"]


def test_nothing_is_overwritten(new):
    readme = new.root / "README.md"
    readme.write_text("mine")
    told = new.does("init", ".", status=2).err
    assert "mesh.toml is there already, and nothing is overwritten" in told
    assert readme.read_text() == "mine"


def test_the_home_of_a_mesh_hides_itself_from_git_but_no_folder_that_was_there(tmp_path):
    (tmp_path / "data_products").mkdir()
    (tmp_path / "mine").mkdir()
    for home, is_hidden in (("new", True), ("mine", False)):
        mesh = meshlake.open(tmp_path, home=home)
        assert mesh.products == []
        assert (tmp_path / home / ".gitignore").exists() is is_hidden


def test_next_steps_are_told(mesh):
    told = mesh.does("init", "a b").out
    assert "Next: cd 'a b' && mesh build" in told


def test_editors_find_the_schemas_of_its_files(new):
    written = sorted([new.root / "mesh.toml", *new.root.glob("data_products/*/*/*.yaml")])
    assert len(written) == 4
    for file in written:
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith(("# yaml-language-server: $schema=", "#:schema "))
        path = first.removeprefix("# yaml-language-server: $schema=").removeprefix("#:schema ")
        assert (file.parent / path).is_file()
