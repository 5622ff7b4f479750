"""A contract's rules find the same rows on each engine."""

from __future__ import annotations

import json

import pytest

from meshlake.audit.numbers import MAX_SAMPLES
from meshlake.column import Severity
from meshlake.rules.as_usual import AsUsual
from meshlake.rules.bounds import Bounds
from meshlake.rules.columns import Columns
from meshlake.rules.duplicate_values import DuplicateValues
from meshlake.rules.expectation import Expectation
from meshlake.rules.freshness import Freshness
from meshlake.rules.invalid_values import InvalidValues
from meshlake.rules.length import Length
from meshlake.rules.missing_values import MissingValues
from meshlake.rules.null_values import NullValues
from meshlake.rules.pattern import Pattern
from meshlake.rules.primary_key import PrimaryKey
from meshlake.rules.range import Range
from meshlake.rules.required import Required
from meshlake.rules.row_count import RowCount
from meshlake.rules.sql import Sql
from meshlake.rules.unique import Unique
from meshlake.rules.violating_rows import ViolatingRows

PEOPLE = """
    SELECT * FROM (VALUES
        ('a', 10, 'basic', DATE '2024-01-01'), ('b', 200, 'pro', DATE '2023-12-01'),
        ('b', NULL, NULL, DATE '2023-11-01'), (NULL, -1, 'b4', NULL)
    ) AS people (id, age, plan, since)
"""
COLUMNS = {"id": "VARCHAR", "age": "INTEGER", "plan": "VARCHAR", "since": "DATE"}

# rule, what is observed, rows that fail
BROKEN = [
    (Required("required", "id"), 1, 1),
    (Unique("unique", "id"), 1, 2),
    (PrimaryKey("key", None, {"columns": ["id"]}), 2, 3),
    (PrimaryKey("key of two", None, {"columns": ["id", "age"]}), 2, 2),
    (Range("range", "age", {"minimum": 0, "maximum": 120}), 2, 2),
    (Range("open range", "age", {"exclusiveMinimum": 10}), 2, 2),
    (Range("dates", "since", {"exclusiveMaximum": "2024-01-01"}), 1, 1),
    (Length("length", "plan", {"minLength": 3, "maxLength": 4}), 2, 2),
    (Pattern("pattern", "plan", {"pattern": "^[a-z]+$"}), 1, 1),
    (NullValues("nulls", "plan"), 1, 1),
    (NullValues("share of nulls", "plan", {}, Bounds(below=25, unit="percent")), 25.0, 1),
    (MissingValues("missing", "plan", {"missingValues": ["b4"]}), 2, 2),
    (InvalidValues("valid", "plan", {"validValues": ["basic", "pro"]}), 1, 1),
    (InvalidValues("none valid", "plan", {"validValues": []}), 3, 3),
    (
        InvalidValues("both", "plan", {"validValues": ["basic", "b4"], "pattern": "^[a-z]+$"}),
        2,
        2,
    ),
    (DuplicateValues("duplicates", "id", {"columns": ["id"]}), 1, 2),
    (Sql("sql", "age", {"query": "SELECT count(*) FROM {object} WHERE {property} > 100"}), 1, 1),
    (
        Sql("spelt", "age", {"query": "SELECT COUNT(*) n FROM ${table} WHERE ${column}::INT < 0"}),
        1,
        1,
    ),
    (
        ViolatingRows("rows", None, {"query": "SELECT id FROM crm.customers WHERE age > 100 -- !"}),
        1,
        1,
    ),
]


def test_broken_rules_name_their_rows(auditing):
    results = auditing.check(PEOPLE, COLUMNS, *(rule for rule, _, _ in BROKEN))
    for rule, observed, failing_rows in BROKEN:
        result = results[rule.name]
        assert result.is_blocking, rule.name
        found = (rule.name, result.observed, result.failing_rows, len(result.samples))
        assert found == (rule.name, observed, failing_rows, failing_rows)
        assert len(auditing.rows(result.failing_sql)) == failing_rows
        if not isinstance(rule, ViolatingRows):
            assert list(result.samples[0]) == list(COLUMNS)


def test_kept_rules_pass(auditing):
    rules = [
        Required("required", "age"),
        Unique("unique", "age"),
        PrimaryKey("key", None, {"columns": ["id", "age"]}),
        Range("range", "age", {"minimum": -1, "maximum": 200}),
        Length("length", "plan", {"minLength": 2}),
        Pattern("pattern", "plan", {"pattern": "[a-z]"}),
        InvalidValues("valid", "plan", {"validValues": ["basic", "pro", "b4"]}),
        InvalidValues("castable", "age", {}),
        DuplicateValues("duplicates", None, {"columns": ["id", "age"]}),
        Sql("sql", None, {"query": "SELECT count(*) FROM {object} WHERE age > 500"}),
        ViolatingRows("rows", None, {"query": "SELECT * FROM crm.customers WHERE age > 500"}),
        RowCount("count", bounds=Bounds(at_least=2, at_most=2)),
    ]
    results = auditing.check(f"{PEOPLE} WHERE id IS NOT NULL AND age IS NOT NULL", COLUMNS, *rules)
    assert {name: r.message for name, r in results.items() if not r.is_passed} == {}
    assert all(result.samples == () for result in results.values())


