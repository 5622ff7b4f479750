"""The rule that a product's columns are the contract's, by name and type."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.rules.measure import ActualColumns, AuditedTable
from meshlake.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.column import Column


class Columns(Rule):
    """Names and types of the columns are exactly the contract's; their order is free."""

    kind: ClassVar[str] = "columns"

    @classmethod
    def of_table(cls, columns: tuple[Column, ...]) -> Iterator[Self]:  # every contract promises them
        yield cls("columns", description="Column names and types are the contract's")

    def measure(self, table: AuditedTable) -> ActualColumns:
        return ActualColumns({column.name: column.type for column in table.columns})

    def message(self, observed: float | str | None, failing_rows: int | None, *, is_passed: bool) -> str:
        return str(observed)

    def holds_day_by_day(self, day_column: str) -> bool:  # all days have the same columns
        return True
