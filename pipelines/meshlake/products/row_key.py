"""A key for rows that have none: what stands in a row, as it landed, and a number where another row says just the same.

It names a row as long as that lands as it is, in whatever file and place. A row of which one value becomes another has
another key: nobody said that both are of one customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.column import Column

# No column is called so: a control character begins it.
_NUMBER = '"\x02number"'


@dataclass(frozen=True)
class RowKey:
    """The key column `column`, made of the landed columns `landed`."""

    column: Column
    landed: tuple[str, ...]

    @property
    def cell_sql(self) -> str:
        """The digest (MD5, 32 hexadecimal digits) of the row's cells as text, alike on DuckDB and Trino.

        Each cell is led by its length, so that no two rows of other cells make one text.
        """
        return (
            f"MD5({_joined([_told(name) for name in self.landed])}) AS {quote_identifier(self.column.name)}"
        )

    def numbered(self, rows_sql: str, columns: Sequence[Column]) -> str:
        """The rows of `rows_sql`, the second that has one digest ending in `-2`; `columns` are theirs, in order.

        Rows of one digest that are otherwise not alike, of columns that the key is not made of, go by these.
        """
        key = quote_identifier(self.column.name)
        names = {each.name: quote_identifier(each.name) for each in columns}
        others = [names[each.name] for each in columns if not self._tells(each)]
        order = f" ORDER BY {', '.join(others)}" if others else ""
        told = (
            f"CASE WHEN {_NUMBER} = 1 THEN {key} ELSE {key} || '-' || CAST({_NUMBER} AS VARCHAR) END AS {key}"
        )
        cells = ", ".join(told if cell == key else cell for cell in names.values())
        number = f"ROW_NUMBER() OVER (PARTITION BY {key}{order}) AS {_NUMBER}"
        return f"SELECT {cells}\nFROM (SELECT *, {number} FROM (\n{rows_sql}\n) AS landed) AS numbered"

    def _tells(self, column: Column) -> bool:
        """Whether rows of one digest have one value of `column`."""
        if column.is_row_key:
            return True
        known = {name.lower() for name in self.landed}
        return column.expression is None and {n.lower() for n in column.sources or (column.name,)} <= known


def _told(landed: str) -> str:
    text = f"CAST({quote_identifier(landed)} AS VARCHAR)"
    return f"COALESCE(CAST(LENGTH({text}) AS VARCHAR) || ':' || {text}, '-')"


def _joined(cells: Sequence[str]) -> str:
    """All in one text: in halves, for engines go no deeper than some hundred operators."""
    if len(cells) == 1:
        return cells[0]
    half = len(cells) // 2
    return f"({_joined(cells[:half])} || {_joined(cells[half:])})"
