"""`mesh land --replace` and `--remove`: what they do, ask and say."""

from __future__ import annotations

import pytest


@pytest.fixture
def corrected(crm):
    """A corrected file beside two that have landed."""
    crm.land("crm/people/b.csv", "id,born\n3,1999\n")
    (crm.root / "a.csv").write_text("id,born\n1,1985\n", encoding="utf-8")
    return crm


def test_other_content_is_refused_and_the_way_to_replace_it_told(corrected):
    told = corrected.run("land", "a.csv", "--domain", "crm", "--dataset", "people")
    assert told.status == 1
    assert "mesh land --replace" in told.err
    assert (corrected.landing / "crm/people/a.csv").read_text() == "id,born\n1,1984\n2,1990\n"


def test_it_says_what_was_replaced_and_what_stays(corrected):
    told = corrected.run("land", "a.csv", "--domain", "crm", "--dataset", "people", "--replace").ended()
    assert "crm/people/a.csv, 15 B (replaced)" in told.out
    assert "1 other file of landing.crm.people stays: crm/people/b.csv" in told.out
    assert (corrected.landing / "crm/people/a.csv").read_text() == "id,born\n1,1985\n"
    (file,) = corrected.run(
        "land", "a.csv", "--domain", "crm", "--dataset", "people", "--replace", "--json"
    ).facts
    assert (file["is_new"], file["is_replaced"]) == (False, False)


def test_files_are_removed_when_somebody_says_yes(corrected):
    asked = corrected.run("land", "--remove", "crm.people", "b.csv")
    assert asked.status == 2
    assert "Remove crm/people/b.csv from the landing zone?" in asked.err
    assert "--yes" in asked.err
    unknown = corrected.run("land", "--remove", "crm.people", "c.csv", "--yes", "--json")
    assert (unknown.status, unknown.facts["error"]["message"]) == (2, "landing.crm.people has no file c.csv")
    told = corrected.run("land", "--remove", "crm.people", "b.csv", "--yes").ended()
    assert told.out.startswith("- crm/people/b.csv\n")
    facts = corrected.run("land", "--remove", "landing.crm.people", "--yes", "--json").ended().facts
    assert facts["removed"] == ["crm/people/a.csv"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("land", "--domain", "crm"), "nothing is named that is to land"),
        (("land", "--remove", "crm.people", "--replace"), "--remove takes its dataset itself"),
        (("land", "--remove", "crm.poeple", "--yes"), "has not landed"),
    ],
)
def test_wrong_use_is_told(corrected, arguments, told):
    ran = corrected.run(*arguments)
    assert ran.status in {1, 2}
    assert told in ran.err
