"""What `mesh lint` finds in a mesh of many broken products, each of which hides nothing of the others."""

from __future__ import annotations

import doctest
import json

import pytest

import meshlake.mesh.linting
from meshlake.errors import UsageError
from meshlake.mesh.linting import lint_folder
from support.small_mesh import SmallMesh

PEOPLE = {"id": "integer", "city": "string", "born_on": "date"}
CITIES = {"city": "string", "people": "integer"}
MODEL = "task: churn\nfeatures: |\n  SELECT id, city\n  FROM crm.people\nkey: id\nlabel: has_left\n"
EXAMPLES = """- name: people are counted
  inputs:
    crm.people:
      - {id: 1, city: Oslo}
      - {id: 2, ctiy: Oslo}
  expected:
    - {city: Oslo, persons: 2}
- name: nothing is read
  inputs: {crm.pets: []}
  expected: []
"""
COUNT = "SELECT city, count(*) AS people FROM crm.people GROUP BY city"
PRODUCTS = {
    # product: columns, files, what else the contract says, and of each finding file, line, column, severity, words
    "crm.people": (PEOPLE, {}, {}, []),
    "fine.cities": (CITIES, {"transform.sql": COUNT, "README.md": "A note."}, {}, []),
    "sql.syntax": (
        CITIES,
        {"transform.sql": "SELECT city,\nFORM crm.people", "checks/a.sql": "SELECT * FROM sql.syntax WHERE"},
        {},
        [
            ("checks/a.sql", None, None, "error", "syntax error at end of input"),
            ("transform.sql", 2, 9, "error", 'syntax error at or near "."'),
        ],
    ),
    "sql.columns": (
        CITIES,
        {"transform.sql": "SELECT city,\n  count(idd) AS people\nFROM crm.people GROUP BY city"},
        {},
        [("transform.sql", 2, 9, "error", 'Referenced column "idd" not found')],
    ),
    "sql.tables": (
        CITIES,
        {"transform.sql": "SELECT city, 1 AS people FROM crm.peple\nUNION ALL SELECT city, 2 FROM persons"},
        {},
        [("transform.sql", 2, 31, "error", "reads 'persons', which is no product")],
    ),
    "sql.unknown": (
        CITIES,
        {"transform.sql": "-- crm.peple\nSELECT city, 1 AS people\nFROM crm.peple"},
        {},
        [("transform.sql", 3, 6, "error", "reads crm.peple, which is no product")],
    ),
    "sql.promise": (
        CITIES,
        {"transform.sql": "SELECT 1 AS city, 'x' AS persons FROM crm.people"},
        {},
        [
            ("transform.sql", None, None, "error", "city is INTEGER, the contract says VARCHAR"),
            ("transform.sql", None, None, "error", "gives no column people"),
            ("transform.sql", None, None, "error", "gives persons, which the contract does not know"),
        ],
    ),
    "sql.trino": (
        CITIES,
        {"transform.sql": "SELECT city,\n  bit_count(count(*)) AS people\nFROM crm.people\nGROUP BY city"},
        {},
        [("transform.sql", 2, 3, "warning", "Trino cannot say bit_count as DuckDB means it")],
    ),
    "sql.rules": (
        CITIES,
        {
            "transform.sql": COUNT,
            "checks/known.sql": "-- severity: warning\nSELECT *\nFROM sql.rules\nWHERE town IS NULL",
        },
        {
            "quality": [
                {"name": "few", "type": "sql", "query": "SELECT max(persons) FROM {object}", "mustBe": 0}
            ]
        },
        [
            ("checks/known.sql", 4, 7, "error", 'Referenced column "town" not found'),
            ("contract.odcs.yaml", 27, 12, "error", 'few: Referenced column "persons" not found'),
        ],
    ),
    "py.inputs": (
        CITIES,
        {
            "transform.py": 'INPUTS = {\n    "p": "SELECT iid FROM crm.people"}\ndef transform(p):\n    return p\n'
        },
        {},
        [("transform.py", 2, 18, "error", 'Referenced column "iid" not found')],
    ),
    "ml.leavers": (
        {"id": "integer"},
        {"model.yaml": MODEL},
        {},
        [("model.yaml", 6, None, "error", "the features have no column 'has_left'")],
    ),
    "ml.wrong": (
        {"id": "integer"},
        {"model.yaml": "task: churn\nfeatures: crm.people\nkey: id\nlabell: x\npolicy: {folds: 1}\n"},
        {},
        [
            ("model.yaml", 1, None, "error", "'label' is missing"),
            ("model.yaml", 4, None, "error", "'labell' is not known. Did you mean 'label'?"),
            ("model.yaml", 5, None, "error", "'policy.folds' is 1"),
        ],
    ),
    "ex.fits": (
        CITIES,
        {"transform.sql": COUNT, "examples.yaml": EXAMPLES},
        {},
        [
            ("examples.yaml", 5, None, "error", "crm.people has no column ctiy"),
            ("examples.yaml", 7, None, "error", "ex.fits has no column persons"),
            ("examples.yaml", 9, None, "error", "ex.fits does not read crm.pets"),
            ("examples.yaml", 9, None, "error", "has no rows of crm.people, which ex.fits reads"),
        ],
    ),
    "ex.keys": (
        CITIES,
        {"transform.sql": COUNT, "examples.yaml": "- name: a\n  input: {}\n  expected: []\n- inputs: []\n"},
        {},
        [
            ("examples.yaml", 1, None, "error", "'inputs' is missing"),
            ("examples.yaml", 2, None, "error", "'input' is not known. Did you mean 'inputs'?"),
            ("examples.yaml", 4, None, "error", "'expected' is missing"),
            ("examples.yaml", 4, None, "error", "'inputs' is []"),
            ("examples.yaml", 4, None, "error", "'name' is missing"),
        ],
    ),
    "files.names": (
        CITIES,
        {"transfrom.sql": COUNT, "checks/a.sq": "SELECT 1", "other.sql": "SELECT 1", "example.yaml": "[]"},
        {},
        [
            ("checks/a.sq", None, None, "error", "nothing reads it"),
            ("example.yaml", None, None, "error", "nothing reads it"),
            ("other.sql", None, None, "warning", "nothing reads it"),
            ("transfrom.sql", None, None, "error", "nothing reads it"),
        ],
    ),
    "rules.landed": (  # its rows come of what has landed, its queries are of itself
        {
            "id": {
                "logicalType": "integer",
                "quality": [{"type": "sql", "query": "SELECT cout(*) FROM {object}", "mustBe": 0}],
            }
        },
        {"checks/a.sql": "SELECT id FROM rules.landed EXCEPT SELECT id FROM landing.rules.landed"},
        {},
        [("contract.odcs.yaml", 24, 14, "error", "cout does not exist")],
    ),
    "sql.theirs": (  # whose query is looked at in our words, which stand in no file
        CITIES,
        {"transform.sql": COUNT},
        {"id": "5f3a", "quality": [{"type": "sql", "query": "SELECT max(idd) FROM dbo.theirs", "mustBe": 0}]},
        [("contract.odcs.yaml", 26, None, "error", 'Referenced column "idd" not found')],
    ),
    "files.expression": (
        {"id": {"logicalType": "integer", "transformLogic": "CAST(id AS"}},
        {},
        {},
        [("contract.odcs.yaml", 22, 21, "error", "syntax error")],
    ),
    "circle.one": (
        CITIES,
        {"transform.sql": "SELECT city, people\nFROM circle.two"},
        {},
        [("transform.sql", 2, 6, "error", "circle.one reads itself through others: circle.one, circle.two")],
    ),
    "circle.two": (
        CITIES,
        {"transform.sql": "SELECT city, peple AS people FROM circle.one"},
        {},
        [
            ("transform.sql", 1, 14, "error", 'Referenced column "peple" not found'),
            ("transform.sql", 1, 35, "error", "circle.two reads itself through others"),
        ],
    ),
}
BROKEN_CONTRACT = "kind: Table\napiVersion: v2\n"


