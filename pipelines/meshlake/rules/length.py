"""The rule that texts or lists are of a length."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.rules.facts import FactError, rule_name
from meshlake.rules.measure import Aggregate, AuditedTable, failing_rows
from meshlake.rules.rule import Rule
from meshlake.types.odcs import text_width
from meshlake.types.tree import ListOf, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_data_contract_standard.model import SchemaProperty

    from meshlake.column import Column

_ARGUMENTS = {
    "minLength": "minLength",
    "maxLength": "maxLength",
    "minItems": "minLength",
    "maxItems": "maxLength",
}
_FAILS = {"minLength": "<", "maxLength": ">"}


class Length(Rule):
    """Texts have as many characters, lists as many items, as the arguments given allow: minLength, maxLength."""

    kind: ClassVar[str] = "length"
    options: ClassVar[tuple[str, ...]] = (*_ARGUMENTS, "dimensions")

    @classmethod
    def of_property(cls, prop: SchemaProperty, column: Column) -> Iterator[Self]:
        given = prop.logicalTypeOptions or {}
        lengths = {_ARGUMENTS[key]: _length(given[key], key) for key in _ARGUMENTS if key in given}
        if prop.logicalType == "vector" and "dimensions" in given:
            lengths = dict.fromkeys(_FAILS, _length(given["dimensions"], "dimensions"))
        if (width := text_width(prop.physicalType or "")) is not None and column.type is Scalar.VARCHAR:
            lengths["maxLength"] = min(width, lengths.get("maxLength", width))
        if not lengths:
            return
        if column.type is not Scalar.VARCHAR and not isinstance(column.type, ListOf):
            raise FactError("logicalTypeOptions", f"a column of type {column.type} has no length")
        words = ", ".join(f"{key} {value}" for key, value in lengths.items())
        description = f"The length of {column.name} lies within {words}"
        yield cls(rule_name(f"{column.name}_length"), column.name, lengths, description=description)

    def measure(self, table: AuditedTable) -> Aggregate:
        length = "array_length" if isinstance(table.type_of(self.column), ListOf) else "length"
        parts = (
            f"{length}({self.column_sql}) {sign} {self.arguments[key]}"
            for key, sign in _FAILS.items()
            if key in self.arguments
        )
        return failing_rows(" OR ".join(parts), table)

    def is_told_by_a_day(self, day_column: str) -> bool:
        return True


def _length(value: object, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise FactError("logicalTypeOptions", f"{key} {value!r} is not a whole number from 0")
    return value