def test_numbers_other_than_failing_rows(auditing):
    old = {"maximum_age_seconds": 3600}
    results = auditing.check(
        PEOPLE,
        COLUMNS,
        RowCount("rows", bounds=Bounds(above=4)),
        Freshness("fresh", "since", old, Bounds(at_most=86_400)),
        Freshness("stale", "since", old, Bounds(at_most=3600)),
        Sql("mean", None, {"query": "SELECT avg(age) FROM {object}"}, Bounds(above=69)),
        NullValues("many", "plan", {}, Bounds(above=1)),
        AsUsual("rows of a day", None, {"asUsual": "rowCount", "day": "since", "lateAfterDays": None}),
        AsUsual("mean of a day", "age", {"asUsual": "mean", "day": "since", "lateAfterDays": None}),
    )
    assert [r.is_passed for r in results.values()] == [False, True, False, True, False, True, True]
    assert results["rows of a day"].message.startswith("1 row on Monday 2024-01-01; too few days")
    assert results["mean of a day"].message.startswith("age is 10 on average on Monday 2024-01-01; too few")
    assert results["rows"].message == "4, must be above 4"
    assert results["fresh"].observed == 86_400
    assert results["stale"].message == "newest value 86400 s old, at most 3600"
    assert results["mean"].observed == pytest.approx(209 / 3)
    assert results["many"].failing_sql is None  # too few nulls: no row is at fault


def test_warnings_do_not_block(auditing):
    result = auditing.check(PEOPLE, COLUMNS, Required("r", "id", severity=Severity.WARNING))["r"]
    assert not result.is_passed
    assert not result.is_blocking


def test_samples_are_few_and_json(auditing):
    rows = """
        SELECT n::BIGINT AS id, 1.5::DECIMAL(9,2) AS d, 'NaN'::DOUBLE AS f, 'x'::BLOB AS b,
               {'a': [DATE '2024-01-01']} AS s
        FROM (SELECT unnest(generate_series(0, 49)) AS n)
    """
    result = auditing.check(rows, {"id": "BIGINT"}, Range("r", "id", {"maximum": 9}))["r"]
    assert result.failing_rows == 40
    assert len(result.samples) == MAX_SAMPLES
    sample = {**result.samples[0], "id": 0}
    assert sample == {"id": 0, "d": "1.50", "f": "nan", "b": "78", "s": {"a": ["2024-01-01"]}}
    json.dumps(result.as_dict(), allow_nan=False)


# rule, what DuckDB says, what Trino says
UNRUNNABLE = [
    (Sql("function", None, {"query": "SELECT coun(*) FROM {object}"}), "coun", "coun"),
    (Sql("syntax", None, {"query": "SELECT FROM WHERE"}), "syntax error", "cannot be said"),
    (Sql("text", None, {"query": "SELECT 'many'"}), "many", "many"),
    (
        Sql("column", None, {"query": "SELECT id FROM {object}"}),
        "more or less than one number",
        "more or less than one number",
    ),
    (
        ViolatingRows("table", None, {"query": "SELECT * FROM crm.nothing"}),
        "nothing does not exist",
        "crm.nothing",
    ),
    (
        ViolatingRows("cast", None, {"query": "SELECT id::INT AS n FROM crm.customers"}),
        "convert string",
        "Cannot cast",
    ),
    (Pattern("pattern", "plan", {"pattern": "("}), "missing )", "unmatched parenthes"),
    (Range("types", "plan", {"minimum": 5}), "Cannot compare", "varchar < integer"),
    (
        Expectation(
            "expectation",
            None,
            {"type": "expect_column_max_to_be_between", "kwargs": {"clumn": "age"}},
        ),
        "clumn",
        "clumn",
    ),
]


def test_rules_that_cannot_run_fail_alone_and_say_why(auditing):
    good = RowCount("good", bounds=Bounds(above=0))
    results = auditing.check(PEOPLE, COLUMNS, good, *(rule for rule, _, _ in UNRUNNABLE))
    assert results["good"].is_passed
    for rule, on_duckdb, on_trino in UNRUNNABLE:
        message = results[rule.name].message
        assert not results[rule.name].is_passed
        assert (on_duckdb if auditing.engine == "duckdb" else on_trino) in message
        assert "\n" not in message


def test_columns_must_be_the_contracts(auditing):
    rule = Columns("columns")
    assert auditing.check(PEOPLE, COLUMNS, rule)["columns"].is_passed
    shuffled = "SELECT plan, since, age, id FROM (" + PEOPLE + ")"
    assert auditing.check(shuffled, COLUMNS, rule)["columns"].is_passed
    wrong = auditing.check("SELECT 'a' AS id, 1::BIGINT AS age, 2 AS more, 'x' AS plan", COLUMNS, rule)
    assert wrong["columns"].message == (
        "column 'age' is BIGINT, the contract says INTEGER; column 'since' is missing; "
        "column 'more' is not in the contract"
    )


