"""Rows that go through Python, whichever engine reads them and whichever library returns them: as they were."""

from __future__ import annotations

import pytest

from support.server_mesh import ServerMesh
from support.small_mesh import SmallMesh

GIVEN = """
SELECT 1 AS id, CAST('1.10' AS DECIMAL(10, 2)) AS price, DATE '2024-01-01' AS day, 'é' AS name,
    TIMESTAMP '2024-01-01 05:00:00.000001' AS at_time, true AS is_new
UNION ALL
SELECT 2 AS id, CAST(NULL AS DECIMAL(10, 2)) AS price, CAST(NULL AS DATE) AS day, NULL AS name,
    CAST(NULL AS TIMESTAMP) AS at_time, CAST(NULL AS BOOLEAN) AS is_new
"""
COLUMNS = {
    "id": {"logicalType": "integer", "primaryKey": True, "required": True},
    "price": {"logicalType": "number", "physicalType": "DECIMAL(10,2)"},
    "day": "date",
    "name": "string",
    "at_time": "timestamp",
    "is_new": "boolean",
}
RETURNED = {
    "pandas": "given.to_pandas()",
    "pandas_arrow": "given.to_pandas(types_mapper=__import__('pandas').ArrowDtype)",
    "polars": "__import__('polars').from_arrow(given).lazy()",
    "duckdb": "__import__('duckdb').sql('FROM given')",
    "arrow": "given.to_reader()",
}


@pytest.fixture(scope="module", params=["duckdb", pytest.param("trino", marks=pytest.mark.services)])
def built(request, tmp_path_factory):
    """The rows as SQL makes them, published by one engine."""
    root = tmp_path_factory.mktemp("python") / "mesh"
    if request.param == "duckdb":
        mesh = SmallMesh(root)
    else:
        mesh = ServerMesh(root, request.getfixturevalue("endpoints"), "trino")
    mesh.product("by_python.given", COLUMNS, {"transform.sql": GIVEN})
    mesh.build_product("by_python.given")
    return mesh


@pytest.mark.parametrize("library", RETURNED)
def test_rows_that_go_through_a_library_stay_as_they_are(built, library):
    code = (
        'INPUTS = {"given": "SELECT * FROM by_python.given"}\n\n\n'
        f"def transform(given):\n    return {RETURNED[library]}\n"
    )
    built.product(f"by_python.{library}", COLUMNS, {"transform.py": code})
    built.build_product(f"by_python.{library}")
    assert built.rows(f"by_python.{library}") == built.rows("by_python.given")
    assert len(built.rows("by_python.given")) == 2
