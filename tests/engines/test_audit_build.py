"""A build by each engine finds the same failed checks in the rows it staged, and so does `mesh check` afterwards."""

from __future__ import annotations

import uuid

import pytest

from meshlake.audit.audit import audit
from meshlake.building.audit import check_published
from meshlake.errors import AuditError
from meshlake.lake.stage import STAGE_MARK
from meshlake.names import ProductName
from meshlake.rules.bounds import Bounds
from meshlake.rules.expectation import Expectation
from meshlake.rules.primary_key import PrimaryKey
from meshlake.rules.row_count import RowCount
from support.server_mesh import ServerMesh


@pytest.fixture(params=["duckdb", "trino"])
def mesh(request, tmp_path, endpoints):
    return ServerMesh(tmp_path, endpoints, request.param)


COLUMNS = {"id": {"logicalType": "integer", "primaryKey": True, "required": True}, "born": "integer"}
MORE_ROWS = (
    "SELECT id, born, 70.5 AS weight FROM (VALUES (1, 1984), (2, 1790), (3, 1815)) AS people (id, born)"
)
ROWS = "SELECT * FROM (VALUES (1, 1984), (2, 1790)) AS people (id, born)\n"


@pytest.mark.services
def test_checks_are_told_alike(mesh):
    name = f"audit_{uuid.uuid4().hex[:8]}.people"
    old = f"-- severity: warning\nSELECT id FROM {name} WHERE born < 1900\n"
    mesh.product(name, COLUMNS, {"transform.sql": ROWS, "checks/old.sql": old})
    built = mesh.build_product(name)
    product = ProductName.parse(name)
    for results in (built.checks, [result for _, result in check_published(mesh.workspace, product)]):
        (failed,) = [result for result in results if not result.is_passed]
        assert (failed.rule.name, failed.failing_rows, failed.samples) == ("old", 1, ({"id": 2},))

    bad = f"SELECT id FROM {name} WHERE weight > 1900\n"
    mesh.product(name, COLUMNS, {"transform.sql": ROWS, "checks/bad.sql": bad})
    with pytest.raises(AuditError, match=r"check bad failed: .*checks/bad\.sql.*weight"):
        mesh.build_product(name)


@pytest.mark.services
def test_what_is_checked_is_one_snapshot_whoever_publishes_meanwhile(tmp_path, endpoints):
    mesh = ServerMesh(tmp_path, endpoints, "trino")
    name = ProductName(f"audit_{uuid.uuid4().hex[:8]}", "people")
    mesh.product(str(name), COLUMNS, {"transform.sql": ROWS})
    first = mesh.build_product(str(name)).snapshot
    opened = mesh.workspace
    rules = (
        RowCount("rows", None, bounds=Bounds(at_least=2, at_most=2)),
        PrimaryKey("key", None, {"columns": ["id"]}),
        Expectation(
            "gx",
            None,
            {"type": "expect_table_row_count_to_equal", "kwargs": {"value": 2}},
        ),
    )
    with opened.session(str(name)) as session:
        session.bind_snapshot(name, opened.lake, first)
        relation = session.relation(name)
        mesh.product(str(name), {**COLUMNS, "weight": "number"}, {"transform.sql": MORE_ROWS})
        second = mesh.build_product(str(name)).snapshot
        results = audit(relation, rules, contract=opened.products.get(name).contract)
    assert (first.row_count, second.row_count) == (2, 3)
    assert [(result.rule.name, result.is_passed) for result in results] == [
        ("rows", True),
        ("key", True),
        ("gx", True),
    ]
    assert [table for _, table in opened.lake.identifiers() if STAGE_MARK in table] == []
