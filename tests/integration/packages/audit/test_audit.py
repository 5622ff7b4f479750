"""What only DuckDB's audit does; what every engine's does is in tests/engines."""

from __future__ import annotations

import subprocess
import sys

from support.ran import PACKAGE


def test_auditing_prints_and_writes_nothing(tmp_path):
    code = """
import duckdb
from meshlake.audit.audit import audit
from meshlake.engines.duckdb.relation import DuckDBRelation
from meshlake.column import Column
from meshlake.types.tree import Scalar
from meshlake.contract.model import Contract
from meshlake.rules.required import Required
from meshlake.rules.sql import Sql
from meshlake.names import ProductName
connection = duckdb.connect()
connection.execute("CREATE TABLE t AS SELECT 1 AS id")
rules = (Required("a", "id"), Sql("b", None, {"query": "SELECT nonsense"}))
contract = Contract(ProductName("a", "b"), "", "", "", "", "", "", (Column("id", Scalar.INTEGER),), rules)
audit(DuckDBRelation(connection, "t"), rules, contract=contract)
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path),
            "PYTHONPATH": PACKAGE,
        },
    )
    assert (run.stdout, run.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []
