"""An engine is one file and one line: products are built, checked and asked for on it; or an entry point of others."""

from __future__ import annotations

import json

import pytest

from meshlake.engines.engine import ENGINES, engine_of
from meshlake.errors import UsageError
from meshlake.settings import load_settings
from support.package_copy import PackageCopy
from support.small_mesh import SmallMesh

# DuckDB under another name, which leaves a mark on every session and on every answer.
MARKED = '''"""DuckDB with a mark."""

from __future__ import annotations

from dataclasses import replace

from meshlake.engines.duckdb.engine import DuckDBEngine
from meshlake.engines.duckdb.session import DuckDBSession


class MarkedSession(DuckDBSession):
    def stage(self, select, draft):
        return super().stage(f"SELECT * REPLACE (paid_by || '!' AS paid_by) FROM ({select})", draft)


class MarkedEngine(DuckDBEngine):
    kind = "marked"

    def session(self, settings, lake, where, file=None):
        return MarkedSession(settings, where, file)

    def answer(self, question):
        sql = f"SELECT *, 'marked' AS mark FROM ({question.query.sql}\\n)"
        return super().answer(replace(question, query=replace(question.query, sql=sql)))


ENGINE = MarkedEngine()
'''
DISTRIBUTION = """[meshlake.engines]
marked = their_engine:ENGINE
"""
BUILD = """
import meshlake
from meshlake.building.build import build_product
from meshlake.names import ProductName
mesh = meshlake.open().workspace
result = build_product(mesh, ProductName.parse("shop.orders"))
assert all(check.is_passed for check in result.checks), result.checks
print(mesh.engine.kind, result.snapshot.properties["engine"])
"""
# Asked of an engine that is not the settings': the rows are what its session wrote.
ASK = """
import os, sys
del os.environ["MESH_ENGINE"]
from meshlake.cli.main import main
sys.argv = ["mesh", "sql", "SELECT paid_by FROM shop.orders ORDER BY id", "--json", "--engine", "marked"]
main()
"""


@pytest.fixture
def shop(tmp_path):
    folder = SmallMesh(tmp_path / "mesh")
    folder.land("shop/orders/a.csv", "id,paid_by\n1,card\n2,cash\n")
    number = {"logicalType": "integer", "primaryKey": True, "required": True}
    folder.product("shop.orders", {"id": number, "paid_by": "string"})
    return folder


def assert_builds_and_answers(copy, shop):
    built, _, answer = copy.run(BUILD + ASK, **shop.variables, MESH_ENGINE="marked").out.partition("\n")
    assert built == "marked marked"
    assert json.loads(answer) == [
        {"paid_by": "card!", "mark": "marked"},
        {"paid_by": "cash!", "mark": "marked"},
    ]


def test_an_engine_is_one_file_and_one_line(tmp_path, shop):
    copy = PackageCopy(tmp_path)
    copy.add_file("engines/marked.py", MARKED)
    line = '        "marked": "meshlake.engines.marked:ENGINE",'
    copy.add_line("engines/engine.py", '"trino": "meshlake.engines.trino.engine:ENGINE"', line)
    assert_builds_and_answers(copy, shop)
    assert len(copy.touched) == 2


def test_an_engine_of_another_distribution_is_found_by_its_entry_point(tmp_path, shop):
    copy = PackageCopy(tmp_path)
    (tmp_path / "their_engine.py").write_text(MARKED, encoding="utf-8")
    about = tmp_path / "their_engine-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: their-engine\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(DISTRIBUTION)
    assert_builds_and_answers(copy, shop)
    assert copy.touched == []


def test_an_unknown_engine_is_told_with_the_nearest(tmp_path):
    with pytest.raises(UsageError, match="'duckbd' is no engine") as caught:
        engine_of(load_settings({"MESH_ENGINE": "duckbd"}, tmp_path))
    assert caught.value.hint == "Did you mean 'duckdb'?"


@pytest.mark.parametrize(("engine", "is_served"), [("duckdb", False), ("trino", True)])
def test_what_dagster_shows_and_whether_a_server_is_needed(engine, is_served):
    found = ENGINES.get(engine)
    assert (found.kind, found.is_served) == (engine, is_served)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "MESH_TRINO is not set"),
        ({"MESH_TRINO": "http://127.0.0.1:8080"}, "cannot reach MESH_LANDING"),
        (
            {"MESH_TRINO": "http://127.0.0.1:8080", "MESH_LANDING": "s3://raw"},
            "cannot reach MESH_WAREHOUSE",
        ),
    ],
)
def test_what_settings_an_engine_refuses(tmp_path, variables, told):
    settings = load_settings({"MESH_ENGINE": "trino", **variables}, tmp_path)
    with pytest.raises(UsageError, match=told):
        engine_of(settings).refuse(settings)
    ENGINES.get("duckdb").refuse(settings)
