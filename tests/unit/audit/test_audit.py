from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.audit.audit import MAX_SAMPLES
from pipelines.contract.model import Bounds, Rule, RuleKind, Severity
from pipelines.errors import BuildError

PEOPLE = """
    SELECT * FROM (VALUES
        ('a', 10, 'basic', DATE '2024-01-01'), ('b', 200, 'pro', DATE '2023-12-01'),
        ('b', NULL, NULL, DATE '2023-11-01'), (NULL, -1, 'b4', NULL)
    ) AS people (id, age, plan, since)
"""
COLUMNS = {"id": "VARCHAR", "age": "INTEGER", "plan": "VARCHAR", "since": "DATE"}
K = RuleKind


def _kind(value):
    return value.kind.value if isinstance(value, Rule) else ""


@pytest.mark.parametrize(
    ("rule", "observed", "failing_rows"),
    [
        (Rule("r", K.REQUIRED, "id"), 1, 1),
        (Rule("r", K.UNIQUE, "id"), 1, 2),
        (Rule("r", K.PRIMARY_KEY, None, {"columns": ["id"]}), 2, 3),
        (Rule("r", K.PRIMARY_KEY, None, {"columns": ["id", "age"]}), 2, 2),
        (Rule("r", K.RANGE, "age", {"minimum": 0, "maximum": 120}), 2, 2),
        (Rule("r", K.RANGE, "age", {"exclusiveMinimum": 10}), 2, 2),
        (Rule("r", K.RANGE, "since", {"exclusiveMaximum": "2024-01-01"}), 1, 1),
        (Rule("r", K.LENGTH, "plan", {"minLength": 3, "maxLength": 4}), 2, 2),
        (Rule("r", K.PATTERN, "plan", {"pattern": "^[a-z]+$"}), 1, 1),
        (Rule("r", K.NULL_VALUES, "plan"), 1, 1),
        (Rule("r", K.NULL_VALUES, "plan", {}, Bounds(below=25, unit="percent")), 25.0, 1),
        (Rule("r", K.MISSING_VALUES, "plan", {"missingValues": ["b4"]}), 2, 2),
        (Rule("r", K.INVALID_VALUES, "plan", {"validValues": ["basic", "pro"]}), 1, 1),
        (Rule("r", K.INVALID_VALUES, "plan", {"validValues": []}), 3, 3),
        (Rule("r", K.INVALID_VALUES, "plan", {"validValues": ["basic", "b4"], "pattern": "^[a-z]+$"}), 2, 2),
        (Rule("r", K.DUPLICATE_VALUES, "id", {"columns": ["id"]}), 1, 2),
        (Rule("r", K.SQL, "age", {"query": "SELECT count(*) FROM {object} WHERE {property} > 100"}), 1, 1),
        (
            Rule("r", K.SQL, "age", {"query": "SELECT COUNT(*) n FROM ${table} WHERE ${column}::INT < 0"}),
            1,
            1,
        ),
        (
            Rule("r", K.VIOLATING_ROWS, None, {"query": "SELECT id FROM crm.customers WHERE age > 100 -- !"}),
            1,
            1,
        ),
    ],
    ids=_kind,
)
def test_a_broken_rule_names_its_rows(check, connection, rule, observed, failing_rows):
    result = check(PEOPLE, COLUMNS, rule)["r"]
    assert not result.is_passed
    assert result.is_blocking
    assert (result.observed, result.failing_rows) == (observed, failing_rows)
    assert len(result.samples) == failing_rows
    assert len(connection.execute(result.failing_sql).fetchall()) == failing_rows


