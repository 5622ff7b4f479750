"""Which rules the rows of some days decide for all rows."""

from __future__ import annotations

import pytest

from meshlake.audit.scope import holds_day_by_day
from meshlake.column import Severity
from meshlake.contract.model import Bounds, Rule, RuleKind

WARNING = {"severity": Severity.WARNING}


@pytest.mark.parametrize(
    ("kind", "facts", "expected"),
    [
        (RuleKind.COLUMNS, {}, True),
        (RuleKind.REQUIRED, {"column": "a"}, True),
        (RuleKind.RANGE, {"column": "a"}, True),
        (RuleKind.RANGE, {"column": "a", **WARNING}, False),
        (RuleKind.INVALID_VALUES, {"column": "a"}, True),
        (RuleKind.INVALID_VALUES, {"column": "a", "bounds": Bounds(at_most=3)}, False),
        (RuleKind.NULL_VALUES, {"column": "a", "bounds": Bounds(at_most=0, unit="percent")}, False),
        (RuleKind.PRIMARY_KEY, {"arguments": {"columns": ["a", "day"]}}, True),
        (RuleKind.PRIMARY_KEY, {"arguments": {"columns": ["a"]}}, False),
        (RuleKind.UNIQUE, {"column": "day"}, True),
        (RuleKind.UNIQUE, {"column": "a"}, False),
        (RuleKind.ROW_COUNT, {"bounds": Bounds(above=0)}, False),
        (RuleKind.FRESHNESS, {"column": "day", **WARNING}, False),
        (RuleKind.SQL, {}, False),
        (RuleKind.EXPECTATION, {}, False),
        (RuleKind.VIOLATING_ROWS, {}, False),
        (RuleKind.VIOLATING_ROWS, {"is_day_by_day": True}, True),
    ],
)
def test_a_rule_holds_day_by_day_when_no_row_may_fail_and_a_day_tells_by_itself(kind, facts, expected):
    assert holds_day_by_day(Rule("rule", kind, **facts), "day") is expected
