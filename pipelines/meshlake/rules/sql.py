"""The rule that a query of the contract's author states."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.rules.bounds import Bounds, gives_a_bound
from meshlake.rules.facts import FactError, UnheldError
from meshlake.rules.measure import AuditedTable, Query
from meshlake.rules.quality_rule import QualityRule

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality

    from meshlake.column import Column

_PLACEHOLDER = re.compile(r"\$?\{(object|table|property|column)\}")

_OF_A_COLUMN = re.compile(r"\$?\{(property|column)\}")


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
        if column is None and (named := _OF_A_COLUMN.search(query)):
            hint = "State it among the quality of a property, or write the column's name."
            raise FactError("query", f"{named[0]} stands for a column, and this rule is of the table", hint)
        return {"query": query}

    @classmethod
    def read_bounds(cls, item: DataQuality) -> Bounds:
        if not gives_a_bound(item):
            raise UnheldError(
                "query", "its query has no bound, so nothing is checked", "Give one: mustBe: 0."
            )
        return super().read_bounds(item)

    def measure(self, table: AuditedTable) -> Query:
        query = self.query_of(table.sql)
        return Query(query, rows_counted_by(query))

    def query_of(self, table_sql: str) -> str:
        """The query with the names of its table and column in place of ODCS's placeholders."""
        names = dict.fromkeys(("object", "table"), table_sql)
        names |= dict.fromkeys(("property", "column"), self.column_sql)
        return _PLACEHOLDER.sub(lambda match: names[match[1]], self.arguments["query"])


def rows_counted_by(query: str) -> str | None:
    """The rows a plain `SELECT count(*) FROM ... WHERE ...` counts; None for any other query.

    >>> rows_counted_by("SELECT count(*) FROM people WHERE age > 120")
    'SELECT * FROM people WHERE age > 120'
    """
    import sqlglot
    from sqlglot import exp

    try:
        parsed = sqlglot.parse_one(query, dialect="duckdb")
    except sqlglot.errors.SqlglotError:
        return None
    if not isinstance(parsed, exp.Select) or len(parsed.expressions) != 1:
        return None
    counted = parsed.expressions[0].unalias()
    is_plain = not any(
        parsed.args.get(part) for part in ("group", "having", "qualify", "limit", "offset", "distinct")
    )
    if not (is_plain and isinstance(counted, exp.Count) and isinstance(counted.this, exp.Star)):
        return None
    return parsed.select("*", append=False).sql(dialect="duckdb")
