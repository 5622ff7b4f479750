"""The rows of a table of PostgreSQL as the engines want them, in its own SQL where they cannot read it as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from meshlake.sources.catalog import TableName
    from meshlake.sources.postgresql.columns import TableColumn


@dataclass(frozen=True)
class TableRows:
    """All rows of `table`; `sample` is the clause of PostgreSQL's that leaves some of them out, '' for none."""

    table: TableName
    columns: tuple[TableColumn, ...]
    sample: str = ""

    @property
    def is_native(self) -> bool:
        """Whether both engines read it as it is, so that PostgreSQL need neither cast a column nor sample the rows."""
        return not self.sample and all(column.is_native for column in self.columns)

    def select_sql(self, list_form: str = "{}") -> str:
        """The SELECT, in PostgreSQL's dialect, of all rows with the types of `columns`; lists in the form given."""
        values = ", ".join(
            f"{(list_form if c.is_list else '{}').format(c.select_sql)} AS {quote_identifier(c.name)}"
            for c in self.columns
        )
        return f"SELECT {values} FROM {self.table.sql} {self.sample}".rstrip()
