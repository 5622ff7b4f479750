from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from meshlake.rules.values import fit_value, literal
from meshlake.types.duckdb import parse


@pytest.mark.parametrize(
    ("value", "type_text", "fitted"),
    [
        ("basic", "VARCHAR", "basic"),
        (7, "VARCHAR", "7"),
        (0, "BIGINT", 0),
        (0.5, "DECIMAL(12,2)", 0.5),
        (True, "BOOLEAN", True),
        (date(2024, 1, 5), "DATE", "2024-01-05"),
        ("2024-01-05", "DATE", "2024-01-05"),
        (date(2024, 1, 5), "TIMESTAMP", "2024-01-05 00:00:00"),
        (datetime(2024, 1, 5, 3, tzinfo=UTC), "TIMESTAMP WITH TIME ZONE", "2024-01-05 03:00:00+00:00"),
        ("10:30", "TIME", "10:30:00"),
    ],
)
def test_values_of_the_columns_type_fit(value, type_text, fitted):
    assert fit_value(value, parse(type_text)) == fitted


@pytest.mark.parametrize(
    ("value", "type_text"),
    [
        (True, "VARCHAR"),  # YAML's yes
        (1.1, "VARCHAR"),  # 1.10
        (date(2024, 1, 5), "VARCHAR"),
        ("7", "BIGINT"),
        (True, "BIGINT"),
        (float("nan"), "DOUBLE"),
        (float("inf"), "DOUBLE"),
        (1, "BOOLEAN"),
        ("5 January", "DATE"),
        (630, "TIME"),  # YAML 1.1 reads 10:30 so
        (1, "BIGINT[]"),
    ],
)
def test_other_values_are_refused(value, type_text):
    with pytest.raises(ValueError, match=r"\S"):
        fit_value(value, parse(type_text))


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
    assert literal(value, parse(type_text)) == sql
