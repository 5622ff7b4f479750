"""`mesh build`, `check`, `clean`, `list`, `history`, `rollback`: what they do and how they end."""

from __future__ import annotations

import pytest

DUPLICATE = "id,born\n2,1999\n"


def test_a_build_tells_each_product_once_and_what_came_of_all(crm):
    told = crm.run("build")
    assert told.status == 0
    lines = told.err.splitlines()
    assert sum(line.startswith("+ crm.people") for line in lines) == 1
    assert sum(line.startswith("+ crm.ages") for line in lines) == 1
    assert "2 built, 0 unchanged, 0 failed" in lines[-1]
    again = crm.run("build")
    assert "= crm.people" in again.err
    assert "0 built, 2 unchanged, 0 failed" in again.err


def test_a_failed_check_ends_with_1_and_names_what_was_not_built(crm):
    crm.land("crm/people/b.csv", DUPLICATE)
    told = crm.run("build")
    assert told.status == 1
    assert "x crm.people" in told.err
    assert "mesh sql --as-of audit_" in told.err
    assert "1 failed" in told.err
    assert "crm.ages" in told.err.splitlines()[-1]


def test_the_facts_of_a_failed_build(crm):
    crm.land("crm/people/b.csv", DUPLICATE)
    told = crm.run("build", "--json")
    assert told.status == 1
    (failed,) = told.facts["failed"]
    assert failed["product"] == "crm.people"
    assert told.facts["skipped"] == ["crm.ages"]
    (check, *_) = failed["checks"]
    assert check["failing_rows"] == 2
    assert {row["id"] for row in check["samples"]} == {2}


def test_the_rows_of_a_failed_audit_can_be_asked_for(crm):
    crm.land("crm/people/b.csv", DUPLICATE)
    failed = crm.run("build", "--json").facts["failed"][0]
    branch = failed["hint"].partition("--as-of ")[2].split()[0]
    answer = crm.run("sql", "--as-of", branch, "SELECT count(*) AS n FROM crm.people", "--json")
    assert answer.facts == [{"n": 3}]


def test_check_looks_at_what_is_published(built_crm):
    crm = built_crm
    assert crm.run("check").status == 0
    crm.product(
        "crm.people",
        {"id": {"logicalType": "integer", "primaryKey": True, "required": True}, "born": "integer"},
        {"checks/too_old.sql": "SELECT * FROM crm.people WHERE born < 1985\n"},
    )
    told = crm.run("check", "crm.people")
    assert told.status == 1
    assert "too_old" in told.out
    assert "FAILED" in told.out


def test_list_tells_the_state_of_each(crm):
    assert {p["product"]: p["state"] for p in crm.run("list", "--json").facts} == {
        "crm.ages": "not built yet",
        "crm.people": "not built yet",
    }


def test_list_tells_what_changed_since_it_was_published(built_crm):
    crm = built_crm
    (crm.products / "crm/ages/transform.sql").write_text(
        "SELECT id, 2025 - born AS age_years FROM crm.people\n"
    )
    (crm.products / "crm/people/contract.odcs.yaml").write_text("schema: [")
    states = {p["product"]: p["state"] for p in crm.run("list", "--json").facts}
    assert states["crm.ages"] == "published, its folder changed since"
    assert states["crm.people"].startswith("cannot be read: ")


def test_a_rollback_is_one_step_back(built_crm):
    crm = built_crm
    crm.land("crm/people/b.csv", "id,born\n3,2000\n")
    crm.build_product("crm.people")
    newest, oldest = crm.run("history", "crm.people", "--json").facts
    assert (newest["rows"], oldest["rows"]) == (3, 2)
    assert crm.run("rollback", "crm.people").status == 0
    assert crm.run("sql", "SELECT count(*) AS n FROM crm.people", "--json").facts == [{"n": 2}]
    assert crm.run("rollback", "crm.people", "--to", newest["snapshot_id"]).status == 0
    assert crm.run("sql", "SELECT count(*) AS n FROM crm.people", "--json").facts == [{"n": 3}]
    assert crm.run("rollback", "crm.people", "--to", "1").status == 2


def test_clean_tells_what_it_removed(built_crm):
    assert built_crm.run("clean").out.startswith("Removed 0 stages, 0 audit branches, 0 expired snapshots")


def test_quarantined_rows_are_told_and_can_be_asked_for(crm):
    crm.product(
        "crm.people",
        {
            "id": {"logicalType": "integer", "primaryKey": True, "required": True},
            "born": {
                "logicalType": "integer",
                "quality": [{"metric": "invalidValues", "mustBe": 0, "severity": "warning"}],
            },
        },
    )
    crm.land("crm/people/b.csv", "id,born\n3,nineteen\n")
    told = crm.run("build")
    assert told.status == 0
    assert "quarantined" in told.err
    assert "crm.people__quarantine" in told.err
    rows = crm.run("sql", "SELECT file, row, value FROM crm.people__quarantine", "--json").facts
    assert rows == [{"file": "crm/people/b.csv", "row": 1, "value": "nineteen"}]


@pytest.fixture
def usage(crm):
    day = {"logicalType": "date", "required": True, "partitioned": True}
    crm.product("usage.calls", {"dt": day, "minutes": "integer"})
    for number in (1, 2, 3):
        crm.land(f"usage/calls/dt=2024-01-0{number}/a.csv", f"minutes\n{number}\n")
    return crm


def test_days_asked_for_are_built_again(usage):
    assert usage.run("build", "usage.calls").status == 0
    answer = usage.run("build", "usage.calls", "--days", "2024-01-02..2024-01-03")
    assert answer.status == 0
    assert "built 2 days from 2024-01-02 to 2024-01-03" in answer.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("usage.calls", "--days", "2024-01-2"), "'2024-01-2' is no day"),
        (("usage.calls", "--days", "2024-01-03..2024-01-02"), "is no day and no span of days"),
        (("--days", "2024-01-02"), "--days is for products that are named"),
        (("crm.people", "--days", "2024-01-02"), "crm.people is not partitioned by date"),
    ],
)
def test_days_that_cannot_be_built_are_refused(usage, arguments, told):
    answer = usage.run("build", *arguments)
    assert answer.status == 2
    assert told in answer.err


EXAMPLE = """- name: born in 1984
  inputs: {crm.people: [{id: 1, born: 1984}]}
  expected: [{id: 1, age_years: 40}]
"""


def test_examples_are_run_and_told(crm):
    file = crm.products / "crm/ages/examples.yaml"
    file.write_text(EXAMPLE)
    assert crm.run("test").status == 0
    file.write_text(EXAMPLE.replace("40", "41"))
    told = crm.run("test", "crm.ages")
    assert told.status == 1
    assert "FAILED" in told.out
    assert "examples.yaml:1: crm.ages: born in 1984" in told.out
    assert "age_years" in told.out
