"""DuckDB's SQL said in Trino's: one SELECT or expression in, one out, with the mesh's tables put in their places.

Only text; nothing is run here. What Trino cannot say is refused by name, before anything runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from pipelines.errors import BuildError
from pipelines.names import CATALOG, LANDING_CATALOG, DatasetName, ProductName

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.names import InputName


def trino_sql(sql: str, tables: Mapping[InputName, str], where: str, file: Path | None = None) -> str:
    """One SELECT in DuckDB's dialect as one Trino query.

    Args:
        sql: a SELECT, a set operation, or either after common table expressions.
        tables: for each product and landed dataset, the Trino relation it is read from: a name, a name with
            `FOR VERSION AS OF`, or a subquery in parentheses.
        where: what is being run, for errors.
        file: the file the SQL stands in, for errors.

    Raises:
        BuildError: the SQL reads a table that `tables` does not have, or says what Trino cannot.
    """
    place = where if file is None else f"{where}: {file}"
    query = _parsed(sql, place)
    common = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    for table in list(query.find_all(exp.Table)):
        if isinstance(table.this, exp.Identifier) and not (
            len(table.parts) == 1 and table.name.lower() in common
        ):
            _put_in_place(table, tables, place)
    return _generated(query, place)


def is_ordered(sql: str) -> bool:
    """Whether the rows of a SELECT in DuckDB's dialect come in an order that it asks for."""
    return sqlglot.parse_one(sql, dialect="duckdb").args.get("order") is not None


def trino_expression(sql: str, where: str, file: Path | None = None) -> str:
    """One expression in DuckDB's dialect, which reads no table, as a Trino expression.

    Raises:
        BuildError: it says what Trino cannot.
    """
    place = where if file is None else f"{where}: {file}"
    return _generated(_parsed(sql, place), place)


def _parsed(sql: str, place: str) -> exp.Expr:
    try:
        return sqlglot.parse_one(sql, dialect="duckdb")
    except SqlglotError as error:
        reason = str(error).partition("\n")[0]
        raise BuildError(
            f"{place}: cannot be said in Trino's SQL: {reason}", "Write it in plainer SQL."
        ) from error


def _generated(parsed: exp.Expr, place: str) -> str:
    try:
        return parsed.sql(dialect="trino", unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        reason = str(error).partition("\n")[0]
        raise BuildError(
            f"{place}: cannot be said in Trino's SQL: {reason}", "Write it in plainer SQL."
        ) from error


def _put_in_place(table: exp.Table, tables: Mapping[InputName, str], place: str) -> None:
    """Let `table` be read from its Trino relation, under the alias it has or the last part of its name."""
    relation = tables.get(_input_name(table, place))
    if relation is None:
        raise BuildError(
            f"{place}: reads '{_dotted(table)}', which is no input of it",
            "Products read <domain>.<product> or landing.<domain>.<dataset>.",
        )
    alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name, quoted=True))
    for part in ("db", "catalog"):
        table.set(part, None)
    # A Var is written as it stands.
    table.set("this", exp.Var(this=relation))
    table.set("alias", alias)


def _input_name(table: exp.Table, place: str) -> InputName:
    parts = [part.name for part in table.parts]
    if len(parts) == 3 and parts[0].lower() == LANDING_CATALOG:
        return DatasetName(parts[1], parts[2])
    if len(parts) == 3 and parts[0].lower() == CATALOG:
        parts = parts[1:]
    if len(parts) == 2:
        return ProductName(parts[0].lower(), parts[1].lower())
    raise BuildError(
        f"{place}: reads '{_dotted(table)}', which is no product",
        "Products read <domain>.<product> or landing.<domain>.<dataset>.",
    )


def _dotted(table: exp.Table) -> str:
    return ".".join(part.name for part in table.parts)
