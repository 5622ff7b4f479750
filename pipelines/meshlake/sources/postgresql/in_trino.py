"""Tables of the operational database as Trino reads them, by its PostgreSQL connector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.names import quote_identifier, quote_literal
from meshlake.sources.postgresql.database import CATALOG
from meshlake.types.trino import trino_text

if TYPE_CHECKING:
    from meshlake.sources.postgresql.rows import TableRows


def trino_relation(rows: TableRows) -> str:
    """A parenthesised SELECT, in Trino's own SQL, of `rows`."""
    # The connector finds no names with capitals.
    if rows.is_native and str(rows.table).islower():
        names = ", ".join(quote_identifier(column.name) for column in rows.columns)
        return f"(SELECT {names} FROM {CATALOG}.{rows.table.sql})"
    # Nor does it take lists from a query of PostgreSQL's own: they come as JSON, whose elements are text.
    values = ", ".join(
        f"CAST(CAST(json_parse({quote_identifier(c.name)}) AS ARRAY(VARCHAR)) AS {trino_text(c.type)}) "
        f"AS {quote_identifier(c.name)}"
        if c.is_list
        else quote_identifier(c.name)
        for c in rows.columns
    )
    query = rows.select_sql("to_json(({})::text[])::text")
    return f"(SELECT {values} FROM TABLE({CATALOG}.system.query(query => {quote_literal(query)})))"
