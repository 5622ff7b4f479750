"""What is told of a product: what its checks said, who reads it, where its columns come from, what it promises."""

from __future__ import annotations

import pytest

from meshlake.errors import AuditError, MeshError
from support.small_mesh import SmallMesh

ID = {"logicalType": "integer", "primaryKey": True, "required": True}
PERSONAL = {"logicalType": "string", "classification": "personal"}
LENIENT = {
    "logicalType": "integer",
    "quality": [{"metric": "invalidValues", "mustBe": 0, "severity": "warning"}],
}
YEARS = [{"property": "latency", "value": 100_000, "unit": "d", "element": "people.seen_on"}]
SECONDS = [{"property": "queryResponseTime", "value": 30, "unit": "s"}]
QUESTION = (
    "-- question: Who is old?\n-- promised_seconds: 30\nSELECT id FROM crm.ages ORDER BY age_years LIMIT 1\n"
)


@pytest.fixture(scope="module")
def crm(tmp_path_factory) -> SmallMesh:
    """People landed with a bad value; their ages, which break a promise; published."""
    mesh = SmallMesh(tmp_path_factory.mktemp("facts") / "crm")
    mesh.land("crm/people/a.csv", "id,Name,born,seen_on\n1,Ana,1984,2026-01-01\n2,Bo,soon,2026-01-02\n")
    name = PERSONAL | {"transformSourceObjects": ["Name"]}
    mesh.product(
        "crm.people",
        {"id": ID, "name": name, "born": LENIENT, "seen_on": "date"},
        slaProperties=YEARS,
    )
    mesh.product(
        "crm.ages",
        {"id": ID, "age_years": "integer"},
        {
            "transform.sql": "SELECT id, 2024 - born AS age_years FROM crm.people\n",
            "checks/old.sql": "-- severity: warning\nSELECT * FROM crm.ages WHERE age_years < 90\n",
        },
        slaProperties=SECONDS,
    )
    questions = mesh.root / "sql" / "questions"
    questions.mkdir(parents=True)
    (questions / "who_is_old.sql").write_text(QUESTION, encoding="utf-8")
    mesh.build_product("crm.people", "crm.ages")
    return mesh


@pytest.fixture(scope="module")
def people(crm):
    return crm.open().product("crm.people").as_dict()


@pytest.fixture(scope="module")
def ages(crm):
    return crm.open().product("crm.ages").as_dict()


@pytest.mark.slow
def test_consumers_are_products_and_questions(people, ages):
    assert people["consumers"] == {"products": ("crm.ages",), "questions": ()}
    assert ages["consumers"] == {"products": (), "questions": ("who_is_old",)}


def test_what_its_checks_said_stands_beside_each(ages):
    checks = {check["name"]: check for check in ages["checks"]}
    assert checks["primary_key"]["is_passed"]
    assert (checks["old"]["is_passed"], checks["old"]["observed"]) == (False, "1")
    assert checks["old"]["message"] == "1 failing row"


def test_a_rule_that_was_not_run_on_what_is_published_says_so(crm):
    before = (crm.products / "crm/ages/contract.odcs.yaml").read_text()
    rule = crm.write("crm.ages", "checks/young.sql", "SELECT * FROM crm.ages WHERE age_years > 90\n")
    try:
        checks = {check["name"]: check for check in crm.open().product("crm.ages").as_dict()["checks"]}
    finally:
        rule.unlink()
    assert checks["young"]["is_passed"] is None
    assert (crm.products / "crm/ages/contract.odcs.yaml").read_text() == before


def test_columns_say_where_they_come_from_and_what_is_personal(people, ages):
    told = {column["name"]: column for column in people["columns"]}
    assert told["name"]["classification"] == "personal"
    assert told["name"]["lineage"]["inputs"] == [{"table": "landing.crm.people", "column": "Name"}]
    assert {column["name"]: column["lineage"]["made_by"] for column in ages["columns"]} == {
        "id": None,
        "age_years": "2024 - people.born",
    }


def test_what_could_not_be_kept_is_counted(people, ages):
    assert people["quarantined"] == {"table": "crm.people__quarantine", "values": 1, "rows": 1, "lines": 0}
    assert ages["quarantined"] is None


