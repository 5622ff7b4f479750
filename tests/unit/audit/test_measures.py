from __future__ import annotations

import pytest

from meshlake.audit.measures import literal, measure
from meshlake.column import Column
from meshlake.contract.model import Bounds, Contract, Rule, RuleKind
from meshlake.names import ProductName

CONTRACT = Contract(ProductName("crm", "customers"), "", "", "", "", "", "", (Column("age", "INTEGER"),), ())


@pytest.mark.parametrize(
    ("value", "type_text", "sql"),
    [
        ("it's", "VARCHAR", "'it''s'"),
        ("2024-01-01", "DATE", "CAST('2024-01-01' AS DATE)"),
        (5, "BIGINT", "5"),
        (1e-07, "DOUBLE", "1e-07"),
        (True, "BOOLEAN", "TRUE"),
    ],
)
def test_literals(value, type_text, sql):
    assert literal(value, type_text) == sql


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
    rule = Rule("r", RuleKind.SQL, None, {"query": query}, Bounds(at_most=0))
    assert measure(rule, CONTRACT, '"crm"."customers"', 0.0).failing_sql == rows
