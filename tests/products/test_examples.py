"""Every example of every product: its literal input rows through the real transform give the rows it expects."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
import yaml

from meshlake.building.examples import example_rows
from meshlake.errors import ContractError
from meshlake.products.examples import Example, differences, read_examples, read_examples_file
from meshlake.settings import load_settings
from meshlake.transforms.source_aligned import SourceAligned
from meshlake.workspace import Workspace, open_workspace

REPOSITORY = Path(__file__).parents[2]
FOLDERS = [REPOSITORY / "data_products", *sorted(REPOSITORY.glob("examples/*/data_products"))]


@cache
def mesh_of(products: Path, home: Path) -> Workspace:
    return open_workspace(load_settings({"MESH_PRODUCTS": str(products), "MESH_HOME": str(home)}))


@pytest.fixture(scope="session")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.mark.parametrize(
    ("products", "example"),
    [
        pytest.param(folder, example, id=f"{folder.parent.name} {example.product}: {example.name}")
        for folder in FOLDERS
        for example in read_examples(folder)
    ],
)
def test_example_gives_the_rows_it_expects(products: Path, example: Example, home: Path):
    given = example_rows(mesh_of(products, home), example)
    assert not (found := differences(example.expected, given)), f"{example.product}: {example.name}\n{found}"


@pytest.mark.parametrize("products", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_product_of_own_sql_or_python_has_an_example(products: Path, home: Path):
    with_example = {example.product for example in read_examples(products)}
    mesh = mesh_of(products, home)
    assert not mesh.products.broken
    written = {
        name
        for name, product in mesh.products.products.items()
        if (product.folder / "transform.sql").exists() or (product.folder / "transform.py").exists()
    }
    assert written - with_example == set()


# --- the runner itself ---


@pytest.mark.parametrize(
    ("expected", "given", "told"),
    [
        ([], [], ""),
        ([{"a": 1}, {"a": 2}], [{"a": 2, "b": "x"}, {"a": 1, "b": "y"}], ""),
        ([{"a": 0.3}], [{"a": 0.1 + 0.2}], ""),
        (
            [{"a": 0.3}],
            [{"a": 0.300001}],
            "expected, not given: {a: 0.3}\n    nearest row given: a is 0.300001",
        ),
        ([{"a": 1}], [{"a": 1}, {"a": 1}], "given, not expected: {a: 1}"),
        ([{"a": 1}, {"a": 1}], [{"a": 1}], "expected, not given: {a: 1}"),
        ([{"a": True}], [{"a": 1}], "expected, not given: {a: True}"),
        ([{"a": None}], [{"a": None}], ""),
        ([{"a": None}], [{"a": 0}], "nearest row given: a is 0"),
        ([{"typo": 1}], [{"a": 1}], "typo is 'not there'"),
        ([{"t": datetime(2024, 1, 5)}], [{"t": datetime(2024, 1, 5)}], ""),  # noqa: DTZ001
        ([{"t": datetime(2024, 1, 5)}], [{"t": datetime(2024, 1, 5, 1)}], "not given"),  # noqa: DTZ001
    ],
)
def test_differences_name_what_is_missing_and_what_is_too_many(expected, given, told):
    found = differences(expected, given)
    assert (told in found) if told else not found


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
    assert differences(expected, example_rows(workspace, example)) == ""
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
