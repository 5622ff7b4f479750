"""What columns are classified as: by their own contract, else by what they come from, through SQL."""

from __future__ import annotations

import pytest
from tests.unit.products.test_classification import PEOPLE

from meshlake.errors import IncompleteBuildError
from support.small_mesh import SmallMesh


def test_the_rows_of_a_failing_check_hide_what_is_personal_upstream(tmp_path):
    mesh = SmallMesh(tmp_path / "mesh")
    mesh.land("crm/people/a.csv", "id,email,illness,pay,city\n1,ann@example.com,flu,-5,Rome\n")
    mesh.product("crm.people", PEOPLE, tags=["source-aligned"])
    columns = {
        "contact": "string",
        "town": "string",
        "pay": {"logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
    }
    mesh.product(
        "out.reached",
        columns,
        {"transform.sql": "SELECT email AS contact, city AS town, pay FROM crm.people\n"},
    )
    with pytest.raises(IncompleteBuildError) as caught:
        mesh.build()
    told = str(caught.value)
    assert "contact (classified), town Rome, pay (classified)" in told
    assert "ann@" not in told
