"""Which products and landed datasets a SELECT reads: found by parsing it, never declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from meshlake.errors import ContractError, Fault
from meshlake.names import CATALOG, LANDING_CATALOG, DatasetName, InputName, ProductName
from meshlake.sql_place import offset_place, sql_place, sql_reason

if TYPE_CHECKING:
    from pathlib import Path

_HINT = "Products read <domain>.<product> or landing.<domain>.<dataset>."
_NO_TEMPLATES = (
    "SQL has no templates here: in place of {{ ref('orders') }} name the table, as in FROM shop.orders."
)


def parse_select(sql: str, path: Path) -> exp.Query:
    """Parse one SELECT.

    Raises:
        ContractError: a syntax error (with line and column), or anything but one SELECT.
    """
    try:
        duckdb.extract_statements(sql)
        statements = [s for s in sqlglot.parse(sql, read="duckdb") if s is not None]
    except duckdb.ParserException as error:
        place = sql_place(str(error), path.read_text(encoding="utf-8")) or (None, None)
        hint = _NO_TEMPLATES if "{{" in sql or "{%" in sql else "Correct the SQL."
        raise ContractError.of(Fault(path, sql_reason(str(error)), hint, *place)) from error
    except SqlglotError as error:
        message = f"cannot tell which tables it reads: {str(error).partition(chr(10))[0]}"
        raise ContractError.of(Fault(path, message, "Write it in plainer SQL.")) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        message = "holds no SELECT, or more than one statement"
        raise ContractError.of(Fault(path, message, "Write one SELECT and nothing else."))
    return statements[0]


def select_inputs(sql: str, path: Path) -> tuple[InputName, ...]:
    """The tables that the SELECT in the file `path` reads, sorted; common table expressions are not among them.

    Raises:
        ContractError: it cannot be parsed, or reads tables that are not named as a product or a landed dataset.
    """
    found: set[InputName] = set()
    faults: dict[str, Fault] = {}
    for scope in traverse_scope(parse_select(sql, path)):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                name = _input_name(source)
                if name is None:
                    faults.setdefault(source.sql("duckdb"), _no_input(source, sql, path))
                else:
                    found.add(name)
    if faults:
        raise ContractError.of(*faults.values())
    return tuple(sorted(found, key=str))


def _input_name(table: exp.Table) -> InputName | None:
    """The product or dataset that `table` names, if it is named as one can be."""
    parts = [part.name for part in table.parts]
    if not isinstance(table.this, exp.Identifier):
        return None
    if len(parts) == 3 and parts[0] == LANDING_CATALOG:
        return DatasetName(parts[1], parts[2])
    if len(parts) == 3 and parts[0] == CATALOG:
        parts = parts[1:]
    if len(parts) == 2:
        return ProductName(parts[0], parts[1])
    return None


def _no_input(table: exp.Table, sql: str, path: Path) -> Fault:
    is_named = isinstance(table.this, exp.Identifier)
    name = f"'{'.'.join(part.name for part in table.parts)}'" if is_named else table.sql("duckdb")
    start = next((node.meta["start"] for node in table.walk() if "start" in node.meta), None)
    text = path.read_text(encoding="utf-8")
    place = None if start is None else offset_place(sql, start, text)
    return Fault(path, f"reads {name}, which is no product", _HINT, *(place or (None, None)))
