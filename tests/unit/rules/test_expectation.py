"""Which of Great Expectations' own expectations a contract may name."""

from __future__ import annotations

import pytest

from meshlake.column import Column
from meshlake.rules.expectation import check_expectation

COLUMNS = {"id": "INTEGER", "v": "DECIMAL(3,1)", "s": "VARCHAR"}


@pytest.mark.parametrize(
    ("kind", "kwargs", "words"),
    [
        ("expect_column_values_to_match_regex", {"column": "s", "regex": "a"}, "pattern"),
        ("expect_column_values_to_be_of_type", {"column": "s", "type_": "VARCHAR"}, "physicalType"),
        ("expect_column_value_to_be_between", {"column": "v"}, "Did you mean"),
        ("expect_column_max_to_be_between", {"column": "w", "max_value": 1}, "'w' is no column"),
        ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT 1"}, "{batch}"),
    ],
)
def test_others_are_refused_when_the_contract_is_read(kind, kwargs, words):
    columns = tuple(Column(name, type_text) for name, type_text in COLUMNS.items())
    with pytest.raises(ValueError, match=words):
        check_expectation(kind, kwargs, columns)
