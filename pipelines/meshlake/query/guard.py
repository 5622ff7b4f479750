"""Which SQL a user may run: one statement that only reads, and only what the mesh holds.

The judgement is made on DuckDB's own syntax tree, the very tree DuckDB runs, so there is no second parser for
a query to slip between. The connection is locked down besides
(`engines/duckdb/confined.py`), but what is allowed is said here.
"""

from __future__ import annotations

import re

from meshlake.engines.answer import ParsedQuery
from meshlake.errors import UsageError
from meshlake.names import CATALOG, LANDING_CATALOG, SYSTEM_TABLES, DatasetName, ProductName
from meshlake.query.functions import FUNCTIONS, REFUSED, TABLE_FUNCTIONS
from meshlake.query.syntax_tree import (
    Node,
    NotSelect,
    select_statements,
    visit,
    without_semicolon,
)
from meshlake.sql_place import position_text
from meshlake.suggest import nearest

# Schemas DuckDB knows besides the domains; `ProductName` refuses the other reserved ones.
_DENIED_SCHEMAS = frozenset({"pg_catalog", "recurring"})
_BLANK = r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*"
_EXPLAIN = re.compile(rf"{_BLANK}explain\b(?:{_BLANK}(analyze)\b)?", re.IGNORECASE | re.DOTALL)
_FIRST_WORD = re.compile(rf"{_BLANK}([a-z]+)", re.IGNORECASE | re.DOTALL)
SHOW_TABLES = f"""SELECT
    CASE table_schema WHEN 'main' THEN '{CATALOG}' ELSE table_schema END || '.' || table_name AS name
FROM information_schema.tables WHERE table_catalog = '{CATALOG}' ORDER BY name"""
_SHOW_TABLES_FORMS = frozenset({'"tables"', "__show_tables_expanded"})
_NAMES_HINT = (
    "Tables are <domain>.<product>, mesh.products or landing.<domain>.<dataset>: "
    "see `mesh list`, and `mesh discover` for what has landed."
)


class UnknownTableError(UsageError):
    """A query names something else than a table of the mesh."""

    def __init__(self, table: str, where: str) -> None:
        super().__init__(f"'{table}' is not a table of the mesh ({where})", _NAMES_HINT)
        self.table = table


TableName = ProductName | DatasetName | str


def check_select(sql: str) -> ParsedQuery:
    """Read `sql`, in DuckDB's dialect, as one statement that only reads what the mesh holds.

    Allowed: SELECT, WITH, VALUES, FROM, TABLE, DESCRIBE, SUMMARIZE, SHOW TABLES, EXPLAIN [ANALYZE] of these.

    Raises:
        UsageError: when it does not parse (with line and column), is more than one statement, is of another
            kind, or names a table or function that is not the mesh's.
    """
    _check_text(sql)
    explain = _EXPLAIN.match(sql)
    offset = explain.end() if explain else 0
    offset_bytes = len(sql[:offset].encode())
    root = _one_select(sql, offset_bytes)
    if _is_show_tables(root):
        return ParsedQuery(SHOW_TABLES)
    tables = _tables(root, sql, offset_bytes)
    # Put together anew, so that what runs after EXPLAIN is exactly what was judged.
    prefix = f"EXPLAIN {explain[1] or ''} ".replace("  ", " ") if explain else ""
    return ParsedQuery(
        prefix + without_semicolon(sql[offset:]),
        frozenset(name for name in tables if isinstance(name, ProductName)),
        frozenset(name for name in tables if isinstance(name, DatasetName)),
        frozenset(name for name in tables if isinstance(name, str)),
        is_explain=explain is not None,
    )


def _check_text(sql: str) -> None:
    try:
        sql.encode()
    except UnicodeEncodeError as error:
        raise UsageError("the SQL is not valid UTF-8 text", "Save it as UTF-8.") from error
    if "\0" in sql:
        raise UsageError(
            f"the SQL holds a zero byte ({position_text(sql, sql.encode().index(0))})", "Remove it."
        )


