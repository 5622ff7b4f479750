"""The rule that the columns of a primary key identify a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.rules.measure import Aggregate
from meshlake.rules.repetition import Repetition, all_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.column import Column
    from meshlake.rules.measure import AuditedTable


class PrimaryKey(Repetition):
    """No part of the key is null, and no key occurs twice. Argument `columns`: the key's, in its order."""

    kind: ClassVar[str] = "primary_key"

    @classmethod
    def of_table(cls, columns: tuple[Column, ...]) -> Iterator[Self]:
        keyed = [(c.primary_key_position, c.name) for c in columns if c.primary_key_position is not None]
        names = [name for _, name in sorted(keyed)]
        if names:
            description = f"{', '.join(names)} identify one row"
            yield cls("primary_key", arguments={"columns": names}, description=description)

    def measure(self, table: AuditedTable) -> Aggregate:
        given = self.key_is_given()
        return Aggregate(
            f"count(*) - count(DISTINCT {self.key_sql()}) FILTER (WHERE {given})",
            f"{all_columns(table)} QUALIFY NOT ({given}) OR {self.key_is_shared()}",
        )
