"""Queries that contracts of other houses state as rules: of their system's dialect, and its names of the table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.rules.facts import UnheldError
from meshlake.rules.sql import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlglot import exp

_MARKS = {"object": "__object__", "table": "__object__", "property": "__property__", "column": "__property__"}
_VARIABLE = re.compile(r"\$\{\w+(:-[^}]*)?\}")  # of ODCS since 3.2


def held_query(query: str, names: Collection[str], dialects: Sequence[str]) -> str:
    """`query` in DuckDB's words, with `{object}` for the table, whichever of `names` it is called by.

    >>> held_query("SELECT COUNT(*) FROM dbo.Orders o WHERE o.total < 0", ["orders"], ["tsql"])
    'SELECT COUNT(*) FROM {object} AS o WHERE o.total < 0'

    Raises:
        UnheldError: it is not understood, is no SELECT, holds a variable that is set elsewhere, or reads another table,
            which no build would find.
    """
    from sqlglot import exp

    parsed = _parsed(query, next(iter(dialects), "duckdb"))
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


def _parsed(query: str, dialect: str) -> exp.Query:
    """`query` with marks for its placeholders, if it is one SELECT that says all it needs."""
    import sqlglot
    from sqlglot import exp

    marked = PLACEHOLDER.sub(lambda match: _MARKS[match[1]], query.strip().rstrip(";"))
    try:
        parsed, *others = [None] if _VARIABLE.search(marked) else sqlglot.parse(marked, dialect=dialect)
    except sqlglot.errors.SqlglotError as error:
        raise UnheldError("query", "its query is not understood", "Say it in DuckDB's words.") from error
    if parsed is None or parsed.find(exp.Placeholder, exp.Parameter):
        hint = "Write its value in its place."
        raise UnheldError("query", "its query holds a variable, which is set elsewhere", hint)
    if others or not isinstance(parsed, exp.Query) or parsed.find(exp.DML):
        hint = "Write one: SELECT count(*) FROM {object} ..."
        raise UnheldError("query", "its query is no single SELECT", hint)
    return parsed
