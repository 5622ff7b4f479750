"""A build by each engine finds the same failed checks in the rows it staged, and so does `mesh check` afterwards."""

from __future__ import annotations

import uuid

import pytest
from support.server_mesh import ServerMesh

from pipelines.build.audit import check_published
from pipelines.errors import AuditError
from pipelines.names import ProductName


@pytest.fixture(params=["duckdb", "trino"])
def mesh(request, tmp_path, endpoints):
    return ServerMesh(tmp_path, endpoints, request.param)


COLUMNS = {"id": {"logicalType": "integer", "primaryKey": True, "required": True}, "born": "integer"}
ROWS = "SELECT * FROM (VALUES (1, 1984), (2, 1790)) AS people (id, born)\n"


@pytest.mark.services
def test_checks_are_told_alike(mesh):
    name = f"audit_{uuid.uuid4().hex[:8]}.people"
    old = f"-- severity: warning\nSELECT id FROM {name} WHERE born < 1900\n"
    mesh.product(name, COLUMNS, {"transform.sql": ROWS, "checks/old.sql": old})
    built = mesh.build(name)
    product = ProductName.parse(name)
    for results in (built.checks, [result for _, result in check_published(mesh.open(), product)]):
        (failed,) = [result for result in results if not result.is_passed]
        assert (failed.rule.name, failed.failing_rows, failed.samples) == ("old", 1, ({"id": 2},))

    bad = f"SELECT id FROM {name} WHERE weight > 1900\n"
    mesh.product(name, COLUMNS, {"transform.sql": ROWS, "checks/bad.sql": bad})
    with pytest.raises(AuditError, match=r"check bad failed: .*checks/bad\.sql.*weight"):
        mesh.build(name)
