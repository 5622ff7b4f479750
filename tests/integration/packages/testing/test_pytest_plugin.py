"""The pytest plugin in a mesh, and in a project that is none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.contracts import contract_text
from support.plugin import plugin_arguments

pytest_plugins = ["pytester"]
COUNT = "SELECT city, count(*) AS people FROM crm.people GROUP BY city"
EXAMPLES = """- name: people are counted
  inputs: {crm.people: [{id: 1, city: Oslo}, {id: 2, city: Oslo}]}
  expected: [{city: Oslo, people: PEOPLE}]
- name: nobody is no city
  inputs: {crm.people: []}
  expected: []
"""
TESTS = """
def test_what_is_published(built_mesh, mesh):
    assert mesh is built_mesh
    assert mesh.sql("SELECT people FROM crm.cities WHERE city = 'Oslo'").fetchall() == [(2,)]
    assert mesh.settings.home.parent.name != "project"
"""


@pytest.fixture
def project(pytester):
    """A mesh with one product of SQL; pytest run in it."""
    folder = pytester.path / "data_products/crm"
    for product, columns, sql in (
        ("people", {"id": "integer", "city": "string"}, None),
        ("cities", {"city": "string", "people": "integer"}, COUNT),
    ):
        (folder / product).mkdir(parents=True)
        (folder / product / "contract.odcs.yaml").write_text(contract_text(f"crm.{product}", columns))
        if sql:
            (folder / product / "transform.sql").write_text(sql)
    (pytester.path / "landing/crm/people").mkdir(parents=True)
    (pytester.path / "landing/crm/people/a.csv").write_text("id,city\n1,Oslo\n2,Oslo\n")
    (pytester.path / "mesh.toml").write_text('landing = "landing"\n')
    pytester.makeini("[pytest]")
    return folder / "cities"


def run(pytester, *arguments):
    return pytester.runpytest_inprocess(*plugin_arguments(), "-p", "no:cacheprovider", *arguments)


def test_every_example_is_a_test_and_what_differs_is_its_failure(project, pytester):
    (project / "examples.yaml").write_text(EXAMPLES.replace("PEOPLE", "3"))
    ran = run(pytester, "-v", "data_products")
    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(
        [
            "data_products/crm/cities/examples.yaml::people are counted FAILED*",
            "data_products/crm/cities/examples.yaml::nobody is no city PASSED*",
            "*examples.yaml:1: crm.cities: people are counted",
            "1 of 1 row expected differs; columns that differ: people",
            "changed: city 'Oslo'",
            "    people: expected 3, found 2",
        ]
    )
    assert "Traceback" not in ran.stdout.str()
    run(pytester, "data_products/crm/cities/examples.yaml::nobody is no city").assert_outcomes(passed=1)


def test_the_mesh_of_the_folder_is_built_apart(project, pytester):
    pytester.makepyfile(test_it=TESTS)
    run(pytester, "test_it.py").assert_outcomes(passed=1)
    assert not (pytester.path / ".mesh").exists()


def test_a_file_that_is_none_of_examples_is_told_in_its_own_words(project, pytester):
    (project / "examples.yaml").write_text("- name: a\n  input: {}\n")
    ran = run(pytester, "data_products")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["*examples.yaml:2: 'input' is not known. Did you mean 'inputs'?*"])


def test_an_engine_that_there_is_not_is_told(project, pytester):
    (project / "examples.yaml").write_text(EXAMPLES.replace("PEOPLE", "2"))
    ran = run(pytester, "--mesh-engine", "duckbd", "data_products")
    ran.assert_outcomes(failed=2)
    ran.stdout.fnmatch_lines(["*examples.yaml:1: crm.cities: people are counted", "'duckbd' is no engine"])


def test_a_project_that_is_no_mesh_is_left_alone(pytester):
    pytester.makepyfile(test_it="def test_it(): pass")
    (pytester.path / "examples.yaml").write_text("not: ours")
    run(pytester).assert_outcomes(passed=1)


def test_nothing_heavy_is_loaded_by_it():
    heavy = ("duckdb", "yaml", "pydantic", "meshlake.mesh")
    code = f"import sys, meshlake.pytest_plugin; print([m for m in {heavy} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
