"""DuckDB's SQL gives the same rows on each engine: literal values in, literal rows out."""

import pytest


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 / 4", 0.25),
        ("7 // 2", 3),
        ("regexp_matches('abc', 'b')", True),
        ("epoch(TIMESTAMP '1970-01-02 00:00:00')", 86400.0),
    ],
)
def test_an_expression(query, expression, expected):
    assert query(f"SELECT {expression}") == [(expected,)]
