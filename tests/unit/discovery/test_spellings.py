"""Spellings of one value: asked about, and not drafted as so many accepted values."""

from __future__ import annotations

from meshlake.drafting.contract_draft import draft_contract
from meshlake.names import ProductName

CITIES = ["Berlin"] * 50 + ["berlin"] * 20 + ["BERLIN "] * 10 + ["Rome"] * 40
FILE = "city;plan\n" + "".join(f"{city};{'basic' if n % 2 else 'plus'}\n" for n, city in enumerate(CITIES))


def test_spellings_of_one_value_are_asked_about_with_their_counts(profile) -> None:
    city, plan = profile({"a.csv": FILE}).columns
    assert "'Berlin' in 50 rows and 'berlin' in 20 rows and 'BERLIN ' in 10 rows" in city.question
    assert "Rome" not in city.question
    assert plan.question == ""


def test_spellings_among_many_values_are_asked_about_too(profile) -> None:
    towns = [f"Town {chr(65 + n % 26)}{chr(97 + n // 26)}" for n in range(40)]
    rows = "".join(f"{n};{town if n % 3 else town.upper()}\n" for n in range(10) for town in towns)
    _, town = profile({"a.csv": f"lot;place\n{rows}"}).columns
    assert town.question.startswith("one value in several spellings? 'T")
    assert "more: published as they are written" in town.question


def test_no_list_of_accepted_values_is_drafted_of_spellings(profile) -> None:
    drafted = draft_contract(profile({"a.csv": FILE}), ProductName("crm", "people"), "ana")
    rules = {
        each["name"]: [r["name"] for r in each.get("quality", ())]
        for each in drafted["schema"][0]["properties"]
    }
    assert rules == {"city": [], "plan": ["plan_known"]}
