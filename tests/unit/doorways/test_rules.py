"""A kind of rule is one file and one line: a contract names it, a build holds to it."""

from __future__ import annotations

import json

import pytest

from meshlake.rules.kinds import KINDS
from support.mesh_folder import MeshFolder
from support.package_copy import PackageCopy

DISTINCT_VALUES = '''"""The library metric `distinctValues`."""

from __future__ import annotations

from typing import ClassVar

from meshlake.rules.measure import Aggregate, AuditedTable
from meshlake.rules.quality_rule import Metric


class DistinctValues(Metric):
    """How many different values a column has."""

    kind: ClassVar[str] = "distinctValues"

    def measure(self, table: AuditedTable) -> Aggregate:
        return Aggregate(f"count(DISTINCT {self.column_sql})")
'''
BUILD = """
import json
from pathlib import Path
from meshlake.building.build import build_product
from meshlake.errors import AuditError
from meshlake.names import ProductName
from meshlake.settings import load_settings
from meshlake.workspace import open_workspace
import os, sys
mesh = open_workspace(load_settings(os.environ, Path.cwd()))
name = ProductName.parse("shop.orders")
try:
    checks = build_product(mesh, name).checks
except AuditError as failed:
    checks = failed.results
rows = mesh.lake.table(("mesh", "quality_results")).scan().to_arrow().to_pylist()
print(json.dumps({
    "checks": {check.rule.name: check.as_dict() for check in checks},
    "rows": {row["check_name"]: [row["kind"], row["observed"]] for row in rows},
    "loaded": sorted({"great_expectations", "duckdb_engine", "sqlalchemy"} & set(sys.modules)),
}))
"""


@pytest.mark.parametrize(
    ("bound", "is_passed", "message"), [(2, True, "2"), (1, False, "2, must be 1")], ids=["kept", "broken"]
)
def test_a_kind_of_rule_is_one_file_and_one_line(tmp_path, bound, is_passed, message):
    copy = PackageCopy(tmp_path)
    copy.add_file("rules/distinct_values.py", DISTINCT_VALUES)
    line = '        "distinctValues": "meshlake.rules.distinct_values:DistinctValues",'
    copy.add_line("rules/kinds.py", '"duplicateValues":', line)
    mesh = MeshFolder(tmp_path / "mesh")
    mesh.land("shop/orders/a.csv", "id,paid_by\n1,card\n2,cash\n3,card\n")
    quality = [{"metric": "distinctValues", "mustBe": bound}]
    mesh.product("shop.orders", {"id": "integer", "paid_by": {"logicalType": "string", "quality": quality}})

    found = json.loads(copy.run(BUILD, **mesh.variables).stdout)

    assert len(copy.touched) == 2
    check = found["checks"]["paid_by_distinct_values"]
    assert (check["kind"], check["is_passed"], check["message"]) == ("distinctValues", is_passed, message)
    assert found["rows"]["paid_by_distinct_values"] == ["distinctValues", "2"]
    assert "great_expectations" not in found["loaded"]


def test_kinds_are_found_by_the_word_their_results_are_told_under():
    assert {name: kind.kind for name, kind in KINDS.all().items()} == {name: name for name in KINDS.names}
