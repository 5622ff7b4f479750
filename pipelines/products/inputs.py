"""Which products and landed datasets a SELECT reads: found by parsing it, never declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.optimizer.scope import traverse_scope

from pipelines.errors import ContractError
from pipelines.names import CATALOG, LANDING_CATALOG, DatasetName, InputName, ProductName

if TYPE_CHECKING:
    from pathlib import Path

_HINT = "Products read <domain>.<product> or landing.<domain>.<dataset>."


def parse_select(sql: str, path: Path) -> exp.Query:
    """Parse one SELECT.

    Raises:
        ContractError: a syntax error (with line and column), or anything but one SELECT.
    """
    try:
        statements = [s for s in sqlglot.parse(sql, read="duckdb") if s is not None]
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        where = f"line {first.get('line')}, column {first.get('col')}" if first else "unknown place"
        near = f" near '{first['highlight']}'" if first.get("highlight") else ""
        raise ContractError(
            f"{path}: {where}: not valid SQL{near}: {first.get('description', error)}", "Correct the SQL."
        ) from error
    except TokenError as error:
        raise ContractError(
            f"{path}: not valid SQL: {error}", "Look for a quote or comment that is not closed."
        ) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ContractError(f"{path}: must hold one SELECT and nothing else", "Remove the other statements.")
    return statements[0]


def select_inputs(query: exp.Query, path: Path) -> tuple[InputName, ...]:
    """The tables `query` reads, sorted; common table expressions are not among them.

    Raises:
        ContractError: a table that is not named as a product or a landed dataset.
    """
    found: set[InputName] = set()
    for scope in traverse_scope(query):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                found.add(_input_name(source, path))
    return tuple(sorted(found, key=str))


def _input_name(table: exp.Table, path: Path) -> InputName:
    parts = [part.name for part in table.parts]
    if not isinstance(table.this, exp.Identifier):
        raise ContractError(f"{path}: reads {table.sql('duckdb')}, which is no product", _HINT)
    if len(parts) == 3 and parts[0] == LANDING_CATALOG:
        return DatasetName(parts[1], parts[2])
    if len(parts) == 3 and parts[0] == CATALOG:
        parts = parts[1:]
    if len(parts) == 2:
        return ProductName(parts[0], parts[1])
    raise ContractError(f"{path}: reads '{'.'.join(parts)}', which is no product", _HINT)
