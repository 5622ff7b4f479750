"""The rule that a column has no value twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.rules.facts import rule_name
from meshlake.rules.repetition import Repetition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_data_contract_standard.model import SchemaProperty

    from meshlake.column import Column


class Unique(Repetition):
    """A column has no value twice."""

    kind: ClassVar[str] = "unique"

    @classmethod
    def of_property(cls, prop: SchemaProperty, column: Column) -> Iterator[Self]:
        if prop.unique:
            name = column.name
            yield cls(rule_name(f"{name}_unique"), name, description=f"No {name} occurs twice")
