"""Queries that contracts of other houses state as rules: of their system's dialect, and its names of the table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.rules.facts import UnheldError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_MARKS = {"object": "__object__", "table": "__object__", "property": "__property__", "column": "__property__"}
_PLACEHOLDER = re.compile(r"\$?\{(object|table|property|column)\}")


def held_query(query: str, names: Collection[str], dialects: Sequence[str]) -> str:
    """`query` in DuckDB's words, with `{object}` for the table, whichever of `names` it is called by.

    >>> held_query("SELECT COUNT(*) FROM dbo.Orders o WHERE o.total < 0", ["orders"], ["tsql"])
    'SELECT COUNT(*) FROM {object} AS o WHERE o.total < 0'

    Raises:
        UnheldError: it is not understood, or reads another table, which no build would find.
    """
    import sqlglot
    from sqlglot import exp

    marked = _PLACEHOLDER.sub(lambda match: _MARKS[match[1]], query.strip().rstrip(";"))
    try:
        parsed = sqlglot.parse_one(marked, dialect=next(iter(dialects), "duckdb"))
    except sqlglot.errors.SqlglotError as error:
        raise UnheldError("query", "its query is not understood", "Say it in DuckDB's words.") from error
    known = {"__object__", *(name.rpartition(".")[2].lower() for name in names)}
    own = {cte.alias.lower() for cte in parsed.find_all(exp.CTE)}
    for table in list(parsed.find_all(exp.Table)):
        name = table.name.lower()
        if name in own:
            continue
        if name not in known:
            hint = "Write {object} for the table; a file in checks/ can read other products."
            raise UnheldError("query", f"its query reads {table.sql()}, which is not this table", hint)
        alias = table.alias or ("" if name == "__object__" else table.name)
        table.replace(exp.to_table("__object__", alias=alias or None))
    for column in parsed.find_all(exp.Column):  # the system's names of schema and database
        column.set("db", None)
        column.set("catalog", None)
    text = parsed.sql(dialect="duckdb")
    return text.replace("__object__", "{object}").replace("__property__", "{property}")
