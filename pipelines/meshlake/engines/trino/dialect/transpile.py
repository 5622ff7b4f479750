"""The one way from DuckDB's SQL to Trino's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from meshlake.engines.trino.dialect.generator import generated
from meshlake.engines.trino.dialect.rewrite import rewritten
from meshlake.engines.trino.dialect.shape import normalized
from meshlake.engines.trino.dialect.tables import Tables, no_table
from meshlake.engines.trino.dialect.template import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from meshlake.engines.trino.dialect.tables import Relation


def transpile(sql: str, find: Callable[[tuple[str, ...]], Relation | None] = no_table) -> str:
    """One SELECT in DuckDB's dialect as one Trino query that gives the same rows.

    Args:
        sql: a SELECT, a set operation, or either after common table expressions.
        find: gives the relation that a table is read from, by the parts of its name as they are written, such as
            `("crm", "customers")`; `None` when there is none. Of a dictionary it is `.get`.

    Raises:
        UnknownTableError: it reads a table that `find` does not know.
        UnsupportedError: it says what Trino cannot.
        sqlglot.errors.SqlglotError: it is no SQL, or sqlglot cannot write a part of it for Trino.

    Example:
        >>> from meshlake.engines.trino.dialect import Relation, transpile
        >>> customers = Relation('"mesh"."crm"."customers"', {"id": "BIGINT", "born_on": "DATE"})
        >>> find = {("crm", "customers"): customers}.get
        >>> transpile("SELECT id // 7 AS week FROM crm.customers", find)
        'SELECT "customers"."id" / 7 AS "week" FROM "mesh"."crm"."customers" AS "customers"'
        >>> transpile("SELECT no_such(id) FROM crm.customers", find)
        Traceback (most recent call last):
        ...
        meshlake.engines.trino.dialect.template.UnsupportedError: the function no_such
    """
    query = sqlglot.parse_one(sql, dialect="duckdb")
    if not isinstance(query, exp.Query):
        raise UnsupportedError("anything but a SELECT")
    tables = Tables(find)
    tables.hold(query)
    query = rewritten(normalized(query, tables.schema))
    tables.qualify(query)
    return generated(query)


def is_ordered(sql: str) -> bool:
    """Whether the rows of a SELECT in DuckDB's dialect come in an order that it asks for.

    Example:
        >>> is_ordered("SELECT 1 AS a ORDER BY a"), is_ordered("SELECT 1 AS a")
        (True, False)
    """
    return sqlglot.parse_one(sql, dialect="duckdb").args.get("order") is not None