def test_promises_are_held_against_what_is_so_now(crm, people, ages):
    (freshness,) = people["service_levels"]
    assert (freshness["level"], freshness["promised"], freshness["is_kept"]) == (
        "freshness",
        8_640_000_000,
        True,
    )
    assert 0 < freshness["observed"] < 8_640_000_000
    (before,) = ages["service_levels"]
    assert (before["is_kept"], before["told"]) == (None, "not measured yet: `mesh questions` does")
    (timing,) = crm.open().questions(runs=1)
    (after,) = crm.open().product("crm.ages").service_levels
    assert (after.observed, after.is_kept) == (timing.p95_seconds, True)
    assert after.told.startswith("p95 of who_is_old, asked 20")


@pytest.mark.slow
def test_people_are_told_all_of_it(crm):
    told = crm.run("show", "crm.people").ended().out
    for text in (
        "crm.ages",
        "1 rows for 1 values, see crm.people__quarantine",
        "personal",
        "freshness",
        "passed",
    ):
        assert text in told
    assert "FAILED" in crm.run("show", "crm.ages").ended().out


@pytest.mark.slow
def test_a_failed_build_is_told_with_its_reason(crm):
    bad = crm.land("crm/people/b.csv", "id,Name,born,seen_on\n1,Cy,1999,2026-01-03\n")
    try:
        with pytest.raises(AuditError):
            crm.build_product("crm.people")
        facts = crm.open().product("crm.people").as_dict()
        assert facts["failed_build"]["error"].startswith("check primary_key failed")
        assert "mesh sql --as-of audit_" in facts["failed_build"]["hint"]
        assert "check primary_key failed" in crm.run("show", "crm.people").ended().out
    finally:
        bad.unlink()
        crm.build_product("crm.people")
    assert crm.open().product("crm.people").failed_build is None


def test_before_anything_was_built_what_is_known_is_told(mesh):
    mesh.product("crm.ages", {"id": ID}, {"transform.sql": "SELECT * FROM landing.crm.nowhere\n"})
    facts = mesh.run("show", "crm.ages", "--json").ended().facts
    assert (facts["state"], facts["snapshot"], facts["quarantined"]) == ("not built yet", None, None)
    assert facts["columns"][0]["lineage"] == {
        "inputs": [{"table": "landing.crm.nowhere", "column": "*"}],
        "made_by": "transform.sql",
        "is_exact": False,
    }
    assert "any column of landing.crm.nowhere" in mesh.run("show", "crm.ages").ended().out


@pytest.fixture(scope="module")
def report(crm):
    return crm.run("report", "--json").ended().facts


def test_a_report_tells_the_checks_that_fail_and_the_promises(report):
    assert [(p["product"], p["checks_passed"], p["checks"]) for p in report["products"]] == [
        ("crm.ages", 3, 4),
        ("crm.people", 5, 5),
    ]
    (failing,) = report["failing_checks"]
    assert (failing["check_name"], failing["severity"], failing["message"]) == (
        "old",
        "warning",
        "1 failing row",
    )
    assert [(level["product"], level["level"]) for level in report["service_levels"]] == [
        ("crm.ages", "query time"),
        ("crm.people", "freshness"),
    ]
    assert [(q["question"], q["promised_seconds"]) for q in report["questions"]] == [("who_is_old", 30.0)]


def test_a_report_for_people_has_it_all(crm):
    told = crm.run("report").ended().out
    for text in ("Checks that what is published fails", "freshness", "Questions, as they were asked last"):
        assert text in told


def test_a_report_tells_what_failed_before_anything_is_published(mesh):
    mesh.product("crm.ages", {"id": ID}, {"transform.sql": "SELECT * FROM landing.crm.nowhere\n"})
    mesh.write("crm.pets", "contract.odcs.yaml", "schema: [")
    with pytest.raises(MeshError):
        mesh.build_product("crm.ages")
    facts = mesh.run("report", "--json").ended().facts
    assert facts["products"] == []
    failed = {each["product"]: each for each in facts["failed_builds"]}
    assert "landing.crm.nowhere" in failed["crm.ages"]["error"]
    assert "not YAML" in failed["crm.pets"]["error"]
    told = mesh.run("report").ended().out
    assert told.startswith("Nothing is published.\n")
    assert "mesh questions" not in told