@pytest.mark.parametrize(
    "rule",
    [
        Rule("r", K.REQUIRED, "age"),
        Rule("r", K.UNIQUE, "age"),
        Rule("r", K.PRIMARY_KEY, None, {"columns": ["id", "age"]}),
        Rule("r", K.RANGE, "age", {"minimum": -1, "maximum": 200}),
        Rule("r", K.LENGTH, "plan", {"minLength": 2}),
        Rule("r", K.PATTERN, "plan", {"pattern": "[a-z]"}),
        Rule("r", K.INVALID_VALUES, "plan", {"validValues": ["basic", "pro", "b4"]}),
        Rule("r", K.INVALID_VALUES, "age", {}),
        Rule("r", K.DUPLICATE_VALUES, None, {"columns": ["id", "age"]}),
        Rule("r", K.SQL, None, {"query": "SELECT count(*) FROM {object} WHERE age > 500"}),
        Rule("r", K.VIOLATING_ROWS, None, {"query": "SELECT * FROM crm.customers WHERE age > 500"}),
        Rule("r", K.ROW_COUNT, bounds=Bounds(at_least=2, at_most=2)),
    ],
    ids=_kind,
)
def test_a_kept_rule_passes(check, rule):
    result = check(f"{PEOPLE} WHERE id IS NOT NULL AND age IS NOT NULL", COLUMNS, rule)["r"]
    assert result.is_passed, result.message
    assert result.samples == ()


def test_numbers_other_than_failing_rows(check):
    old = {"maximum_age_seconds": 3600}
    results = check(
        PEOPLE,
        COLUMNS,
        Rule("rows", K.ROW_COUNT, bounds=Bounds(above=4)),
        Rule("fresh", K.FRESHNESS, "since", old, Bounds(at_most=86_400)),
        Rule("stale", K.FRESHNESS, "since", old, Bounds(at_most=3600)),
        Rule("mean", K.SQL, None, {"query": "SELECT avg(age) FROM {object}"}, Bounds(above=69)),
        Rule("many", K.NULL_VALUES, "plan", {}, Bounds(above=1)),
    )
    assert [r.is_passed for r in results.values()] == [False, True, False, True, False]
    assert results["rows"].message == "4, must be above 4"
    assert results["fresh"].observed == 86_400
    assert results["stale"].message == "newest value 86400 s old, at most 3600"
    assert results["mean"].observed == pytest.approx(209 / 3)
    assert results["many"].failing_sql is None  # too few nulls: no row is at fault


def test_warnings_do_not_block(check):
    result = check(PEOPLE, COLUMNS, Rule("r", K.REQUIRED, "id", severity=Severity.WARNING))["r"]
    assert not result.is_passed
    assert not result.is_blocking


def test_samples_are_few_and_json(check):
    rows = """
        SELECT range AS id, 1.5::DECIMAL(9,2) AS d, 'nan'::DOUBLE AS f, 'x'::BLOB AS b, {'a': [now()]} AS s
        FROM range(50)
    """
    result = check(rows, {"id": "BIGINT"}, Rule("r", K.RANGE, "id", {"maximum": 9}))["r"]
    assert result.failing_rows == 40
    assert len(result.samples) == MAX_SAMPLES
    json.dumps(result.as_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("bad", K.SQL, None, {"query": "SELECT coun(*) FROM {object}"}), "coun"),
        (Rule("bad", K.SQL, None, {"query": "SELECT FROM WHERE"}), "syntax error"),
        (Rule("bad", K.SQL, None, {"query": "SELECT 'many'"}), "many"),
        (Rule("bad", K.SQL, None, {"query": "SELECT id FROM {object}"}), "more or less than one number"),
        (
            Rule("bad", K.VIOLATING_ROWS, None, {"query": "SELECT * FROM crm.nothing"}),
            "nothing does not exist",
        ),
        (Rule("bad", K.PATTERN, "plan", {"pattern": "("}), "missing )"),
        (Rule("bad", K.RANGE, "plan", {"minimum": 5}), "Cannot compare"),
        (
            Rule(
                "bad",
                K.EXPECTATION,
                None,
                {"type": "expect_column_max_to_be_between", "kwargs": {"clumn": "age"}},
            ),
            "clumn",
        ),
    ],
    ids=_kind,
)
def test_a_rule_that_cannot_run_fails_alone_and_says_why(check, rule, words):
    results = check(PEOPLE, COLUMNS, Rule("good", K.ROW_COUNT, bounds=Bounds(above=0)), rule)
    assert results["good"].is_passed
    assert not results["bad"].is_passed
    assert words in results["bad"].message
    assert "\n" not in results["bad"].message


