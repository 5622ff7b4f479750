"""The rule that a column's values lie within a range."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.rules.facts import FactError, fitted, rule_name
from meshlake.rules.measure import Aggregate, AuditedTable, failing_rows
from meshlake.rules.rule import Rule
from meshlake.rules.values import literal
from meshlake.types.tree import FLOATS, is_ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_data_contract_standard.model import SchemaProperty

    from meshlake.column import Column

_FAILS = {"minimum": "<", "maximum": ">", "exclusiveMinimum": "<=", "exclusiveMaximum": ">="}


class Range(Rule):
    """Values lie within the arguments given: minimum, maximum, exclusiveMinimum, exclusiveMaximum."""

    kind: ClassVar[str] = "range"
    options: ClassVar[tuple[str, ...]] = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")

    @classmethod
    def of_property(cls, prop: SchemaProperty, column: Column) -> Iterator[Self]:
        given = prop.logicalTypeOptions or {}
        limits = {
            key: fitted(given[key], column, "logicalTypeOptions") for key in cls.options if key in given
        }
        if not limits:
            return
        if not is_ordered(column.type):
            raise FactError("logicalTypeOptions", f"a column of type {column.type} has no range")
        words = ", ".join(f"{key} {value}" for key, value in limits.items())
        description = f"{column.name} lies within {words}"
        yield cls(rule_name(f"{column.name}_range"), column.name, limits, description=description)

    def measure(self, table: AuditedTable) -> Aggregate:
        kind = table.type_of(self.column)
        parts = [
            f"{self.column_sql} {sign} {literal(self.arguments[key], kind)}"
            for key, sign in _FAILS.items()
            if key in self.arguments
        ]
        if kind in FLOATS and self.arguments.keys() & {"maximum", "exclusiveMaximum"}:
            # NaN is above every number on DuckDB, and neither above nor below any on Trino.
            parts.append(f"isnan({self.column_sql})")
        return failing_rows(" OR ".join(parts), table)

    def is_told_by_a_day(self, day_column: str) -> bool:
        return True
