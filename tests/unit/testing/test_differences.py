"""How rows that were found differ from those expected, and how a person is told."""

from __future__ import annotations

import doctest
from datetime import date, datetime
from decimal import Decimal

import pytest

from meshlake.testing import differences
from meshlake.testing.differences import compare

JANUARY = datetime(2024, 1, 5)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ([], []),
        ([{"a": 1}, {"a": 2}], [{"a": 2, "b": "x"}, {"a": 1, "b": "y"}]),
        ([{"a": 0.3}], [{"a": 0.1 + 0.2}]),
        ([{"a": 1.5}], [{"a": Decimal("1.50")}]),
        ([{"a": None}], [{"a": None}]),
        ([{"t": JANUARY}], [{"t": JANUARY}]),
        ([{"t": date(2024, 1, 5)}], [{"t": JANUARY}]),
    ],
)
def test_rows_that_are_as_expected(expected, found):
    assert not compare(expected, found)
    assert compare(expected, found).text() == ""


@pytest.mark.parametrize(
    ("expected", "found", "told"),
    [
        ([{"a": 0.3}], [{"a": 0.300001}], "changed\n    a: expected 0.3, found 0.300001"),
        ([{"a": 1}], [{"a": 1}, {"a": 1}], "1 row expected, and more found\nunexpected: a 1"),
        ([{"a": 1}, {"a": 1}], [{"a": 1}], "1 of 2 rows expected differs\nmissing: a 1"),
        ([{"a": True}], [{"a": 1}], "    a: expected true, found 1"),
        ([{"a": None}], [{"a": 0}], "    a: expected null, found 0"),
        ([{"a": "1"}], [{"a": 1}], "    a: expected '1', found 1"),
        ([{"typo": 1}], [{"a": 1}], "    typo: expected 1, found no such column"),
        ([{"t": JANUARY}], [{"t": JANUARY.replace(hour=1)}], "found 2024-01-05 01:00:00"),
        ([], [{"a": 1}], "0 rows expected, and more found\nunexpected: a 1"),
        # Rows are put together by most equal cells, the likest first.
        (
            [{"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 2, "c": 3}],
            [{"a": 1, "b": 2, "c": 1}, {"a": 9, "b": 2, "c": 3}],
            "2 of 2 rows expected differ; columns that differ: b, a\n"
            "changed: a 1, c 1\n    b: expected 1, found 2\n"
            "changed: b 2, c 3\n    a: expected 1, found 9",
        ),
    ],
)
def test_rows_that_are_not(expected, found, told):
    assert told in compare(expected, found).text()


def test_by_its_key_a_row_is_known_however_much_it_differs():
    expected = [{"id": 1, "a": 1, "b": 1}, {"id": 2, "a": 2, "b": 2}]
    found = [{"id": 1, "a": 8, "b": 8}, {"id": 3, "a": 2, "b": 2}]
    by_key = compare(expected, found, ("id",))
    assert [row.columns for row in by_key.changed] == [("a", "b")]
    assert (by_key.missing, by_key.unexpected) == ((expected[1],), (found[1],))
    by_cells = compare(expected, found)
    assert [row.columns for row in by_cells.changed] == [("a", "b"), ("id",)]


def test_only_rows_that_differ_are_told_and_no_line_is_wider_than_the_screen():
    expected = [{"id": n, "note": f"{n} " + "word " * 30, "n": n} for n in range(1000)]
    found = [row | {"n": -1} if row["id"] == 500 else row for row in expected]
    text = compare(expected, found[:-1], ("id",)).text(width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert text.splitlines()[:3] == [
        "2 of 1000 rows expected differ; columns that differ: n",
        "changed: id 500",
        "    n: expected 500, found -1",
    ]
    assert text.splitlines()[3].startswith("missing: id 999, note")
    assert len(text.splitlines()) < 10


def test_the_facts_are_those_of_the_text():
    facts = compare(
        [{"id": 1, "a": 1}, {"id": 2, "a": 2}], [{"id": 1, "a": 3}, {"id": 4, "a": 4}], ("id",)
    ).as_dict()
    assert facts == {
        "columns": ["a"],
        "changed": [{"columns": ["a"], "expected": {"id": 1, "a": 1}, "found": {"id": 1, "a": 3}}],
        "missing": [{"id": 2, "a": 2}],
        "unexpected": [{"id": 4, "a": 4}],
    }


def test_the_example_runs():
    assert doctest.testmod(differences) == (0, 2)
