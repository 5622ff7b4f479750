from __future__ import annotations

import pytest

from meshlake.rules.columns import differences
from meshlake.types.duckdb import parse


@pytest.mark.parametrize(
    ("actual", "expected", "wrong"),
    [
        ({"a": "INTEGER", "b": "DATE"}, {"b": "DATE", "a": "INTEGER"}, []),
        ({"s": 'STRUCT(a INTEGER, "b c" DATE)[]'}, {"s": 'STRUCT("a" INTEGER, "b c" DATE)[]'}, []),
        ({"a": "HUGEINT"}, {"a": "BIGINT"}, ["column 'a' is HUGEINT, the contract says BIGINT"]),
        (
            {"a": "DECIMAL(4,1)"},
            {"a": "DECIMAL(4,2)"},
            ["column 'a' is DECIMAL(4,1), the contract says DECIMAL(4,2)"],
        ),
        ({}, {"a": "DATE"}, ["column 'a' is missing"]),
        ({"a": "DATE"}, {}, ["column 'a' is not in the contract"]),
    ],
)
def test_differences(actual, expected, wrong):
    given, promised = (
        {name: parse(text) for name, text in columns.items()} for columns in (actual, expected)
    )
    assert differences(given, promised) == wrong
