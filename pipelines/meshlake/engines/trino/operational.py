"""Tables of the operational database as Trino reads them, by its PostgreSQL connector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.names import OPERATIONAL_CATALOG, quote_identifier, quote_literal
from meshlake.types.trino import trino_text

if TYPE_CHECKING:
    from meshlake.landing.operational import OperationalTable


def trino_relation(table: OperationalTable) -> str:
    """A parenthesised SELECT, in Trino's own SQL, of the rows of `table`."""
    # The connector finds no names with capitals.
    if table.is_native and str(table.table).islower():
        names = ", ".join(quote_identifier(column.name) for column in table.columns)
        return f"(SELECT {names} FROM {OPERATIONAL_CATALOG}.{table.table.sql})"
    # Nor does it take lists from a query of PostgreSQL's own: they come as JSON, whose elements are text.
    values = ", ".join(
        f"CAST(CAST(json_parse({quote_identifier(c.name)}) AS ARRAY(VARCHAR)) AS {trino_text(c.type)}) "
        f"AS {quote_identifier(c.name)}"
        if c.is_list
        else quote_identifier(c.name)
        for c in table.columns
    )
    query = table.select_sql("to_json(({})::text[])::text")
    return (
        f"(SELECT {values} FROM TABLE({OPERATIONAL_CATALOG}.system.query(query => {quote_literal(query)})))"
    )
