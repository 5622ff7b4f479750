"""DuckDB's SQL transpiled to Trino's, equal row for row: one SELECT in, one out.

A library of its own, on sqlglot's trees and on nothing else: only text, nothing is run here. sqlglot's own transpiling
gives SQL that runs, not always SQL that means the same; here types decide how a part is written, and what Trino has no
equal of is refused by name. docs/reference/trino-dialect.md tells what is transpiled, what is refused, and how it is
tested.

`transpile` leads: `tables` qualifies tables, `shape` writes out what DuckDB lets one leave out, `rewrite` has each
family of functions (`casts`, `numbers`, `texts`, `dates`, `intervals`, `lists`, `aggregates`) rewrite its own, and
`generator` writes the text.

Example:
    >>> from meshlake.engines.trino.dialect import Relation, UnsupportedError, transpile
    >>> calls = Relation('"mesh"."crm"."calls"', {"id": "BIGINT", "started_at": "TIMESTAMP", "tags": "VARCHAR[]"})
    >>> find = {("crm", "calls"): calls}.get
    >>> transpile("SELECT len(tags) AS n FROM crm.calls", find)
    'SELECT CARDINALITY("calls"."tags") AS "n" FROM "mesh"."crm"."calls" AS "calls"'
    >>> try:
    ...     transpile("SELECT * FROM crm.calls USING SAMPLE 10", find)
    ... except UnsupportedError as error:
    ...     print(f"Trino has no {error}")
    Trino has no a sample
"""

from meshlake.engines.trino.dialect.tables import Relation, UnknownTableError
from meshlake.engines.trino.dialect.template import UnsupportedError
from meshlake.engines.trino.dialect.transpile import is_ordered, transpile

__all__ = [
    "Relation",
    "UnknownTableError",
    "UnsupportedError",
    "is_ordered",
    "transpile",
]
