from __future__ import annotations

import pytest
from open_data_contract_standard.model import DataQuality

from meshlake.column import Column
from meshlake.rules.bounds import Bounds
from meshlake.rules.facts import FactError
from meshlake.rules.measure import AuditedTable
from meshlake.rules.sql import Sql
from meshlake.types.tree import Scalar

TABLE = AuditedTable('"crm"."customers"', (Column("age", Scalar.INTEGER),), 0.0)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT count(*) FROM {object} WHERE age > 1", 'SELECT * FROM "crm"."customers" WHERE age > 1'),
        (
            "select count(*) as n from {object} t join x using (id)",
            'SELECT * FROM "crm"."customers" AS t JOIN x USING (id)',
        ),
        ("SELECT count(age) FROM {object}", None),
        ("SELECT count(*) / 2 FROM {object}", None),
        ("SELECT count(*) FROM {object} GROUP BY age", None),
        ("SELECT count(*) FROM {object} LIMIT 1", None),
        ("SELECT max(age) FROM {object}", None),
        ("no SQL at all", None),
    ],
)
def test_the_rows_a_plain_count_counts(query, rows):
    rule = Sql("r", None, {"query": query}, Bounds(at_most=0))
    assert rule.measure(TABLE).failing_sql == rows


@pytest.mark.parametrize("placeholder", ["{property}", "${column}"])
def test_a_rule_of_the_table_has_no_column_to_name(placeholder):
    query = f"SELECT count(*) FROM {{object}} WHERE {placeholder} < 0"
    with pytest.raises(FactError, match="stands for a column, and this rule is of the table"):
        Sql.read_arguments(DataQuality(type="sql", query=query), None, TABLE.columns)
    assert Sql.read_arguments(DataQuality(type="sql", query=query), TABLE.columns[0], TABLE.columns)


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("SELECT count(*) FROM {object} WHERE {property} > 1", 'count(CASE WHEN "age" > 1 THEN 1 END)'),
        ("SELECT count(*) FROM ${table}", "count(*)"),
        ("select max(age) - min({column})\nfrom {object}", 'max(age) - min("age")'),
        ("SELECT count(DISTINCT CAST(age AS DATE)) FROM {object}", "count(DISTINCT CAST(age AS DATE))"),
        ("SELECT count(*) AS n FROM {object}", None),
        ("SELECT count(*) FROM {object} t WHERE t.age > 1", None),
        ("SELECT count(*) FROM {object} WHERE age > 1 GROUP BY age", None),
        ("SELECT count(*) FROM {object} WHERE age IN (SELECT age FROM crm.others)", None),
        ("SELECT avg(age) FROM {object} WHERE age > 1", None),
        ("SELECT max(age) + age FROM {object}", None),
        ("SELECT max(age) OVER () FROM {object}", None),
        ("SELECT count(*), max(age) FROM {object}", None),
        ("SELECT age FROM {object}", None),
        ("SELECT 1 FROM {object}", None),
        ("SELECT avg(age) FROM crm.others", None),
        ("SELECT count(*) FROM {object} WHERE age > 1 -- years", None),
        ("SELECT count(*) FROM (SELECT DISTINCT age FROM {object})", None),
    ],
)
def test_an_aggregate_of_the_same_rows_that_gives_the_number(query, expression):
    assert Sql("r", "age", {"query": query}, Bounds(at_most=0)).measure(TABLE).expression == expression
