"""The library metric `rowCount`."""

from __future__ import annotations

from typing import ClassVar

from meshlake.rules.measure import Aggregate, AuditedTable
from meshlake.rules.quality_rule import Metric


class RowCount(Metric):
    """How many rows there are."""

    kind: ClassVar[str] = "rowCount"
    units: ClassVar[tuple[str, ...]] = ("rows",)
    is_of_column: ClassVar[bool] = False
    is_of_table: ClassVar[bool] = True
    is_of_row_count: ClassVar[bool] = True

    def measure(self, table: AuditedTable) -> Aggregate:
        return Aggregate("count(*)")
