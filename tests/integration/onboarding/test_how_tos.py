"""The how-tos, run as they stand in the mesh that `mesh init` writes: their blocks of Python and for a shell."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from support.ran import clean_environment, run_apart

REPOSITORY = Path(__file__).parents[3]
HOW_TO = REPOSITORY / "docs/how-to"
PATIENCE = {"timeout": 280}  # seconds: a build on a machine that may be busy
ELSEWHERE = "# in an environment of its own\n"


def _blocks(page: str, language: str) -> list[str]:
    text = (HOW_TO / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def _shell(block: str) -> str:
    """What a person would type of a block whose commands stand behind `$ `."""
    return "set -e\n" + re.sub(r"^\$ ", "", block, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """With `mesh` of the package under test on the path, as an installed one is."""
    environment = clean_environment()
    return environment | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"}


@pytest.fixture(scope="module")
def shop(environment, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("how to") / "shop"
    run_apart(["mesh", "init", folder], environment, folder.parent).ended()
    run_apart(["mesh", "build"], environment, folder, **PATIENCE).ended()
    return folder


@pytest.mark.parametrize("page", ["notebooks.md", "bi-tools.md"])
def test_blocks_of_python(page, shop, environment):
    code = "\n".join(block for block in _blocks(page, "python") if not block.startswith(ELSEWHERE))
    shown = {
        "notebooks.md": "print(frame.customer.tolist(), answer.pl().height, Path('orders.parquet').stat().st_size > 0)",
        "bi-tools.md": "print({'customers', 'orders'} <= {*inspector.get_view_names('example')}, address)",
    }
    told = {
        "notebooks.md": "['cleo', 'ben', 'ana'] 3 True",
        "bi-tools.md": "True trino://ana@127.0.0.1:8080/mesh/example",
    }
    ran = run_apart(
        [sys.executable, "-W", "error", "-c", f"{code}\n{shown[page]}"], environment, shop
    ).ended()
    assert told[page] in ran.out


def test_ibis_in_an_environment_of_its_own(shop, environment, tmp_path):
    (code,) = (block for block in _blocks("notebooks.md", "python") if block.startswith(ELSEWHERE))
    uv, python = Path(sys.executable).with_name("uv"), tmp_path / "venv/bin/python"
    run_apart(
        [uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv"], environment, tmp_path
    ).ended()
    packages = ["ibis-framework[duckdb]", "duckdb==1.5.5", "polars"]
    run_apart([uv, "pip", "install", "--quiet", "--python", python, *packages], environment, tmp_path).ended()
    alone = {name: value for name, value in environment.items() if name != "PYTHONPATH"}
    shown = "print(best.execute().customer.tolist(), best.to_polars().height)"
    ran = run_apart([python, "-c", code.replace("connection.disconnect()", shown)], alone, shop).ended()
    assert "['cleo', 'ben', 'ana'] 3" in ran.out


def test_a_model_of_dbt_moved(shop, environment):
    (block,) = _blocks("from-dbt.md", "console")
    ran = run_apart(["bash", "-c", _shell(block)], environment, shop, **PATIENCE).ended()
    assert "2024-01-01" in ran.out
    assert "2024-03-01" in ran.out


def test_an_existing_dagster_code_location(shop, environment, tmp_path):
    (code,), (block,) = _blocks("dagster.md", "python"), _blocks("dagster.md", "console")
    (shop / "existing.py").write_text(code, encoding="utf-8")
    in_instance = environment | {"DAGSTER_HOME": str(tmp_path)}
    ran = run_apart(["bash", "-c", _shell(block)], in_instance, shop, **PATIENCE).ended()
    assert "newsletter" in ran.out + ran.err
    assert "RUN_SUCCESS" in ran.out + ran.err