@pytest.fixture(scope="module")
def mesh(tmp_path_factory) -> SmallMesh:
    mesh = SmallMesh(tmp_path_factory.mktemp("lint"))
    for name, (columns, files, contract, _) in PRODUCTS.items():
        mesh.product(name, columns, files, **contract)
    mesh.product("broken.contract", CITIES, {"transform.sql": "SELECT cty FROM crm.people"})
    mesh.write("broken.contract", "contract.odcs.yaml", BROKEN_CONTRACT)
    mesh.write("broken.No Name", "contract.odcs.yaml", BROKEN_CONTRACT)
    return mesh


@pytest.fixture(scope="module")
def findings(mesh):
    return mesh.open().lint()


@pytest.mark.parametrize("name", PRODUCTS)
def test_all_that_is_wrong_with_a_product_and_nothing_else(mesh, findings, name):
    folder = mesh.products / name.replace(".", "/")
    found = [
        (str(each.file.relative_to(folder)), each.line, each.column, str(each.gravity), each.message)
        for each in findings
        if each.product == name
    ]
    expected = PRODUCTS[name][3]
    assert [each[:4] for each in found] == [each[:4] for each in expected], found
    for (*_, message), (*_, words) in zip(found, expected, strict=True):
        assert words in message


def test_of_a_product_whose_contract_cannot_be_read_the_sql_is_looked_at_all_the_same(findings):
    assert [
        (each.file.name, each.line, each.column) for each in findings if each.product == "broken.contract"
    ] == [
        ("contract.odcs.yaml", 1, None),
        ("contract.odcs.yaml", 2, None),
        ("transform.sql", 1, 8),
    ]


