"""The library metric `missingValues`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.rules.facts import fitted_list
from meshlake.rules.measure import Aggregate, AuditedTable, failing_rows
from meshlake.rules.quality_rule import Metric
from meshlake.rules.values import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.column import Column


class MissingValues(Metric):
    """How many rows have no value in a column, or one of argument `missingValues`, which mean that there is none."""

    kind: ClassVar[str] = "missingValues"
    takes: ClassVar[tuple[str, ...]] = ("missingValues",)

    @classmethod
    def checked(
        cls, arguments: Mapping[str, Any], of: tuple[Column, ...], columns: tuple[Column, ...]
    ) -> dict[str, Any]:
        (column,) = of
        return {key: fitted_list(value, key, column) for key, value in arguments.items()}

    def measure(self, table: AuditedTable) -> Aggregate:
        kind = table.type_of(self.column)
        values = ", ".join(literal(value, kind) for value in self.arguments.get("missingValues", ()))
        listed_too = f" OR {self.column_sql} IN ({values})" if values else ""
        return failing_rows(f"{self.column_sql} IS NULL{listed_too}", table)

    def is_told_by_a_day(self, day_column: str) -> bool:
        return self.bounds.lets_none_fail
