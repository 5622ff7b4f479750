"""Keys that occur more than once: what `unique`, `primary_key` and `duplicateValues` have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.names import quote_identifier
from meshlake.rules.measure import Aggregate
from meshlake.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.rules.measure import AuditedTable


class Repetition(Rule):
    """No two rows have the same values in the columns of `key`. Nulls repeat nothing, as in SQL's own UNIQUE."""

    @property
    def key(self) -> Sequence[str]:
        """The columns that are compared: those of argument `columns`, else the rule's own."""
        return self.arguments.get("columns") or [self.column or ""]

    def measure(self, table: AuditedTable) -> Aggregate:
        given, key = self.key_is_given(), self.key_sql()
        return Aggregate(
            f"count(*) FILTER (WHERE {given}) - count(DISTINCT {key}) FILTER (WHERE {given})",
            f"{all_columns(table)} WHERE {given} QUALIFY {self.key_is_shared()}",
        )

    def is_told_by_a_day(self, day_column: str) -> bool:
        return self.bounds.lets_none_fail and day_column in self.key

    def key_sql(self) -> str:
        """The key as one SQL expression."""
        columns = [quote_identifier(name) for name in self.key]
        return columns[0] if len(columns) == 1 else f"({', '.join(columns)})"

    def key_is_given(self) -> str:
        """The condition that no part of the key is null."""
        return " AND ".join(f"{quote_identifier(name)} IS NOT NULL" for name in self.key)

    def key_is_shared(self) -> str:
        """The condition, of a QUALIFY, that more rows than one have the key."""
        return f"count(*) OVER (PARTITION BY {', '.join(map(quote_identifier, self.key))}) > 1"


def all_columns(table: AuditedTable) -> str:
    """The beginning of a SELECT of all rows: Trino has no QUALIFY, and its translation would give * one column more."""
    return f"SELECT {', '.join(quote_identifier(column.name) for column in table.columns)} FROM {table.sql}"
