"""`mesh model report`: a page that tells what a version is worth, whole and by itself."""

from __future__ import annotations

import re

import pytest

from meshlake.errors import UsageError


def headings(page: str) -> list[str]:
    return re.findall("<h2>(.*?)</h2>", page)


def test_a_churn_model_s_page_is_on_rows_it_did_not_learn_from_and_names_its_versions(challenged):
    challenger, champion = challenged.run("model", "list", "--json").facts
    told = challenged.run("model", "report", "crm.predictions").ended()
    file = challenged.home / "reports" / "crm.predictions.html"
    assert str(file) in "".join(told.out.split())
    page = file.read_text("utf-8")
    assert headings(page) == [
        "How good it is",
        "Who is flagged",
        "How customers are ordered",
        "Whether probabilities mean what they say",
        "What it depends on",
        "Parts of the customers",
        "Whether more rows would help",
        "Candidates",
        "Versions",
    ]
    assert "Of the 20.0% that it flags 83.3% churned, where 36.1% of all did (2.3 times as many)" in page
    assert "Measured on 180 rows (2 folds, out of fold), of which 65 churned" in page
    assert champion["version"] in page
    assert challenger["version"] in page
    assert not re.search("https?:|<script", page.replace("http-equiv", ""))


def test_a_version_that_says_no_more_than_the_base_rate_is_not_to_act_on(challenged, tmp_path):
    challenger, _ = challenged.run("model", "list", "--json").facts
    page = tmp_path / "page.html"
    arguments = ("model", "report", "crm.predictions", challenger["version"], "--html", str(page), "--json")
    facts = challenged.run(*arguments).ended().facts
    assert facts["verdict"].startswith("Not to act on")
    assert facts["page"] == str(page)
    assert facts["verdict"] in page.read_text("utf-8")


def test_a_page_that_cannot_be_written_says_so(challenged, tmp_path):
    report = challenged.open().model_report("crm.predictions")
    with pytest.raises(UsageError, match="cannot be written"):
        report.write_page(tmp_path / "absent" / "page.html")
