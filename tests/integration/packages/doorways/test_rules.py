"""A kind of rule is one file and one line: a contract names it, a build holds to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.rules.kinds import KINDS
from support.package_copy import PackageCopy
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
import json, sys
import meshlake
from meshlake.building.build import build_product
from meshlake.errors import AuditError
from meshlake.names import ProductName
mesh = meshlake.open().workspace
name = ProductName.parse("shop.orders")
try:
    checks = build_product(mesh, name).checks
except AuditError as failed:
    checks = failed.results
rows = mesh.lake.table(("mesh", "quality_results")).scan().to_arrow().to_pylist()
print(json.dumps({
    "checks": {check.rule.name: check.as_dict() for check in checks},
    "rows": {row["check_name"]: [row["kind"], row["observed"]] for row in rows},
    "loaded": sorted({"great_expectations", "duckdb_engine"} & set(sys.modules)),
}))
"""


def build(copy: PackageCopy, quality: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a build by `copy` finds of a product whose column `paid_by` has these rules."""
    mesh = SmallMesh(copy.folder / "mesh")
    mesh.land("shop/orders/a.csv", "id,paid_by\n1,card\n2,cash\n3,card\n")
    mesh.product("shop.orders", {"id": "integer", "paid_by": {"logicalType": "string", "quality": quality}})
    found: dict[str, Any] = copy.run(BUILD, **mesh.variables).facts
    return found


def test_a_kind_of_rule_is_one_file_and_one_line(tmp_path):
    copy = PackageCopy(tmp_path)
    copy.add_file("rules/distinct_values.py", DISTINCT_VALUES)
    line = '        "distinctValues": "meshlake.rules.distinct_values:DistinctValues",'
    copy.add_line("rules/kinds.py", '"duplicateValues":', line)
    kept, broken = {"metric": "distinctValues", "mustBe": 2}, {"metric": "distinctValues", "mustBe": 1}
    found = build(copy, [kept, broken | {"name": "paid_in_one_way"}])
    assert len(copy.touched) == 2
    told = {
        name: (check["kind"], check["is_passed"], check["message"]) for name, check in found["checks"].items()
    }
    assert told["paid_by_distinct_values"] == ("distinctValues", True, "2")
    assert told["paid_in_one_way"] == ("distinctValues", False, "2, must be 1")
    assert found["rows"]["paid_in_one_way"] == ["distinctValues", "2"]
    assert found["loaded"] == []


def test_kinds_are_found_by_the_word_their_results_are_told_under():
    assert {name: kind.kind for name, kind in KINDS.all().items()} == {name: name for name in KINDS.names}


def test_a_kind_of_another_distribution_is_found_by_its_entry_point(tmp_path):
    (tmp_path / "others.py").write_text(DISTINCT_VALUES)
    about = tmp_path / "others-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[meshlake.rules]\ndistinctValues = others:DistinctValues\n")
    found = build(PackageCopy(tmp_path), [{"metric": "distinctValues", "mustBe": 2}])
    assert found["rows"]["paid_by_distinct_values"] == ["distinctValues", "2"]


EXPECTATION = {
    "type": "custom",
    "engine": "greatExpectations",
    "implementation": {
        "type": "expect_column_distinct_values_to_equal_set",
        "kwargs": {"value_set": ["card", "cash"]},
    },
}


def test_great_expectations_is_loaded_for_an_expectation_only(tmp_path):
    found = build(PackageCopy(tmp_path), [EXPECTATION])
    assert found["checks"]["paid_by_expect_column_distinct_values_to_equal_set"]["is_passed"]
    assert "great_expectations" in found["loaded"]
