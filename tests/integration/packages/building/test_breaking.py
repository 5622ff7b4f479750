"""A product does not lose a column that others read: they are told before it is published, unless words say go on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from meshlake.building.breaking import refuse_breaking
from meshlake.errors import BuildError
from meshlake.names import ProductName
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from pathlib import Path

ID = {"logicalType": "integer", "primaryKey": True, "required": True}
PYTHON = """INPUTS = {"people": "SELECT * FROM crm.people"}


def transform(people):
    return people.select(["id"]).filter(people["born"] > 1980)
"""
# What reads crm.people, and whether it needs the column `born` of that.
READERS = {
    "selects it": ({"transform.sql": "SELECT id, born FROM crm.people"}, {"id": ID, "born": "integer"}, True),
    "computes with it": ({"transform.sql": "SELECT id FROM crm.people WHERE Born > 1980"}, {"id": ID}, True),
    "groups by it": (
        {"transform.sql": "SELECT max(id)::BIGINT AS id FROM crm.people GROUP BY born"},
        {"id": ID},
        True,
    ),
    "takes all": ({"transform.sql": "SELECT * FROM crm.people"}, {"id": ID, "born": "integer"}, True),
    "takes all but it": ({"transform.sql": "SELECT * EXCLUDE (born) FROM crm.people"}, {"id": ID}, True),
    "joins what landed": (
        {"transform.sql": "SELECT p.id FROM crm.people p JOIN landing.crm.people l ON p.born = l.born"},
        {"id": ID},
        True,
    ),
    "in a check": (
        {
            "transform.sql": "SELECT id FROM crm.people",
            "checks/old.sql": "SELECT 1 FROM crm.people WHERE born < 0",
        },
        {"id": ID},
        True,
    ),
    "in Python": ({"transform.py": PYTHON}, {"id": ID}, True),
    "does not": ({"transform.sql": "SELECT id FROM crm.people"}, {"id": ID}, False),
    "has one of its own": (
        {"transform.sql": "SELECT id, 1 AS born FROM (SELECT id FROM crm.people)"},
        {"id": ID, "born": "integer"},
        False,
    ),
    "cannot be run anyhow": ({"transform.sql": "SELECT id, brn FROM crm.people"}, {"id": ID}, False),
}


def mesh_in(folder: Path) -> SmallMesh:
    """A mesh whose crm.people is published with a column that its contract has no more."""
    mesh = SmallMesh(folder)
    mesh.land("crm/people/a.csv", "id,born\n1,1984\n")
    mesh.product("crm.people", {"id": ID, "born": "integer"})
    mesh.build_product("crm.people")
    mesh.product("crm.people", {"id": ID})
    return mesh


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return mesh_in(tmp_path_factory.mktemp("breaking"))


@pytest.mark.parametrize(("files", "columns", "is_told"), READERS.values(), ids=READERS)
def test_readers_are_told(published, files, columns, is_told):
    shutil.rmtree(published.products / "crm/reader", ignore_errors=True)
    published.product("crm.reader", columns, files)
    workspace = published.workspace
    product, head = (
        workspace.products.get(ProductName("crm", "people")),
        workspace.lake.head(("crm", "people")),
    )
    if not is_told:
        refuse_breaking(workspace, product, head)
        return
    with pytest.raises(BuildError, match=r"no longer has the column born, which crm\.reader reads"):
        refuse_breaking(workspace, product, head)


def test_nothing_is_published_before_the_reader_changes_or_words_say_so(tmp_path):
    published = mesh_in(tmp_path)
    published.product(
        "crm.reader", {"id": ID, "born": "integer"}, {"transform.sql": "SELECT * FROM crm.people"}
    )
    with pytest.raises(BuildError) as told:
        published.build_product("crm.people")
    assert "mesh build crm.people --breaking" in told.value.hint
    assert published.rows("crm.people") == [{"id": 1, "born": 1984}]
    published.build_product("crm.people", is_breaking=True)
    assert published.rows("crm.people") == [{"id": 1}]
    # What is gone from what is published is no news.
    published.build_product("crm.people", is_forced=True)


@pytest.mark.parametrize(
    ("sql", "is_told"),
    [
        ("SELECT id, born + 1 AS born FROM crm.people", True),
        ("SELECT id, born FROM crm.people", True),  # its own contract says integer
        ("SELECT id, born::VARCHAR::INTEGER AS born FROM crm.people", False),
        ("SELECT id, 1 AS born FROM crm.people", False),
        ("SELECT p.id, p.born + 1 AS born FROM crm.people p JOIN landing.crm.people l ON p.id = l.id", False),
    ],
)
def test_a_column_of_another_type_breaks_those_who_cannot_read_that(tmp_path, sql, is_told):
    mesh = SmallMesh(tmp_path)
    mesh.land("crm/people/a.csv", "id,born\n1,1984\n")
    mesh.product("crm.people", {"id": ID, "born": "integer"})
    mesh.build_product("crm.people")
    mesh.product("crm.ages", {"id": ID, "born": "integer"}, {"transform.sql": sql})
    mesh.build_product("crm.ages")
    mesh.product("crm.people", {"id": ID, "born": "string"})
    told = mesh.run("build", "crm.people")
    assert (told.status == 1) == is_told
    said = "its contract makes the column born, BIGINT so far, VARCHAR, which crm.ages reads"
    assert (said in told.err) == is_told
    again = mesh.run("build", "crm.people", "--breaking") if is_told else told
    assert again.ended().status == 0


@pytest.mark.parametrize(
    ("sql", "columns", "is_told"),
    [
        ("SELECT id, born FROM crm.people", {"id": ID, "born": "integer"}, True),  # it would give BORN
        ("SELECT id, born AS born FROM crm.people", {"id": ID, "born": "integer"}, False),
        ("SELECT id FROM crm.people WHERE born > 1980", {"id": ID}, False),
    ],
)
def test_a_column_of_another_letter_case_breaks_those_who_pass_its_name_on(tmp_path, sql, columns, is_told):
    published = mesh_in(tmp_path)
    published.product("crm.people", {"id": ID, "BORN": "integer"})
    published.product("crm.reader", columns, {"transform.sql": sql})
    if is_told:
        with pytest.raises(BuildError, match=r"no longer has the column born, which crm\.reader reads"):
            published.build_product("crm.people")
        return
    published.build_product("crm.people")
    published.build_product("crm.reader")
    assert published.rows("crm.people") == [{"id": 1, "BORN": 1984}]
