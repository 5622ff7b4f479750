"""Numbers and days far from all others that stand for no value: drafted as null where nothing else could be meant, else
a question, and no value changes."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from meshlake.drafting.contract_draft import draft_contract
from meshlake.names import ProductName

ROWS = 200
NULL, ASKED, PLAIN = "null", "asked", "plain"
# Each column's cell of row n, and what comes of it.
COLUMNS = {
    "score": (lambda n: "9999" if n % 5 == 0 else str(1 + n % 7), NULL),
    "n": (lambda n: "9999" if n % 6 == 0 else str(1 + n % 5), NULL),
    "temperature": (lambda n: "-999.0" if n % 9 == 0 else f"{n % 30}.5", NULL),
    "both": (lambda n: {0: "-999", 1: "9999"}.get(n % 10, str(n % 10)), NULL),
    "seen_on": (lambda n: "1900-01-01" if n % 4 == 0 else f"2024-01-{n % 28 + 1:02}", NULL),
    "german": (lambda n: "01.01.1900" if n % 4 == 0 else f"{n % 28 + 1:02}.01.2024", NULL),
    "birth_date": (lambda n: "1900-01-01" if n % 8 == 0 else f"{1940 + n % 60}-05-{n % 28 + 1:02}", NULL),
    "built_on": (lambda n: f"{1900 + n % 60}-01-01", PLAIN),
    "closed_on": (lambda n: "9999-12-31" if n % 4 == 0 else f"2024-01-{n % 28 + 1:02}", ASKED),
    "price": (lambda n: "999" if n % 5 == 0 else str(1 + n % 40), ASKED),
    "seat_limit": (lambda n: "9999" if n % 5 == 0 else str(1 + n % 40), ASKED),
    "near": (lambda n: "99" if n % 5 == 0 else str(1 + n % 40), ASKED),
    "few": (lambda n: "9999" if n % 60 == 0 else str(n % 50), ASKED),
    "age": (lambda n: str(20 + n % 80), PLAIN),
    "once": (lambda n: "9999" if n == 7 else str(n % 50), PLAIN),
    "visits": (lambda n: str(9990 + n % 10), PLAIN),
    "plan_id": (lambda n: "9999" if n % 5 == 0 else str(1 + n % 7), PLAIN),
    "zip": (lambda n: "99999" if n % 5 == 0 else f"{10115 + n % 7}", PLAIN),
    "change": (lambda n: str(n % 3 - 1), PLAIN),
}


@pytest.fixture
def found(profile):
    """A table of these columns."""
    lines = [",".join(COLUMNS), *(",".join(cell(n) for cell, _ in COLUMNS.values()) for n in range(ROWS))]
    return profile({"a.csv": "\n".join(lines) + "\n"})


def test_what_can_mean_nothing_else_is_no_value_and_what_may_is_asked(found) -> None:
    told = {
        column.name: NULL if column.missing else ASKED if "no value?" in column.question else PLAIN
        for column in found.columns
    }
    assert told == {name: kind for name, (_, kind) in COLUMNS.items()}


def test_a_column_is_described_without_what_stands_for_no_value(found) -> None:
    columns = {column.name: column for column in found.columns}
    score, german = columns["score"], columns["german"]
    assert (score.missing, score.null_count, score.is_required) == ((("9999", 40),), 40, False)
    assert (score.minimum, score.maximum, score.distinct_count) == ("1", "7", 7)
    assert score.evidence == "9999 lies far from all others, 1 to 7"
    assert {value for value, _ in score.values} == set("1234567")
    assert (german.missing, german.minimum) == ((("01.01.1900", 50),), "2024-01-02")
    born = columns["birth_date"]
    assert born.evidence == "1900-01-01 is at least 10 times as frequent as any other day"
    assert (born.personal, born.missing, born.is_required) == ("date of birth", (("1900-01-01", 25),), False)
    assert columns["both"].missing == (("-999", 20), ("9999", 20))
    assert (columns["near"].maximum, columns["near"].is_required) == ("99", True)
    assert "99, in 40 of the sampled rows" in columns["near"].question


def test_a_draft_makes_it_null_and_says_so(found) -> None:
    drafted = draft_contract(found, ProductName("crm", "people"), "ana")
    facts = {each["name"]: each for each in drafted["schema"][0]["properties"]}
    assert facts["score"]["transformLogic"] == (
        "CASE WHEN TRIM(\"score\") IN ('', '9999') THEN NULL ELSE TRIM(\"score\") END"
    )
    assert "required" not in facts["score"]
    assert "'9999' in 40 rows stands for no value: null in a product." in facts["score"]["description"]
    assert "9999 lies far from all others, 1 to 7." in facts["score"]["description"]
    assert facts["near"]["required"]


def test_values_that_landed_with_a_type_are_compared_as_such(profile) -> None:
    table = pa.table(
        {
            "score": [9999 if n % 5 == 0 else n % 7 for n in range(ROWS)],
            "share": [-999.0 if n % 5 == 0 else n % 7 / 10 for n in range(ROWS)],
            "day": pa.array([-25567 if n % 5 == 0 else 19000 + n % 300 for n in range(ROWS)], pa.date32()),
        }
    )
    file = io.BytesIO()
    pq.write_table(table, file)
    drafted = draft_contract(profile({"a.parquet": file.getvalue()}), ProductName("crm", "people"), "ana")
    assert [each.get("transformLogic") for each in drafted["schema"][0]["properties"]] == [
        'CASE WHEN "score" IN (9999) THEN NULL ELSE "score" END',
        'CASE WHEN "share" IN (-999.0) THEN NULL ELSE "share" END',
        'CASE WHEN "day" IN (DATE \'1900-01-01\') THEN NULL ELSE "day" END',
    ]


def test_no_part_of_a_key_is_taken_for_no_value(profile) -> None:
    lines = ["day,slot", *(f"2024-01-{n // 10 + 1:02},{9999 if n % 10 == 9 else n % 10}" for n in range(280))]
    made = profile({"a.csv": "\n".join(lines) + "\n"})
    assert ("day", "slot") in made.keys
    assert "no value?" in {column.name: column for column in made.columns}["slot"].question
