"""Which products and landed datasets a SELECT reads: found by parsing it, never declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from meshlake.errors import ContractError
from meshlake.names import CATALOG, LANDING_CATALOG, DatasetName, InputName, ProductName
from meshlake.sql_place import sql_place, sql_reason

if TYPE_CHECKING:
    from pathlib import Path

_HINT = "Products read <domain>.<product> or landing.<domain>.<dataset>."


def parse_select(sql: str, path: Path) -> exp.Query:
    """Parse one SELECT.

    Raises:
        ContractError: a syntax error (with line and column), or anything but one SELECT.
    """
    try:
        duckdb.extract_statements(sql)
        statements = [s for s in sqlglot.parse(sql, read="duckdb") if s is not None]
    except duckdb.ParserException as error:
        place = sql_place(str(error), path.read_text(encoding="utf-8"))
        where = f"{path}: {place}" if place else str(path)
        raise ContractError(f"{where}: {sql_reason(str(error))}", "Correct the SQL.") from error
    except SqlglotError as error:
        reason = str(error).partition("\n")[0]
        raise ContractError(
            f"{path}: cannot tell which tables it reads: {reason}", "Write it in plainer SQL."
        ) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ContractError(
            f"{path}: holds no SELECT, or more than one statement", "Write one SELECT and nothing else."
        )
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