def _one_select(sql: str, offset_bytes: int) -> Node:
    try:
        roots = select_statements(sql, offset_bytes)
    except NotSelect:
        raise _not_a_select(sql.encode()[offset_bytes:].decode()) from None
    if not roots:
        raise UsageError("there is no SQL to run", "For examples: mesh sql --help")
    if len(roots) > 1:
        raise UsageError(
            f"{len(roots)} SQL statements were given, but one is run at a time", "Run them one by one."
        )
    return roots[0]


def _not_a_select(body: str) -> UsageError:
    found = _FIRST_WORD.match(body)
    word = found[1].upper() if found else "this"
    if re.search(r"\bpivot\b", body, re.IGNORECASE) and word in {"PIVOT", "SELECT", "FROM", "WITH"}:
        return UsageError("PIVOT must name its values", "Write PIVOT ... ON column IN ('a', 'b') USING ...")
    if word in {"SELECT", "FROM", "WITH", "VALUES"}:
        word = "this"  # what writes comes later in it
    return UsageError(
        f"mesh sql only reads, and {word} does more or other than that",
        "Use SELECT, DESCRIBE, SHOW TABLES or EXPLAIN; products are written by `mesh build` alone.",
    )


def _is_show_tables(root: Node) -> bool:
    shown: Node = root.get("from_table", {})
    return shown.get("type") == "SHOW_REF" and shown.get("table_name") in _SHOW_TABLES_FORMS


def _tables(root: Node, sql: str, offset_bytes: int) -> set[TableName]:
    tables: set[TableName] = set()
    for node, ctes in visit(root):
        where = position_text(sql, node.get("query_location", 0) + offset_bytes)
        kind = node.get("type")
        if kind == "BASE_TABLE":
            if "catalog_name" in node or "schema_name" in node or node["table_name"].lower() not in ctes:
                tables.add(_table_name(node, where))
        elif kind == "TABLE_FUNCTION":
            _check_table_function(node["function"], where)
        elif kind == "SHOW_REF" and "query" not in node:
            raise UsageError("only SHOW TABLES can be shown", _NAMES_HINT)
        elif "function_name" in node:
            _check_function(str(node["function_name"]), where)
    return tables


def _check_table_function(function: Node, where: str) -> None:
    name = function.get("function_name", "an expression")
    if name.lower() not in TABLE_FUNCTIONS:
        raise UsageError(
            f"{name}() cannot be used as a table in mesh sql ({where})",
            f"Files are read once landed: `mesh land FILE --domain DOMAIN`. {_NAMES_HINT}",
        )


def _check_function(name: str, where: str) -> None:
    """Refuse what does more than compute; a table function's own name is seen here too."""
    known = name.lower()
    if known in FUNCTIONS or known in TABLE_FUNCTIONS:
        return
    reason = next((reason for reason, names in REFUSED.items() if known in names), None)
    if reason is not None:
        raise UsageError(f"{name}() cannot be used in mesh sql ({where}): {reason}", "Leave it out.")
    hint = (
        nearest(known, FUNCTIONS) or "Functions are DuckDB's own that only compute from what they are given."
    )
    raise UsageError(f"{name}() is no function of mesh sql ({where})", hint)


def _table_name(node: Node, where: str) -> TableName:
    """The table a node names.

    Raises:
        UsageError: when it is not named as a table of the mesh is.
    """
    parts = ("catalog_name", "schema_name", "table_name")
    catalog, schema, table = (str(node.get(part, "")) for part in parts)
    if catalog.lower() == LANDING_CATALOG and schema:
        return DatasetName(schema, table)
    domain, product = schema.lower(), table.lower()
    if not catalog and domain == CATALOG and product in SYSTEM_TABLES:
        return product
    if catalog.lower() in {"", CATALOG} and domain not in _DENIED_SCHEMAS:
        try:
            return ProductName(domain, product)
        except UsageError:
            pass  # said below, in the words of a query
    text = ".".join(part for part in (catalog, schema, table) if part)
    raise UnknownTableError(text, where)
