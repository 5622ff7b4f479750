"""DuckDB's own syntax tree of a SQL text, and a walk over it that knows which table expressions are in scope.

Parsing only: nothing is bound, so no table or file is looked at. What a query may contain is `guard.py`'s.
"""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

import duckdb

from meshlake.errors import UsageError
from meshlake.names import quote_literal
from meshlake.sql_place import position_text

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = dict[str, Any]


class NotSelect(Exception):  # noqa: N818 - a finding, not a failure
    """The text parses, as something other than SELECT statements."""


def select_statements(sql: str, offset_bytes: int = 0) -> list[Node]:
    """The query nodes of `sql` from `offset_bytes` on, one a statement.

    Raises:
        NotSelect: when it parses as other statements.
        UsageError: when it does not parse, with line, column and what was found there.
    """
    body = sql.encode()[offset_bytes:].decode()
    answer = _parse(body)
    if not answer["error"]:
        return [statement["node"] for statement in answer["statements"]]
    if answer["error_type"] == "not implemented":
        raise NotSelect
    message = answer["error_message"].replace(" NOT IMPLEMENTED", ": not supported")
    where = ""
    if "position" in answer:  # in characters, unlike the locations in the tree
        before_bytes = len(body[: int(answer["position"])].encode())
        where = f" ({position_text(sql, offset_bytes + before_bytes)})"
    raise UsageError(f"the SQL is not valid: {message}{where}", "The SQL is in DuckDB's dialect.")


def without_semicolon(sql: str) -> str:
    """`sql`, one SELECT statement, without its closing semicolons: it can stand within parentheses."""
    tree = _parse(sql)
    cut = sql.rfind(";")
    while cut >= 0:
        if _parse(sql[:cut]) == tree:
            sql = sql[:cut]
        cut = sql.rfind(";", 0, cut)
    return sql.strip()


def visit(root: Node) -> Iterator[tuple[Node, frozenset[str]]]:
    """Every node under `root`, each with the lower-case names of the common table expressions it can see."""
    pending: list[tuple[Any, frozenset[str]]] = [(root, frozenset())]
    while pending:
        node, ctes = pending.pop()
        if isinstance(node, list):
            pending.extend((item, ctes) for item in node)
        elif isinstance(node, dict):
            for entry in node.get("cte_map", {}).get("map", ()):
                pending.append((entry["value"], ctes))
                ctes |= {entry["key"].lower()}
            yield node, ctes
            own_name = {node["cte_name"].lower()} if node.get("type") == "RECURSIVE_CTE_NODE" else set()
            pending.extend(
                (value, ctes | own_name if key == "right" else ctes)
                for key, value in node.items()
                if key != "cte_map"
            )


@functools.cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"python_enable_replacements": "false", "enable_external_access": "false"})


def _parse(sql: str) -> Node:
    """DuckDB's answer: `{"error": false, "statements": [...]}`, or what is wrong and where."""
    # A literal, not a parameter: binding parameters makes DuckDB import pandas, which outlasts the query.
    options = "skip_null := true, skip_empty := true, skip_default := true"
    try:
        # A cursor of its own: threads that share a connection take each other's answers.
        row = (
            _parser()
            .cursor()
            .execute(f"SELECT json_serialize_sql({quote_literal(sql)}, {options})")
            .fetchone()
        )
        answer: Node = json.loads(row[0]) if row else {}
    except RecursionError as error:
        raise UsageError("the SQL is nested too deeply", "Name parts of it in a WITH clause.") from error
    return answer
