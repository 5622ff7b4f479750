"""Words for no value among what is read otherwise: found whatever their share, and null in what is drafted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meshlake.drafting.contract_draft import draft_contract
from meshlake.names import ProductName

if TYPE_CHECKING:
    from meshlake.discovery.dataset_profile import DatasetProfile

ROWS = 200
# One cell of so many is the word.
COLUMNS = {
    "age": ("NA", 4, "integer", lambda n: str(20 + n % 50)),
    "fee": ("-", 2, "number", lambda n: f"${n}.50"),
    "seen": ("#N/A", 5, "date", lambda n: f"2024-01-{n % 28 + 1:02}"),
    "born": ("n/a", 3, "date", lambda n: f"{n % 28 + 1:02}.11.{40 + n % 50}"),
    "agreed": ("?", 3, "boolean", lambda n: "yes" if n % 2 else "no"),
    "one": ("NULL", ROWS, "integer", lambda n: str(n)),
    "answer": ("unknown", 3, "string", lambda n: "yes" if n % 2 else "no"),
    "word": ("NA", 3, "string", lambda n: "Namibia" if n % 2 else "Norway"),
}


@pytest.fixture
def found(profile) -> DatasetProfile:
    """A table of these columns."""
    words = COLUMNS.values()
    lines = (
        ",".join(word if n % every == 0 else cell(n) for word, every, _, cell in words) for n in range(ROWS)
    )
    return profile({"a.csv": "\n".join([",".join(COLUMNS), *lines]) + "\n"})


def test_a_word_for_no_value_leaves_a_column_what_it_is(found) -> None:
    columns = {column.name: column for column in found.columns}
    assert {name: column.found_type for name, column in columns.items()} == {
        name: kind for name, (_, _, kind, _) in COLUMNS.items()
    }
    for name, (word, every, kind, _) in COLUMNS.items():
        count = -(-ROWS // every)
        missing = ((word, count),) if kind != "string" else ()
        assert (columns[name].missing, columns[name].misfits) == (missing, ())
        assert columns[name].null_count == (count if missing else 0)
        assert columns[name].blank_count == 0
        assert columns[name].is_required == (not missing)


def test_what_is_drafted_makes_such_words_null_and_requires_no_value(found) -> None:
    drafted = draft_contract(found, ProductName("crm", "people"), "ana")
    facts = {each["name"]: each for each in drafted["schema"][0]["properties"]}
    for name, (word, _, kind, _) in COLUMNS.items():
        is_made = word in facts[name].get("transformLogic", "")
        assert (is_made, facts[name].get("required", False)) == (kind != "string", kind == "string")
    assert "'NA' in 50 rows stands for no value: null in a product." in facts["age"]["description"]


def test_words_come_before_the_few_misfits_that_are_shown(profile) -> None:
    misfits = "".join(f"x{n}\n" * 2 for n in range(25))
    found = profile({"a.csv": "n\n" + "".join(f"{n}\n" for n in range(5000)) + misfits + "NA\n"}).columns[0]
    assert (found.missing, len(found.misfits), found.misfit_count) == ((("NA", 1),), 20, 50)


def test_among_words_a_sign_that_nobody_chooses_is_no_value(profile) -> None:
    cells = {
        "region": lambda n: "?" if n % 5 == 0 else ("north", "south", "east")[n % 3],
        "vendor": lambda n: ("#N/A", "#n/a", "Acme", "Bolt Ltd", "Coil")[n % 5],
        "rhesus": lambda n: ("+", "-", "AB", "0", "A")[n % 5],
        "marked": lambda n: "x" if n % 2 else "-",
        "country": lambda n: ("NA", "DE", "FR", "none")[n % 4],
    }
    lines = [",".join(cells), *(",".join(cell(n) for cell in cells.values()) for n in range(ROWS))]
    found = {c.name: c for c in profile({"a.csv": "\n".join(lines) + "\n"}).columns}
    assert {name: dict(column.missing) for name, column in found.items()} == {
        "region": {"?": 40},
        "vendor": {"#N/A": 40, "#n/a": 40},
        "rhesus": {},
        "marked": {},
        "country": {},
    }
    assert (found["region"].null_count, found["region"].is_required) == (40, False)
    assert {value for value, _ in found["vendor"].values} == {"Acme", "Bolt Ltd", "Coil"}


def test_among_codes_that_have_digits_a_word_for_no_value_is_none(profile) -> None:
    """Tail numbers of aeroplanes kept `NA` as one of them; a plan may be called none, and a country NA."""
    rows = "".join(
        f"{n},{'NA' if n % 9 == 0 else f'N{n * 7}AB'},{'none' if n % 9 == 0 else f'P{n * 3}'}\n"
        for n in range(1, 90)
    )
    columns = {each.name: each for each in profile({"a.csv": "nr,tail,plan\n" + rows}).columns}
    assert (columns["tail"].missing, columns["plan"].missing) == ((("NA", 9),), ())


def test_few_words_beside_many_different_numbers_are_no_value_and_asked_about(profile) -> None:
    words = {0: "ABS", 1: "ABS", 2: "disp"}
    cells = {
        "result": lambda n: words.get(n % 50, f"{n % 90}.5"),
        "checked": lambda n: "offen" if n % 20 == 0 else f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}",
        "floor": lambda n: {0: "EG", 1: "UG"}.get(n % 20, str(n % 7)),
        "place": lambda n: "DNF" if n % 4 == 0 else str(n),
        "room": lambda n: "Aula" if n == 5 else str(n),
        "zip": lambda n: "Abholung" if n % 20 == 0 else f"{10115 + n}",
    }
    lines = [",".join(cells), *(",".join(cell(n) for cell in cells.values()) for n in range(ROWS))]
    found = {c.name: c for c in profile({"a.csv": "\n".join(lines) + "\n"}).columns}
    assert {name: (column.found_type, dict(column.missing)) for name, column in found.items()} == {
        "result": ("number", {"ABS": 8, "disp": 4}),
        "checked": ("date", {"offen": 10}),
        "floor": ("string", {}),
        "place": ("string", {}),
        "room": ("integer", {}),
        "zip": ("string", {}),
    }
    assert found["room"].misfits == ("Aula",)
    assert found["result"].question.startswith("do 'ABS' and 'disp' stand for no value?")
    assert found["checked"].question.startswith("does 'offen' stand for no value?")


@pytest.mark.parametrize("every", [2, 5, 60])
def test_numbers_are_found_however_few_are_among_words_for_no_value(profile, every) -> None:
    """Where 79 % of a column of 26,115 rows was `NA`, as gusts of wind are, it was kept as text without a word."""
    cells = "\n".join(f"{n},{n % 13}.5" if n % every == 0 else f"{n},NA" for n in range(30_000))
    column = profile({"a.csv": f"id,gust\n{cells}\n"}).columns[1]
    assert (column.found_type, column.missing) == ("number", (("NA", 30_000 - 30_000 // every),))


def test_numbers_that_are_kept_as_text_are_asked_about_beside_words_for_no_value_too(profile) -> None:
    cells = "\n".join(f"{n},NA" if n % 9 == 0 else f"{n},1{n % 7}.{n % 3}0" for n in range(300))
    column = profile({"a.csv": f"id,level\n{cells}\n10000,1E4\n"}).columns[1]
    assert (column.found_type, "kept as text" in column.question) == ("string", True)


def test_words_that_come_in_turns_are_found(profile) -> None:
    """Each ninth row of 1,200 had `NA`, of which each third was looked at and never one of those: all stayed text."""
    turns = [(period, phase) for period in range(2, 8) for phase in range(period)]
    header = ",".join(f"every_{period}_{phase}" for period, phase in turns)
    lines = (
        ",".join("NA" if n % period == phase else str(n % 41) for period, phase in turns)
        for n in range(1_200)
    )
    found = profile({"a.csv": "\n".join([header, *lines]) + "\n"})
    assert {column.name: column.found_type for column in found.columns} == dict.fromkeys(
        header.split(","), "integer"
    )