def test_columns_must_be_the_contracts(check):
    rule = Rule("columns", K.COLUMNS)
    assert check(PEOPLE, COLUMNS, rule)["columns"].is_passed
    shuffled = "SELECT plan, since, age, id FROM (" + PEOPLE + ")"
    assert check(shuffled, COLUMNS, rule)["columns"].is_passed
    wrong = check("SELECT 'a' AS id, 1::BIGINT AS age, 2 AS more, 'x' AS plan", COLUMNS, rule)["columns"]
    assert wrong.message == (
        "column 'age' is BIGINT, the contract says INTEGER; column 'since' is missing; "
        "column 'more' is not in the contract"
    )


def test_a_missing_column_fails_its_own_rules_only(check):
    required = [Rule(name, K.REQUIRED, name) for name in ("id", "plan")]
    results = check("SELECT 'a' AS id", {"id": "VARCHAR", "plan": "VARCHAR"}, *required)
    assert results["id"].is_passed
    assert '"plan" not found' in results["plan"].message


EVERY_KIND = (
    Rule("columns", K.COLUMNS),
    Rule("key", K.PRIMARY_KEY, None, {"columns": ["id", "age"]}),
    Rule("unique", K.UNIQUE, "id"),
    Rule("range", K.RANGE, "age", {"minimum": 0}),
    Rule("length", K.LENGTH, "plan", {"minLength": 1}),
    Rule("pattern", K.PATTERN, "plan", {"pattern": "a"}),
    Rule("invalid", K.INVALID_VALUES, "plan", {"validValues": ["a"]}),
    Rule("castable", K.INVALID_VALUES, "since"),
    Rule("percent", K.NULL_VALUES, "plan", {}, Bounds(at_most=100, unit="percent")),
    Rule("checks", K.VIOLATING_ROWS, None, {"query": "SELECT * FROM crm.customers WHERE age > 5"}),
    Rule(
        "gx", K.EXPECTATION, None, {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "age"}}
    ),
)
FRESH = Rule("fresh", K.FRESHNESS, "since", {"maximum_age_seconds": 1}, Bounds(at_most=1))


def test_an_empty_table_breaks_only_what_needs_rows(check):
    rows = Rule("rows", K.ROW_COUNT, bounds=Bounds(above=0))
    results = check(f"{PEOPLE} WHERE false", COLUMNS, *EVERY_KIND, rows, FRESH)
    assert [name for name, result in results.items() if not result.is_passed] == ["rows", "fresh"]
    assert results["fresh"].message == "no value"


def test_all_null_columns_break_only_the_key_and_freshness(check):
    nulls = f"SELECT people.* FROM ({PEOPLE} WHERE false) AS people RIGHT JOIN range(3) ON false"
    results = check(nulls, COLUMNS, *EVERY_KIND, FRESH)
    assert [name for name, result in results.items() if not result.is_passed] == ["key", "fresh"]
    assert results["key"].failing_rows == 3


ODD = 'größe: "50%" of :x $1 {object}'


def test_any_name_and_text_is_data(check):
    quoted = '"' + ODD.replace('"', '""') + '"'
    text = "it's 100% :of {object} \\ $1 “ü” 🦆"
    rows = f"SELECT '{text.replace(chr(39), chr(39) * 2)}' AS {quoted}"
    results = check(
        rows,
        {ODD: "VARCHAR"},
        Rule("columns", K.COLUMNS),
        Rule("required", K.REQUIRED, ODD),
        Rule("valid", K.INVALID_VALUES, ODD, {"validValues": [text]}),
        Rule("pattern", K.PATTERN, ODD, {"pattern": "100% :of.*🦆$"}),
        Rule("length", K.LENGTH, ODD, {"minLength": len(text), "maxLength": len(text)}),
        Rule(
            "sql", K.SQL, ODD, {"query": "SELECT count(*) FROM {object} WHERE {property} LIKE '%:nothing%'"}
        ),
        Rule("bad", K.INVALID_VALUES, ODD, {"validValues": [text[:-1]]}),
    )
    assert [name for name, result in results.items() if not result.is_passed] == ["bad"]
    assert results["bad"].samples == ({ODD: text},)


