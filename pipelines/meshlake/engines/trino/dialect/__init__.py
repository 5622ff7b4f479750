"""DuckDB's SQL said in Trino's, equal row for row: one SELECT or expression in, one out.

Only text; nothing is run here. `translate` leads: `tables` puts the mesh's tables in their places, `shape` spells out
what DuckDB lets one leave out, and the others say one family of functions each. What Trino cannot say is refused by
name.
"""

from meshlake.engines.trino.dialect.translate import is_ordered, trino_expression, trino_sql

__all__ = ["is_ordered", "trino_expression", "trino_sql"]
