"""A contract asks that the newest day is like days before it; what it asks wrongly is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from open_data_contract_standard.model import DataQuality

from meshlake.column import Column, Severity
from meshlake.rules.as_usual import AsUsual
from meshlake.rules.facts import FactError
from meshlake.rules.kinds import quality_rule
from meshlake.rules.measure import AuditedTable
from meshlake.types.tree import Scalar

COLUMNS = (Column("day", Scalar.TIMESTAMP), Column("plan", Scalar.VARCHAR), Column("amount", Scalar.INTEGER))
NOW = datetime(2026, 4, 10, 7, tzinfo=UTC).timestamp()


def _rule(column: Column | None = None, **asked: object) -> AsUsual:
    item = DataQuality(type="custom", engine="meshlake", implementation=asked, severity="warning")
    rule = quality_rule(item, column, COLUMNS)
    assert isinstance(rule, AsUsual)
    return rule


def test_the_rows_of_days_that_are_over_are_asked_for_and_late_ones():
    rule = _rule(asUsual="rowCount", day="day", lateAfterDays=2)
    measure = rule.measure(AuditedTable('"a"."b"', COLUMNS, NOW))
    assert (rule.name, rule.severity) == ("rows_as_usual", Severity.WARNING)
    assert (measure.day, measure.aggregates) == ('CAST("day" AS DATE)', ())
    assert (measure.end, measure.last) == (date(2026, 4, 10), date(2026, 4, 8))


@pytest.mark.parametrize(
    ("column", "asked", "told"),
    [
        (None, {"asUsual": "rows", "day": "day"}, "none of rowCount, nullValues, mean"),
        (None, {"asUsual": "rowCount", "day": "dya"}, "'dya' is no column"),
        (None, {"asUsual": "rowCount", "day": "plan"}, "not a date or timestamp"),
        (None, {"asUsual": "mean", "day": "day"}, "a column's quality"),
        (COLUMNS[1], {"asUsual": "rowCount", "day": "day"}, "the quality of the schema"),
        (COLUMNS[1], {"asUsual": "mean", "day": "day"}, "has no mean"),
        (None, {"asUsual": "rowCount", "day": "day", "lateAfterDays": 0}, "a number of days"),
        (None, {"asUsual": "rowCount", "day": "day", "least": 0}, "takes no 'least'"),
    ],
)
def test_what_cannot_be_asked_is_told(column, asked, told):
    with pytest.raises(FactError, match=told):
        _rule(column, **asked)
