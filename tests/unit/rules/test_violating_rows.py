from __future__ import annotations

import pytest

from meshlake.column import Severity
from meshlake.errors import ContractError
from meshlake.rules.columns import Columns
from meshlake.rules.violating_rows import ViolatingRows, read_checks


@pytest.mark.parametrize(
    ("text", "severity", "description", "query"),
    [
        ("SELECT 1;\n", Severity.ERROR, "", "SELECT 1"),
        ("-- Paid at most once\nSELECT 1", Severity.ERROR, "Paid at most once", "SELECT 1"),
        (
            "-- severity: warning\n-- Paid\n-- at most once\nSELECT 1 -- one\n",
            Severity.WARNING,
            "Paid at most once",
            "SELECT 1 -- one",
        ),
        ("\ufeff-- severity: error\n\nSELECT 1 ;", Severity.ERROR, "", "SELECT 1"),
    ],
)
def test_a_check_is_a_query_under_a_header(tmp_path, text, severity, description, query):
    (tmp_path / "paid_once.sql").write_text(text, encoding="utf-8")
    (rule,) = read_checks(tmp_path)
    assert rule == ViolatingRows(
        "paid_once",
        arguments={"query": query},
        severity=severity,
        description=description,
    )


def test_a_check_may_say_that_each_day_decides_it(tmp_path):
    (tmp_path / "few.sql").write_text("-- severity: error\n-- scope: day\n-- Few\nSELECT 1")
    (tmp_path / "many.sql").write_text("-- scope is what it is about\nSELECT 1")
    few, many = read_checks(tmp_path)
    assert (few.is_day_by_day, few.description) == (True, "Few")
    assert (many.is_day_by_day, many.description) == (False, "scope is what it is about")


def test_a_product_without_checks_has_none(tmp_path):
    assert read_checks(tmp_path / "checks") == ()


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("a.sql", "-- severity: fatal\nSELECT 1", "severity 'fatal'"),
        ("a.sql", "-- nothing more\n", "no SQL"),
        ("a b.sql", "SELECT 1", "cannot name a check"),
        ("columns.sql", "SELECT 1", "has a rule 'columns' already"),
    ],
)
def test_wrong_checks_are_named(tmp_path, file, text, words):
    (tmp_path / file).write_text(text)
    with pytest.raises(ContractError, match=words):
        read_checks(tmp_path, (Columns("columns"),))
