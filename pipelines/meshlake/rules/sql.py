"""The rule that a query of the contract's author states."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.rules.bounds import Bounds, gives_a_bound
from meshlake.rules.facts import FactError, UnheldError
from meshlake.rules.measure import AuditedTable, Query
from meshlake.rules.quality_rule import QualityRule
from meshlake.rules.query_shape import query_shape

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality

    from meshlake.column import Column

# What stands for the table, and for the column, in a query.
PLACEHOLDER = re.compile(r"\$?\{(object|table|property|column)\}")
_MARKS = {"object": "__object__", "property": "__property__"}
_MARK = re.compile("|".join(_MARKS.values()))


class Sql(QualityRule):
    """The one number that argument `query` gives; {object} and {property} stand for table and column in it.

    It may read other products by their names, which then are built before. Its unit is whatever its author says.
    """

    kind: ClassVar[str] = "sql"
    quality_type: ClassVar[str | None] = "sql"

    @classmethod
    def read_arguments(
        cls,
        item: DataQuality,
        column: Column | None,
        columns: tuple[Column, ...],
    ) -> dict[str, Any]:
        query = (item.query or "").strip().rstrip(";").strip()
        if not query:
            raise FactError("type", "quality item of type sql has no query")
        of_columns = (found[0] for found in PLACEHOLDER.finditer(query) if found[1] in {"property", "column"})
        if column is None and (named := next(of_columns, None)):
            hint = "State it among the quality of a property, or write the column's name."
            raise FactError("query", f"{named} stands for a column, and this rule is of the table", hint)
        return {"query": query}

    @classmethod
    def read_bounds(cls, item: DataQuality) -> Bounds:
        if not gives_a_bound(item):
            raise UnheldError(
                "query", "its query has no bound, so nothing is checked", "Give one: mustBe: 0."
            )
        return super().read_bounds(item)

    def measure(self, table: AuditedTable) -> Query:
        # Read of the query with marks for names: drafted ones are often alike but for their column.
        marked = self._named(_MARKS["object"], _MARKS["property"])
        shape = query_shape(marked, _MARKS["object"])
        names = {_MARKS["object"]: table.sql, _MARKS["property"]: self.column_sql}
        rows, expression = (
            text and _MARK.sub(lambda mark: names[mark[0]], text)
            for text in (shape.counted_rows, shape.expression)
        )
        return Query(self.query_of(table.sql), rows, expression=expression)

    def query_of(self, table_sql: str) -> str:
        """The query with the names of its table and column in place of ODCS's placeholders."""
        return self._named(table_sql, self.column_sql)

    def _named(self, table: str, column: str) -> str:
        names = {"object": table, "table": table, "property": column, "column": column}
        return PLACEHOLDER.sub(lambda match: names[match[1]], self.arguments["query"])
