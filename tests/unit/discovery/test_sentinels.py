"""Numbers and days far from all others that may stand for no value: a question, and no value changes."""

from __future__ import annotations

# Each column's cell of row n, and whether it is asked about.
COLUMNS = {
    "score": (lambda n: "9999" if n % 5 == 0 else str(1 + n % 7), True),
    "temperature": (lambda n: "-999.0" if n % 9 == 0 else f"{n % 30}.5", True),
    "closed_on": (lambda n: "9999-12-31" if n % 4 == 0 else f"2024-01-{n % 28 + 1:02}", True),
    "age": (lambda n: str(20 + n % 80), False),
    "once": (lambda n: "9999" if n == 7 else str(n % 50), False),
    "visits": (lambda n: str(9990 + n % 10), False),
    "plan_id": (lambda n: "9999" if n % 5 == 0 else str(1 + n % 7), False),
    "zip": (lambda n: "99999" if n % 5 == 0 else f"{10115 + n % 7}", False),
    "change": (lambda n: str(n % 3 - 1), False),
}


def test_what_may_stand_for_no_value_is_asked_and_kept(profile) -> None:
    lines = [",".join(COLUMNS), *(",".join(cell(n) for cell, _ in COLUMNS.values()) for n in range(200))]
    found = {column.name: column for column in profile({"a.csv": "\n".join(lines) + "\n"}).columns}
    asked = {name: "stand for no value?" in column.question for name, column in found.items()}
    assert asked == {name: is_asked for name, (_, is_asked) in COLUMNS.items()}
    assert found["score"].maximum == "9999"
    assert "9999, in 40 of the sampled rows" in found["score"].question
