"""What Dagster shows of a contract and of a failed check: tables, with nothing that is classified."""

from __future__ import annotations

import pytest

from meshlake.building.audit import check_published
from meshlake.errors import AuditError
from meshlake.names import ProductName
from meshlake.orchestration.contract_metadata import definition_metadata
from meshlake.orchestration.keys import asset_key
from meshlake.orchestration.metadata import SHOWN_SAMPLES, check_result
from support.small_mesh import SmallMesh

COLUMNS = {
    "id": {"logicalType": "integer", "primaryKey": True, "required": True, "description": "Which."},
    "email": {"logicalType": "string", "classification": "personal"},
    "age": {"logicalType": "integer", "logicalTypeOptions": {"minimum": 18}},
}
LEVELS = [
    {"property": "frequency", "value": "0 3 * * *", "unit": "cron"},
    {"property": "retention", "value": 90, "unit": "d"},
]


@pytest.fixture(scope="module")
def people(tmp_path_factory) -> SmallMesh:
    """`crm.people`, of whom twelve are too young, which is only warned of."""
    mesh = SmallMesh(tmp_path_factory.mktemp("people"))
    rows = "".join(f"{n},p{n}@example.com,{n}\n" for n in range(6, 20))
    mesh.land("crm/people/a.csv", f"id,email,age\n{rows}")
    columns = COLUMNS | {"age": {"logicalType": "integer"}}
    mesh.product("crm.people", columns, {"checks/of_age.sql": _of_age("warning")}, slaProperties=LEVELS)
    mesh.build_product("crm.people")
    return mesh


def _of_age(severity: str) -> str:
    return f"-- severity: {severity}\nSELECT id, email, age FROM crm.people WHERE age < 18\n"


def records(table) -> list[dict[str, object]]:
    return [dict(record.data) for record in table.records]


def test_failing_rows_are_a_table_without_what_is_classified(people):
    name = ProductName("crm", "people")
    product = people.workspace.products.get(name)
    failed = next(r for _, r in check_published(people.workspace, name) if r.rule.name == "of_age")
    told = check_result(asset_key(name), product.contract, failed).metadata
    shown = records(told["samples"])
    assert told["failing_rows"].value == 12
    assert len(shown) == SHOWN_SAMPLES
    assert shown[0].keys() == {"id", "email", "age"}
    assert {row["email"] for row in shown} == {"(classified)"}
    assert {int(row["age"]) for row in shown} <= set(range(6, 18))


def test_what_a_failed_build_says_names_nothing_classified(people):
    people.product("crm.people", COLUMNS, {"checks/of_age.sql": _of_age("error")}, slaProperties=LEVELS)
    with pytest.raises(
        AuditError, match=r"failed: 12 failing rows, such as id \d+, email \(classified\), age"
    ):
        people.build_product("crm.people")


def test_the_contract_is_a_table(people):
    people.product("crm.people", COLUMNS, {"checks/of_age.sql": _of_age("warning")}, slaProperties=LEVELS)
    product = people.workspace.products.get(ProductName("crm", "people"))
    told = definition_metadata(product)
    promises = {row["promise"]: row["value"] for row in records(told["contract"])}
    assert promises["owner"] == "ana@example.com"
    assert promises["key"] == "id"
    assert promises["frequency"] == "cron 0 3 * * * (UTC)"
    assert promises["retention"] == "90 d"
    assert promises["classified"] == "email (personal)"
    assert promises["reads"] == "landing.crm.people"
    assert "latency" not in promises
    rules = {row["check"]: row for row in records(told["rules"])}
    assert rules["age_range"] == {
        "check": "age_range",
        "column": "age",
        "severity": "error",
        "holds to": "age lies within minimum 18",
    }
    assert rules["of_age"]["severity"] == "warning"
    columns = {column.name: column for column in told["dagster/column_schema"].columns}
    assert columns["age"].constraints.other == ["lies within minimum 18"]
    assert columns["id"].constraints.unique
    assert columns["email"].tags == {"personal": ""}
    assert told["contract_file"].path.endswith("crm/people/contract.odcs.yaml")
