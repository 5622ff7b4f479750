"""A product from landing to published: what is built, what is not built again, and what a failure leaves."""

from __future__ import annotations

import pytest

from meshlake.building.context import Step
from meshlake.errors import AuditError, BuildError, ContractError, LandingError, UsageError
from meshlake.names import ProductName
from support.people_and_ages import ID

PEOPLE = ProductName("crm", "people")


def test_products_are_built_from_what_is_published(crm):
    result = crm.build_product("crm.people", "crm.ages")
    assert crm.rows("crm.people") == [{"id": 1, "born": 1984}, {"id": 2, "born": 1990}]
    assert crm.rows("crm.ages") == [{"id": 1, "age_years": 40}, {"id": 2, "age_years": 34}]
    assert result.is_rebuilt
    assert result.snapshot.row_count == 2
    assert all(check.is_passed for check in result.checks)
    assert result.snapshot.property_json("inputs", {}) == {
        "crm.people": str(crm.workspace.lake.head(("crm", "people")).snapshot_id)
    }


def test_a_build_tells_its_steps_in_order(crm):
    told = []
    crm.build_product("crm.people", progress=lambda name, step: told.append((name, step)))
    assert [step for name, step in told if name == PEOPLE] == list(Step)


def test_an_input_that_was_never_published_is_named(crm):
    with pytest.raises(BuildError, match=r"crm\.ages reads crm\.people, which was never published"):
        crm.build_product("crm.ages")


def test_a_dataset_that_has_not_landed_is_named(crm):
    (crm.landing / "crm/people/a.csv").unlink()
    with pytest.raises(LandingError, match=r"landing\.crm\.people has not landed"):
        crm.build_product("crm.people")


def test_an_unknown_product_is_refused(crm):
    with pytest.raises(UsageError, match=r"no product crm\.peeple"):
        crm.build_product("crm.peeple")


# --- what makes a product stale ---


def test_a_failed_build_is_tried_again(crm):
    crm.land("crm/people/a.csv", "id,born\n1,1984\n1,1990\n")
    for _ in range(2):
        with pytest.raises(AuditError):
            crm.build_product("crm.people")


def test_forcing_builds_what_has_not_changed(crm):
    first = crm.build_product("crm.people")
    again = crm.build_product("crm.people", is_forced=True)
    assert again.is_rebuilt
    assert again.snapshot.snapshot_id != first.snapshot.snapshot_id
    assert crm.rows("crm.people") == [{"id": 1, "born": 1984}, {"id": 2, "born": 1990}]


# --- audits ---


def test_a_warning_does_not_keep_rows_from_being_published(crm):
    warning = "-- severity: warning\n-- Nobody is that old.\nSELECT * FROM crm.people WHERE born < 1985\n"
    crm.product("crm.people", {"id": ID, "born": "integer"}, {"checks/too_old.sql": warning})
    result = crm.build_product("crm.people")
    (failed,) = [c for c in result.checks if not c.is_passed]
    assert (failed.rule.name, failed.failing_rows, failed.samples) == (
        "too_old",
        1,
        ({"id": 1, "born": 1984},),
    )
    assert len(crm.rows("crm.people")) == 2


# --- kinds of transform ---


def test_python_rows(crm):
    code = (
        'import pyarrow.compute as pc\n\nINPUTS = {"people": "SELECT * FROM crm.people"}\n\n\n'
        'def transform(people):\n    return people.filter(pc.field("born") > 1985).select(["id"])\n'
    )
    crm.product("crm.young", {"id": ID}, {"transform.py": code})
    crm.build_product("crm.people", "crm.young")
    assert crm.rows("crm.young") == [{"id": 2}]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return 7", "transform returned int"),
        ("return people.select(['nothing'])", r"transform\.py: line 5: KeyError"),
        ("raise RuntimeError('no luck')", r"transform\.py: line 5: RuntimeError: no luck"),
        (
            "frame = people.to_pandas(); frame['id'] = ['a', 7]; return frame",
            r"transform\.py: column id, row 2: 7 cannot be kept",
        ),
    ],
)
def test_a_python_transform_that_fails_names_its_file(crm, body, told):
    code = f'INPUTS = {{"people": "SELECT * FROM crm.people"}}\n\n\ndef transform(people):\n    {body}\n'
    crm.product("crm.young", {"id": ID}, {"transform.py": code})
    with pytest.raises(BuildError, match=told):
        crm.build_product("crm.people", "crm.young")


