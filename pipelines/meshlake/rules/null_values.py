"""The library metric `nullValues`."""

from __future__ import annotations

from typing import ClassVar

from meshlake.rules.measure import Aggregate, AuditedTable, failing_rows
from meshlake.rules.quality_rule import Metric


class NullValues(Metric):
    """How many rows have no value in a column."""

    kind: ClassVar[str] = "nullValues"

    def measure(self, table: AuditedTable) -> Aggregate:
        return failing_rows(f"{self.column_sql} IS NULL", table)

    def is_told_by_a_day(self, day_column: str) -> bool:
        return self.bounds.lets_none_fail