def test_a_missing_column_fails_its_own_rules_only(auditing):
    required = [Required(name, name) for name in ("id", "plan")]
    results = auditing.check("SELECT 'a' AS id", {"id": "VARCHAR", "plan": "VARCHAR"}, *required)
    assert results["id"].is_passed
    words = '"plan" not found' if auditing.engine == "duckdb" else "'plan' cannot be resolved"
    assert words in results["plan"].message


EVERY_KIND = (
    Columns("columns"),
    PrimaryKey("key", None, {"columns": ["id", "age"]}),
    Unique("unique", "id"),
    Range("range", "age", {"minimum": 0}),
    Length("length", "plan", {"minLength": 1}),
    Pattern("pattern", "plan", {"pattern": "a"}),
    InvalidValues("invalid", "plan", {"validValues": ["a"]}),
    InvalidValues("castable", "since"),
    NullValues("percent", "plan", {}, Bounds(at_most=100, unit="percent")),
    ViolatingRows("checks", None, {"query": "SELECT * FROM crm.customers WHERE age > 5"}),
    Expectation("gx", None, {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "age"}}),
)
FRESH = Freshness("fresh", "since", {"maximum_age_seconds": 1}, Bounds(at_most=1))


def test_an_empty_table_breaks_only_what_needs_rows(auditing):
    rows = RowCount("rows", bounds=Bounds(above=0))
    results = auditing.check(f"{PEOPLE} WHERE false", COLUMNS, *EVERY_KIND, rows, FRESH)
    assert [name for name, result in results.items() if not result.is_passed] == ["rows", "fresh"]
    assert results["fresh"].message == "no value"


def test_all_null_columns_break_only_the_key_and_freshness(auditing):
    nulls = """
        SELECT NULL::VARCHAR AS id, NULL::INTEGER AS age, NULL::VARCHAR AS plan, NULL::DATE AS since
        FROM (VALUES (1), (2), (3)) AS three (n)
    """
    results = auditing.check(nulls, COLUMNS, *EVERY_KIND, FRESH)
    assert [name for name, result in results.items() if not result.is_passed] == ["key", "fresh"]
    assert results["key"].failing_rows == 3


ODD = 'größe: "50%" of :x $1 {object}'


def test_any_name_and_text_is_data(auditing):
    quoted = '"' + ODD.replace('"', '""') + '"'
    text = "it's 100% :of {object} \\ $1 “ü” 🦆"
    rows = f"SELECT '{text.replace(chr(39), chr(39) * 2)}' AS {quoted}"
    results = auditing.check(
        rows,
        {ODD: "VARCHAR"},
        Columns("columns"),
        Required("required", ODD),
        InvalidValues("valid", ODD, {"validValues": [text]}),
        Pattern("pattern", ODD, {"pattern": "100% :of.*🦆$"}),
        Length("length", ODD, {"minLength": len(text), "maxLength": len(text)}),
        Sql("sql", ODD, {"query": "SELECT count(*) FROM {object} WHERE {property} LIKE '%:nothing%'"}),
        InvalidValues("bad", ODD, {"validValues": [text[:-1]]}),
    )
    assert {name: r.message for name, r in results.items() if not r.is_passed} == {"bad": "1 failing row"}
    assert results["bad"].samples == ({ODD: text},)


def test_decimals_zones_and_nested_columns(auditing):
    rows = """
        SELECT 0.1::DECIMAL(9,2) AS paid, TIMESTAMPTZ '2024-01-01 23:00:00+00' AS seen, [1, 2] AS items,
               {'a b': 1.5::DOUBLE} AS nested, 1.0::DOUBLE AS ratio, true AS is_on
    """
    columns = {
        "paid": "DECIMAL(9,2)",
        "seen": "TIMESTAMP WITH TIME ZONE",
        "items": "INTEGER[]",
        "nested": 'STRUCT("a b" DOUBLE)',
        "ratio": "DOUBLE",
        "is_on": "BOOLEAN",
    }
    results = auditing.check(
        rows,
        columns,
        Columns("columns"),
        Range("paid", "paid", {"minimum": 0.1, "maximum": 0.1}),
        Range("seen", "seen", {"minimum": "2024-01-01 23:00:00+00:00"}),
        Freshness("fresh", "seen", {"maximum_age_seconds": 3600}, Bounds(at_most=3600)),
        Length("items", "items", {"maxLength": 2}),
        PrimaryKey("key", None, {"columns": ["items", "nested", "seen"]}),
        InvalidValues("on", "is_on", {"validValues": [True]}),
        Required("nested", "nested"),
        InvalidValues("off", "is_on", {"validValues": [False]}),
    )
    assert {name: r.message for name, r in results.items() if not r.is_passed} == {"off": "1 failing row"}
    assert results["fresh"].observed == 3600