def test_a_wrong_value_names_file_row_column_and_value(crm):
    crm.land("crm/people/b.csv", "id,born\n3,nineteen\n")
    with pytest.raises(LandingError, match=r"crm/people/b\.csv, row 1, column born: 'nineteen' is no BIGINT"):
        crm.build_product("crm.people")
    assert crm.rows("crm.people") == []


def test_a_filter_on_text_is_told_with_its_place_and_what_to_write(crm):
    path = crm.product("crm.people", {"id": ID}, custom={"rowFilter": "born > 1985"})
    with pytest.raises(
        ContractError, match=r"contract\.odcs\.yaml: line \d+, column \d+: .*compares 'born'"
    ) as caught:
        crm.build_product("crm.people")
    assert 'CAST("born" AS DOUBLE)' in caught.value.hint
    assert path.exists()
    crm.product("crm.people", {"id": ID, "born": "integer"}, custom={"rowFilter": "born > 1985"})
    assert crm.build_product("crm.people").facts["filtered_rows"] == 1
    assert crm.rows("crm.people") == [{"id": 2, "born": 1990}]


def test_a_value_that_transform_logic_only_tries_is_named_as_it_landed(mesh):
    mesh.land("crm/people/a.csv", "id,day\n1,05.01.2024\n2,n/a\n3,\n4,30.02.2024\n")
    day = {"logicalType": "date", "transformLogic": "try_strptime(day, '%d.%m.%Y')"}
    mesh.product("crm.people", {"id": "integer", "day": day})
    with pytest.raises(LandingError, match="2 values do not fit") as caught:
        mesh.build_product("crm.people")
    assert "crm/people/a.csv, row 2, column day: 'n/a' is no DATE" in caught.value.message
    assert "crm/people/a.csv, row 4, column day: '30.02.2024' is no DATE" in caught.value.message
    rule = {"metric": "invalidValues", "mustBe": 0, "severity": "warning"}
    mesh.product("crm.people", {"id": "integer", "day": {**day, "quality": [rule]}})
    assert mesh.build_product("crm.people").facts["quarantined_rows"] == 2
    assert [row["id"] for row in mesh.rows("crm.people")] == [1, 3]
    assert [row["value"] for row in mesh.rows("crm.people__quarantine")] == ["n/a", "30.02.2024"]


# --- files that are corrected while they are read ---


def test_a_build_whose_files_are_replaced_meanwhile_reads_them_again(crm, tmp_path):
    (tmp_path / "a.csv").write_text("id,born\n1,1984\n2,1991\n")
    replaced = []

    def replace(_, step):
        if step == Step.STAGING and not replaced:
            replaced.extend(crm.open().land(tmp_path / "a.csv", "crm", "people", replace=True))

    crm.build_product("crm.people", progress=replace)
    assert replaced[0].is_replaced
    assert crm.rows("crm.people") == [{"id": 1, "born": 1984}, {"id": 2, "born": 1991}]
    assert not crm.build_product("crm.people").is_rebuilt


def test_a_build_whose_files_are_removed_meanwhile_tells_what_is_left(crm):
    def remove(_, step):
        if step == Step.STAGING:
            crm.open().remove_landed("crm.people")

    with pytest.raises(LandingError, match="has not landed"):
        crm.build_product("crm.people", progress=remove)