def test_a_folder_that_cannot_name_a_product_is_told(findings):
    (found,) = [each for each in findings if each.file.name == "No Name"]
    assert "is not lower snake_case" in found.message


def test_a_mistyped_file_is_told_with_the_name_that_is_meant(findings):
    hints = {each.file.name: each.hint for each in findings if each.product == "files.names"}
    assert hints["transfrom.sql"] == "Did you mean transform.sql?"
    assert hints["example.yaml"] == "Did you mean examples.yaml?"


def test_only_the_products_named_are_told_and_none_that_there_is_not(mesh, findings):
    assert mesh.open().lint("sql.promise") == [each for each in findings if each.product == "sql.promise"]
    with pytest.raises(UsageError, match=r"there is no product sql\.promis") as caught:
        mesh.open().lint("sql.promis")
    assert caught.value.hint == "Did you mean sql.promise?"


def test_what_the_engine_of_the_mesh_cannot_run_is_an_error(mesh):
    assert [each.is_error for each in mesh.open().lint("sql.trino", engine="trino")] == [True]
    assert mesh.run("lint", "sql.trino").status == 0
    assert mesh.run("lint", "sql.trino", "--engine", "trino").status == 1


def test_findings_are_told_as_compilers_do_as_facts_and_as_annotations(mesh):
    told = mesh.run("lint", "sql.columns")
    assert told.status == 1
    place, reason, count = told.out.splitlines()[0], told.out.splitlines()[1], told.out.splitlines()[-1]
    assert place.startswith("data_products/sql/columns/transform.sql:2:9: error: Referenced column")
    assert reason.startswith("    Perhaps ")
    assert count == "1 error."
    (fact,) = json.loads(mesh.run("lint", "sql.columns", "--json").out)
    assert fact["product"], fact["line"] == ("sql.columns", 2)
    assert fact["file"] == str(mesh.products / "sql/columns/transform.sql")
    annotation = mesh.run("lint", "sql.columns", "--format", "github").out
    assert annotation.startswith(
        "::error file=data_products/sql/columns/transform.sql,line=2,col=9,title=sql.columns::Referenced column"
    )
    assert mesh.run("lint", "fine.cities").out == "Nothing is wrong.\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "engin = 'duckdb'\nhome = 1\n",
            [(1, "'engin' is not a setting"), (2, "home must be a text in quotes, not 1")],
        ),
        ("home = x\n", [(1, "not valid TOML: Invalid value (at line 1, column 8)")]),
    ],
)
def test_what_is_wrong_in_the_settings_hides_no_product(mesh, text, found, monkeypatch):
    file = mesh.root / "mesh.toml"
    file.write_text(text)
    try:
        findings = lint_folder(mesh.root, "sql.columns")
    finally:
        file.unlink()
    assert [(each.line, each.message) for each in findings if each.file == file] == found
    assert [each.line for each in findings if each.product == "sql.columns"] == [2]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["build", "check", "show"])
def test_every_command_tells_all_that_is_wrong(mesh, command):
    ran = mesh.run(command, "broken.contract")
    told = " ".join((ran.out + ran.err).split())
    assert "contract.odcs.yaml:1: kind is 'Table'" in told
    assert "contract.odcs.yaml:2: apiVersion is" in told
    assert "mesh lint broken.contract tells all 2, and what to do." in told


def test_the_example_runs(tmp_path):
    (tmp_path / "data_products").mkdir()
    ran = doctest.testmod(meshlake.mesh.linting, extraglobs={"folder": tmp_path})
    assert (ran.attempted, ran.failed) == (2, 0)
