"""The library metric `invalidValues`, which an enumeration of a property means, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from meshlake.rules.facts import fitted, fitted_list, rule_name
from meshlake.rules.measure import Aggregate, AuditedTable, failing_rows
from meshlake.rules.pattern import checked_pattern, is_unlike
from meshlake.rules.quality_rule import Metric
from meshlake.rules.values import literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from open_data_contract_standard.model import SchemaProperty

    from meshlake.column import Column


class InvalidValues(Metric):
    """How many values are none of argument `validValues`, or unlike argument `pattern`.

    Without an argument: how many cannot be cast, which the build settles before it writes the rows.
    """

    kind: ClassVar[str] = "invalidValues"
    takes: ClassVar[tuple[str, ...]] = ("validValues", "pattern")

    @classmethod
    def of_property(cls, prop: SchemaProperty, column: Column) -> Iterator[Self]:
        if prop.enum is not None:
            valid = [fitted(item.value, column, "enum") for item in prop.enum]
            name, description = column.name, f"{column.name} is one of {', '.join(map(str, valid))}"
            yield cls(rule_name(f"{name}_enum"), name, {"validValues": valid}, description=description)

    @classmethod
    def checked(
        cls, arguments: Mapping[str, Any], of: tuple[Column, ...], columns: tuple[Column, ...]
    ) -> dict[str, Any]:
        (column,), checked = of, dict[str, Any]()
        if "validValues" in arguments:
            checked["validValues"] = fitted_list(arguments["validValues"], "validValues", column)
        if "pattern" in arguments:
            checked["pattern"] = checked_pattern(arguments["pattern"], column, "arguments")
        return checked

    @classmethod
    def default_word(cls, arguments: Mapping[str, Any]) -> str:
        return super().default_word(arguments) if arguments else "castable"

    def measure(self, table: AuditedTable) -> Aggregate:
        column, kind, parts = self.column_sql, table.type_of(self.column), []
        if "validValues" in self.arguments:
            values = ", ".join(literal(value, kind) for value in self.arguments["validValues"])
            # SQL has no empty list; with no valid value every value is invalid.
            parts.append(f"{column} NOT IN ({values})" if values else f"{column} IS NOT NULL")
        if "pattern" in self.arguments:
            parts.append(is_unlike(column, self.arguments["pattern"]))
        if not parts:
            parts.append(f"{column} IS NOT NULL AND TRY_CAST({column} AS {kind}) IS NULL")
        return failing_rows(" OR ".join(parts), table)

    def is_told_by_a_day(self, day_column: str) -> bool:
        return self.bounds.lets_none_fail

    @property
    def is_about_casts(self) -> bool:
        return not self.arguments
