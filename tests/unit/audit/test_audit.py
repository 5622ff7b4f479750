"""What only DuckDB's audit does; what every engine's does is in tests/engines."""

from __future__ import annotations

import datetime
import subprocess
import sys

import pytest

from meshlake.audit.audit import audit
from meshlake.engines.duckdb.relation import DuckDBRelation
from meshlake.errors import BuildError
from meshlake.rules.bounds import Bounds
from meshlake.rules.measure import ByDay
from meshlake.rules.range import Range
from meshlake.rules.rule import Rule
from meshlake.rules.sql import Sql
from meshlake.rules.unique import Unique
from meshlake.rules.violating_rows import ViolatingRows
from support.auditing import NAME, contract_of

PEOPLE = """
    SELECT * FROM (VALUES
        ('a', 10, 'basic', DATE '2024-01-01'), ('b', 200, 'pro', DATE '2023-12-01'),
        ('b', NULL, NULL, DATE '2023-11-01'), (NULL, -1, 'b4', NULL)
    ) AS people (id, age, plan, since)
"""
COLUMNS = {"id": "VARCHAR", "age": "INTEGER", "plan": "VARCHAR", "since": "DATE"}


def test_the_owners_transaction_and_views_are_seen_and_left_alone(check, connection):
    connection.execute("BEGIN")
    connection.execute("CREATE TEMP VIEW own AS SELECT 1 AS id")
    rule = ViolatingRows("r", None, {"query": "SELECT * FROM own"})
    assert check("SELECT 1 AS id", {"id": "INTEGER"}, rule)["r"].failing_rows == 1
    connection.execute("ROLLBACK")
    assert connection.execute("SELECT count(*) FROM duckdb_views() WHERE view_name = 'own'").fetchone() == (
        0,
    )


class Watched(Rule):
    """A kind of another distribution's, which asks for a day as usual."""

    kind = "watched"

    def measure(self, table):
        return ByDay("since", datetime.date(2024, 1, 2))


def test_whatever_kind_asks_for_a_day_as_usual_gets_it_judged(check):
    found = check(PEOPLE, COLUMNS, Watched("r"))["r"]
    assert found.message == "1 row on Monday 2024-01-01; too few days before it to compare with"


def queries_of(connection, check, *rules):
    """The statements over the audited rows that checking `rules` runs, none of which may fail."""
    connection.execute("CALL enable_logging('QueryLog')")
    results = check(PEOPLE, COLUMNS, *rules)
    connection.execute("CALL disable_logging()")
    assert [name for name, result in results.items() if not result.is_passed] == []
    logged = connection.execute("SELECT message FROM duckdb_logs WHERE type = 'QueryLog'").fetchall()
    return [message for (message,) in logged if '"crm"."customers"' in message]


def test_all_aggregates_travel_in_one_query(check, connection):
    rules = [Range(f"r{n}", "age", {"maximum": n + 200}) for n in range(10)]
    stated = [
        ("SELECT count(*) FROM {object} WHERE {property} > 300", Bounds(at_most=0)),
        ("SELECT avg({property}) FROM {object}", Bounds(at_least=0)),
        ("SELECT CASE WHEN min({property}) < max({property}) THEN 2 ELSE 1 END FROM ${table}", Bounds(2)),
    ]
    rules += [Sql(f"s{n}", "age", {"query": query}, bound) for n, (query, bound) in enumerate(stated)]
    (query,) = queries_of(connection, check, *rules, Unique("u", "age"))
    assert "count(CASE" in query


def test_of_very_many_aggregates_a_hundred_travel_in_one_query(check, connection):
    rules = [Range(f"r{n}", "age", {"maximum": n + 200}) for n in range(201)]
    assert len(queries_of(connection, check, *rules)) == 3


def test_one_wrong_rule_of_very_many_costs_few_queries(check, connection):
    connection.execute("CALL enable_logging('QueryLog')")
    wrong = Sql("wrong", "age", {"query": "SELECT avg(no_such) FROM {object}"}, Bounds(at_least=0))
    results = check(PEOPLE, COLUMNS, *[Range(f"r{n}", "age", {"maximum": n + 200}) for n in range(99)], wrong)
    logged = connection.execute("SELECT count(*) FROM duckdb_logs WHERE type = 'QueryLog'").fetchone()
    assert [name for name, result in results.items() if not result.is_passed] == ["wrong"]
    assert "no_such" in results["wrong"].message
    assert logged < (20,)


def test_a_where_that_keeps_values_from_a_cast_does_so_beside_other_rules(check):
    query = "SELECT count(*) FROM {object} WHERE plan IN ('b4') AND CAST(plan[2:] AS INTEGER) > 3"
    results = check(PEOPLE, COLUMNS, Sql("codes", None, {"query": query}, Bounds(1, 1)), Unique("u", "age"))
    assert {name: result.observed for name, result in results.items()} == {"codes": 1, "u": 0}


def test_nothing_to_check_imports_nothing():
    code = (
        "import sys, duckdb; from meshlake.audit.audit import audit;"
        "from meshlake.engines.duckdb.relation import DuckDBRelation;"
        "audit(DuckDBRelation(duckdb.connect(), 't'), (), contract=None);"
        "print({'great_expectations', 'sqlalchemy', 'pandas'} & set(sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "set()\n"
    )


def test_rows_that_cannot_be_read_are_no_failed_check(check, connection, tmp_path):
    file = tmp_path / "rows.parquet"
    connection.execute(f"COPY (SELECT range AS id FROM range(3)) TO '{file}'")
    connection.execute(f"CREATE VIEW crm.files AS SELECT * FROM read_parquet('{file}')")
    file.unlink()
    with pytest.raises(BuildError, match=r"rows\.parquet"):
        check(
            "SELECT 1 AS id",
            {"id": "INTEGER"},
            Sql("r", None, {"query": "SELECT count(*) FROM crm.files"}),
        )


def test_audited_rows_that_cannot_be_read_are_no_failed_check(connection, tmp_path):
    file = tmp_path / "rows.parquet"
    connection.execute(f"COPY (SELECT range AS id FROM range(3)) TO '{file}'")
    connection.execute(f"CREATE VIEW crm.customers AS SELECT * FROM read_parquet('{file}')")
    file.unlink()
    rules = [Range("a", "id", {"minimum": 0}), Unique("b", "id")]
    with pytest.raises(BuildError, match=r"rows\.parquet"):
        audit(DuckDBRelation(connection, NAME.sql), rules, contract=contract_of({"id": "BIGINT"}))
