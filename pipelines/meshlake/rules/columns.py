"""The rule that a product's columns are the contract's, by name and type."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.rules.measure import ActualColumns, AuditedTable
from meshlake.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from meshlake.column import Column
    from meshlake.types.tree import Type


class Columns(Rule):
    """Names and types of the columns are exactly the contract's; their order is free."""

    kind: ClassVar[str] = "columns"

    @classmethod
    def of_table(cls, columns: tuple[Column, ...]) -> Iterator[Self]:  # every contract promises them
        yield cls("columns", description="Column names and types are the contract's")

    def measure(self, table: AuditedTable) -> ActualColumns:
        promised = {column.name: column.type for column in table.columns}
        return ActualColumns(partial(differences, expected=promised))

    def message(self, observed: float | str | None, failing_rows: int | None, *, is_passed: bool) -> str:
        return str(observed)

    def holds_day_by_day(self, day_column: str) -> bool:  # all days have the same columns
        return True


def differences(actual: Mapping[str, Type], expected: Mapping[str, Type]) -> list[str]:
    """What is wrong with `actual`, in plain words; both are types by column name."""
    wrong = []
    for name, kind in expected.items():
        if name not in actual:
            wrong.append(f"column '{name}' is missing")
        elif actual[name] != kind:
            wrong.append(f"column '{name}' is {actual[name]}, the contract says {kind}")
    wrong.extend(f"column '{name}' is not in the contract" for name in actual if name not in expected)
    return wrong
