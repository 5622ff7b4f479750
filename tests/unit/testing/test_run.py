"""Examples of every kind of transform, run; what fails is told and hides no other."""

from __future__ import annotations

import pytest
import yaml

from meshlake.errors import ContractError
from meshlake.products.examples import Example, read_examples, read_examples_file
from meshlake.testing.differences import compare
from meshlake.testing.rows import example_rows
from meshlake.transforms.source_aligned import SourceAligned

PRODUCTS = {
    "crm.people": ({"id": "integer", "born_on": "date", "is_member": "boolean"}, {}),
    "crm.ages": (
        {"id": "integer", "age_years": "integer"},
        {"transform.sql": "SELECT id, 2024 - year(born_on) AS age_years FROM crm.people WHERE is_member\n"},
    ),
    "crm.names": (
        {"id": "integer"},
        {
            "transform.py": 'INPUTS = {"people": "SELECT id FROM crm.people ORDER BY id"}\n\n\n'
            "def transform(people):\n    return people.slice(1)\n"
        },
    ),
}

BORN_1984 = {"id": 1, "born_on": "1984-02-03", "is_member": True}


def written(mesh, product, inputs, expected) -> Example:
    """An example as it is read from its product's folder."""
    entry = {"name": "x", "inputs": inputs, "expected": expected}
    (example,) = read_examples_file(mesh.write(product, "examples.yaml", yaml.safe_dump([entry])))
    return example


@pytest.mark.parametrize(
    ("product", "inputs", "expected"),
    [
        ("crm.people", {"landing.crm.people": [{"id": "1", "born_on": " 1984-02-03 "}]}, [{"id": 1}]),
        (
            "crm.people",
            {"landing.crm.people": [{"id": 7, "is_member": True}]},
            [{"id": 7, "is_member": True}],
        ),
        ("crm.ages", {"crm.people": [BORN_1984, {"id": 2}]}, [{"id": 1, "age_years": 40}]),
        ("crm.ages", {"crm.people": []}, []),
        ("crm.names", {"crm.people": [{"id": 1}, {"id": 2}]}, [{"id": 2}]),
    ],
)
def test_every_kind_of_transform_runs(mesh, product, inputs, expected):
    for name, (columns, files) in PRODUCTS.items():
        mesh.product(name, columns, files)
    example = written(mesh, product, inputs, expected)
    workspace = mesh.workspace
    assert not compare(expected, example_rows(workspace, example))
    assert isinstance(workspace.products.get(example.product).transform, SourceAligned) is (
        product == "crm.people"
    )


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"crm.people": [{"name": "Ana"}]}, "crm.people has no column name"),
        ({"crm.people": [], "crm.pets": []}, "crm.ages does not read crm.pets"),
        ({}, "has no rows of crm.people, which crm.ages reads"),
    ],
)
def test_an_example_that_does_not_fit_its_inputs_is_refused(mesh, inputs, told):
    for name, (columns, files) in PRODUCTS.items():
        mesh.product(name, columns, files)
    example = written(mesh, "crm.ages", inputs, [])
    with pytest.raises(ContractError, match=rf"examples.yaml:\d+: {told}"):
        example_rows(mesh.workspace, example)


WRONG = """- name: one
  inputs: {crm.people: []}
  expect: []
- name: two
  inputs:
    crm.people: {id: 1}
  expected: []
"""


def test_every_mistake_of_a_file_is_told_with_its_line(mesh):
    columns, files = PRODUCTS["crm.ages"]
    mesh.product("crm.ages", columns, files | {"examples.yaml": WRONG})
    with pytest.raises(ContractError) as caught:
        list(read_examples(mesh.products))
    assert [line.partition("examples.yaml:")[2] for line in caught.value.message.splitlines()] == [
        "1: 'expected' is missing",
        "3: 'expect' is not known. Did you mean 'expected'? Allowed: name, inputs, expected",
        "6: 'inputs.crm.people' is {'id': 1}; it must be a list",
    ]


def test_what_fails_hides_no_other_and_tells_the_rows_that_differ(mesh):
    for name, (columns, files) in PRODUCTS.items():
        mesh.product(name, columns, files)
    written(mesh, "crm.ages", {"crm.people": [BORN_1984]}, [{"id": 1, "age_years": 41}])
    written(mesh, "crm.names", {"crm.pets": []}, [])
    written(mesh, "crm.people", {"landing.crm.people": [{"id": "x"}]}, [])
    mesh.product("crm.unread", {"id": "integer"}, {"transform.sql": "SELECT 1", "examples.yaml": "- a"})
    runs = {run.product: run for run in mesh.open().test()}
    assert not any(run.is_passed for run in runs.values())
    assert runs["crm.ages"].told() == (
        "1 of 1 row expected differs; columns that differ: age_years\n"
        "changed: id 1\n    age_years: expected 41, found 40"
    )
    assert "crm.names does not read crm.pets" in runs["crm.names"].told()
    assert "x" in runs["crm.people"].told()
    assert "'0' is 'a'" in runs["crm.unread"].told() or "is 'a'" in runs["crm.unread"].told()


def test_the_command_tells_them_at_80_columns_and_as_facts(mesh):
    columns, files = PRODUCTS["crm.ages"]
    mesh.product("crm.people", PRODUCTS["crm.people"][0])
    mesh.product("crm.ages", columns, files)
    written(mesh, "crm.ages", {"crm.people": [BORN_1984]}, [{"id": 1, "age_years": 41}])
    told = mesh.run("test", "crm")
    assert told.status == 1
    assert "    age_years: expected 41, found 40" in told.out
    (fact,) = mesh.run("test", "--json", "--engine", "duckdb").facts
    assert fact["differences"]["changed"] == [
        {
            "columns": ["age_years"],
            "expected": {"id": 1, "age_years": 41},
            "found": {"id": 1, "age_years": 40},
        }
    ]
    assert mesh.run("test", "--engine", "duckbd").status == 2
