"""Which rules the rows of some days decide for all rows."""

from __future__ import annotations

import pytest

from meshlake.column import Severity
from meshlake.rules.bounds import Bounds
from meshlake.rules.columns import Columns
from meshlake.rules.expectation import Expectation
from meshlake.rules.freshness import Freshness
from meshlake.rules.invalid_values import InvalidValues
from meshlake.rules.null_values import NullValues
from meshlake.rules.primary_key import PrimaryKey
from meshlake.rules.range import Range
from meshlake.rules.required import Required
from meshlake.rules.row_count import RowCount
from meshlake.rules.sql import Sql
from meshlake.rules.unique import Unique
from meshlake.rules.violating_rows import ViolatingRows

WARNING = {"severity": Severity.WARNING}


@pytest.mark.parametrize(
    ("kind", "facts", "expected"),
    [
        (Columns, {}, True),
        (Required, {"column": "a"}, True),
        (Range, {"column": "a"}, True),
        (Range, {"column": "a", **WARNING}, False),
        (InvalidValues, {"column": "a"}, True),
        (InvalidValues, {"column": "a", "bounds": Bounds(at_most=3)}, False),
        (NullValues, {"column": "a", "bounds": Bounds(at_most=0, unit="percent")}, False),
        (PrimaryKey, {"arguments": {"columns": ["a", "day"]}}, True),
        (PrimaryKey, {"arguments": {"columns": ["a"]}}, False),
        (Unique, {"column": "day"}, True),
        (Unique, {"column": "a"}, False),
        (RowCount, {"bounds": Bounds(above=0)}, False),
        (Freshness, {"column": "day", **WARNING}, False),
        (Sql, {}, False),
        (Expectation, {}, False),
        (ViolatingRows, {}, False),
        (ViolatingRows, {"is_day_by_day": True}, True),
    ],
)
def test_a_rule_holds_day_by_day_when_no_row_may_fail_and_a_day_tells_by_itself(kind, facts, expected):
    assert kind("rule", **facts).holds_day_by_day("day") is expected
