"""The rule that a column's values lie within a range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from meshlake.rules.facts import FactError, fitted, rule_name
from meshlake.rules.measure import Aggregate, AuditedTable, failing_rows
from meshlake.rules.rule import Rule
from meshlake.rules.values import literal
from meshlake.types.odcs import whole_range
from meshlake.types.tree import FLOATS, INTEGERS, is_ordered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from open_data_contract_standard.model import SchemaProperty

    from meshlake.column import Column

_BIGINT_BITS = 64
_FAILS = {"minimum": "<", "maximum": ">", "exclusiveMinimum": "<=", "exclusiveMaximum": ">="}


# What a contract calls the format of integers: the bits they have, of which a sign is one.
BITS = {f"{sign}{bits}": (sign, bits) for sign in "iu" for bits in (8, 16, 32, 64, 128)}


class Range(Rule):
    """Values lie within the arguments given: minimum, maximum, exclusiveMinimum, exclusiveMaximum."""

    kind: ClassVar[str] = "range"
    options: ClassVar[tuple[str, ...]] = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")

    @classmethod
    def of_property(cls, prop: SchemaProperty, column: Column) -> Iterator[Self]:
        given = _limits(prop.logicalTypeOptions or {})
        limits = {
            key: fitted(given[key], column, "logicalTypeOptions") for key in cls.options if key in given
        }
        if column.type in INTEGERS:
            limits = _within_bits((prop.logicalTypeOptions or {}).get("format"), limits)
            if (narrow := whole_range(prop.physicalType or "")) is not None:
                limits = _within(dict(zip(("minimum", "maximum"), narrow, strict=True)), limits)
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


def _limits(given: Mapping[str, Any]) -> dict[str, Any]:
    """The limits as ODCS 3.1 states them; 3.0 says by true that `minimum` or `maximum` is one that no value has."""
    limits = dict(given)
    for exclusive, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(given.get(exclusive), bool):
            del limits[exclusive]
            if given[exclusive] and plain in limits:
                limits[exclusive] = limits.pop(plain)
    return limits


def _within_bits(format_: object, limits: dict[str, Any]) -> dict[str, Any]:
    """`limits`, and those of integers of so many bits, as far as a BIGINT has values beyond them."""
    if format_ not in BITS:
        return limits
    sign, bits = BITS[str(format_)]
    bounds = {"minimum": 0} if sign == "u" else {}
    if bits < _BIGINT_BITS:
        power = bits - 1 if sign == "i" else bits
        bounds |= {"minimum": -(2**power) if sign == "i" else 0, "maximum": 2**power - 1}
    return _within(bounds, limits)


def _within(bounds: Mapping[str, int], limits: dict[str, Any]) -> dict[str, Any]:
    closest = {"minimum": max, "maximum": min}
    return limits | {
        key: closest[key](bound, limits[key]) if key in limits else bound for key, bound in bounds.items()
    }
