"""The rule that a column is never null."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.rules.facts import rule_name
from meshlake.rules.measure import Aggregate, AuditedTable, failing_rows
from meshlake.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_data_contract_standard.model import SchemaProperty

    from meshlake.column import Column


class Required(Rule):
    """A column has no null."""

    kind: ClassVar[str] = "required"

    @classmethod
    def of_property(cls, prop: SchemaProperty, column: Column) -> Iterator[Self]:
        if prop.required:
            name = column.name
            yield cls(rule_name(f"{name}_required"), name, description=f"{name} is never null")

    def measure(self, table: AuditedTable) -> Aggregate:
        return failing_rows(f"{self.column_sql} IS NULL", table)

    def is_told_by_a_day(self, day_column: str) -> bool:
        return True