def test_decimals_zones_and_nested_columns(check):
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
    results = check(
        rows,
        columns,
        Rule("columns", K.COLUMNS),
        Rule("paid", K.RANGE, "paid", {"minimum": 0.1, "maximum": 0.1}),
        Rule("seen", K.RANGE, "seen", {"minimum": "2024-01-01 23:00:00+00:00"}),
        Rule("fresh", K.FRESHNESS, "seen", {"maximum_age_seconds": 3600}, Bounds(at_most=3600)),
        Rule("items", K.LENGTH, "items", {"maxLength": 2}),
        Rule("key", K.PRIMARY_KEY, None, {"columns": ["items", "nested", "seen"]}),
        Rule("on", K.INVALID_VALUES, "is_on", {"validValues": [True]}),
        Rule("nested", K.REQUIRED, "nested"),
        Rule("off", K.INVALID_VALUES, "is_on", {"validValues": [False]}),
    )
    assert [name for name, result in results.items() if not result.is_passed] == ["off"]
    assert results["fresh"].observed == 3600


def test_the_owners_transaction_and_views_are_seen_and_left_alone(check, connection):
    connection.execute("BEGIN")
    connection.execute("CREATE TEMP VIEW own AS SELECT 1 AS id")
    rule = Rule("r", K.VIOLATING_ROWS, None, {"query": "SELECT * FROM own"})
    assert check("SELECT 1 AS id", {"id": "INTEGER"}, rule)["r"].failing_rows == 1
    connection.execute("ROLLBACK")
    assert connection.execute("SELECT count(*) FROM duckdb_views() WHERE view_name = 'own'").fetchone() == (
        0,
    )


def test_all_aggregates_travel_in_one_query(check, connection):
    rules = [Rule(f"r{n}", K.RANGE, "age", {"maximum": n + 200}) for n in range(10)]
    connection.execute("CALL enable_logging('QueryLog')")
    assert all(
        result.is_passed for result in check(PEOPLE, COLUMNS, *rules, Rule("u", K.UNIQUE, "age")).values()
    )
    connection.execute("CALL disable_logging()")
    logged = connection.execute("SELECT message FROM duckdb_logs WHERE type = 'QueryLog'").fetchall()
    assert sum("FILTER" in message for (message,) in logged) == 1


def test_nothing_to_check_imports_nothing():
    code = (
        "import sys, duckdb; from pipelines.audit.audit import audit;"
        "from pipelines.audit.duckdb_relation import DuckDBRelation;"
        "audit(DuckDBRelation(duckdb.connect(), 't'), (), contract=None);"
        "print({'great_expectations', 'sqlalchemy', 'pandas'} & set(sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "set()\n"
    )


def test_auditing_prints_and_writes_nothing(tmp_path):
    code = """
import duckdb
from pipelines.audit.audit import audit
from pipelines.audit.duckdb_relation import DuckDBRelation
from pipelines.contract.model import Column, Contract, Rule, RuleKind
from pipelines.names import ProductName
connection = duckdb.connect()
connection.execute("CREATE TABLE t AS SELECT 1 AS id")
rules = (Rule("a", RuleKind.REQUIRED, "id"), Rule("b", RuleKind.SQL, None, {"query": "SELECT nonsense"}))
contract = Contract(ProductName("a", "b"), "", "", "", "", "", "", (Column("id", "INTEGER"),), rules)
audit(DuckDBRelation(connection, "t"), rules, contract=contract)
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert (run.stdout, run.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_rows_that_cannot_be_read_are_no_failed_check(check, connection, tmp_path):
    file = tmp_path / "rows.parquet"
    connection.execute(f"COPY (SELECT range AS id FROM range(3)) TO '{file}'")
    connection.execute(f"CREATE VIEW crm.files AS SELECT * FROM read_parquet('{file}')")
    file.unlink()
    with pytest.raises(BuildError, match=r"rows\.parquet"):
        check(
            "SELECT 1 AS id",
            {"id": "INTEGER"},
            Rule("r", K.SQL, None, {"query": "SELECT count(*) FROM crm.files"}),
        )
