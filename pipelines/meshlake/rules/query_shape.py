"""What a rule's query asks for, read from its syntax: which rows it counts, and what it aggregates of its table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from meshlake.rules.measure import count_where

if TYPE_CHECKING:
    from sqlglot import exp

# Each makes several numbers of what is counted, or others.
_OF_GROUPS = ("group", "having", "qualify", "limit", "offset", "distinct")
_PLAIN = frozenset({"expressions", "from", "from_", "where"})


@dataclass(frozen=True)
class QueryShape:
    """`counted_rows` is SQL for the rows that a plain count counts; `expression` is an aggregate that gives the number
    of the query in any other over the same rows. Both are None where there is no such thing.
    """

    counted_rows: str | None = None
    expression: str | None = None


@lru_cache(maxsize=1024)
def query_shape(query: str, table: str) -> QueryShape:
    """The shape of `query`, in which the audited rows are called `table`, a plain name.

    >>> query_shape("SELECT count(*) FROM people WHERE age > 120", "people").expression
    'count(CASE WHEN age > 120 THEN 1 END)'
    >>> query_shape("SELECT avg(age) FROM people", "people").expression
    'avg(age)'
    >>> query_shape("SELECT count(*) FROM people JOIN x USING (id)", "people")
    QueryShape(counted_rows='SELECT * FROM people JOIN x USING (id)', expression=None)
    """
    import sqlglot
    from sqlglot import exp

    try:
        parsed = sqlglot.parse_one(query, dialect="duckdb")
    except sqlglot.errors.SqlglotError:
        return QueryShape()
    if not isinstance(parsed, exp.Select) or len(parsed.expressions) != 1:
        return QueryShape()
    counted = parsed.expressions[0].unalias()
    is_count = isinstance(counted, exp.Count) and isinstance(counted.this, exp.Star)
    is_grouped = any(parsed.args.get(part) for part in _OF_GROUPS)
    rows = parsed.select("*", append=False).sql(dialect="duckdb") if is_count and not is_grouped else None
    return QueryShape(rows, _expression(query, parsed, table, is_count=is_count))


def _expression(query: str, parsed: exp.Select, table: str, *, is_count: bool) -> str | None:
    """What `query` aggregates of the rows, word for word as it is written."""
    from sqlglot import exp

    written = re.fullmatch(
        rf"SELECT\s+(.+?)\s+FROM\s+{table}(?:\s+WHERE\s+(.+))?", query, re.DOTALL | re.IGNORECASE
    )
    parts = {part for part, value in parsed.args.items() if value}
    has_comment = "--" in query or "/*" in query
    if written is None or has_comment or not parts <= _PLAIN or len(list(parsed.find_all(exp.Select))) > 1:
        return None
    aggregate, predicate = written.groups()
    if predicate is not None:
        return count_where(predicate) if is_count else None
    return aggregate if _is_of_all_rows(parsed.expressions[0]) else None


def _is_of_all_rows(expression: exp.Expression) -> bool:
    """Whether it is surely one value of all rows together: of well-known aggregates, with no column beside them."""
    from sqlglot import exp

    known = (exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max)
    others = (exp.Alias, exp.Window, exp.UDTF, exp.Columns, exp.Anonymous, exp.Filter)
    return (
        expression.find(*known) is not None
        and expression.find(*others) is None
        and all(column.find_ancestor(*known) for column in expression.find_all(exp.Column))
    )
