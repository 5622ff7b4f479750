"""The tables of a query: each is qualified by where it is on Trino, and keeps the name the query knows it by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from meshlake.engines.trino.dialect.template import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from meshlake.types.tree import Type

_PLACEHOLDER = "__input_"


class UnknownTableError(Exception):
    """A query reads the table that the text names, and nobody knows where that is."""


@dataclass(frozen=True)
class Relation:
    """What a table is read from on Trino.

    Args:
        sql: a name, a name with `FOR VERSION AS OF`, or a subquery in parentheses, in Trino's own SQL.
        columns: names and types of its columns, as far as known; a type may be its text in DuckDB. Without them `*`,
            and what depends on a column's type (a date less a date, a text made of a float), is not known to be equal.
    """

    sql: str
    columns: Mapping[str, Type | str] = field(default_factory=dict)


def no_table(_parts: tuple[str, ...]) -> Relation | None:
    """None, whatever it is called: of a query that reads no table."""
    return None


class Tables:
    """Placeholders for a query's tables while it is rewritten; `schema` has the columns of those known."""

    def __init__(self, find: Callable[[tuple[str, ...]], Relation | None]) -> None:
        self.schema: dict[str, dict[str, str]] = {}
        self._find = find
        self._texts: list[str] = []

    def hold(self, query: exp.Query) -> None:
        """Put a placeholder in the place of each table.

        Raises:
            UnknownTableError: a table that is not found.
            UnsupportedError: a table function Trino does not have.
        """
        common = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
        for table in list(query.find_all(exp.Table)):
            if not isinstance(table.this, exp.Identifier):
                self._hold_series(table)
            elif len(table.parts) > 1 or table.name.lower() not in common:
                self._hold_named(query, table)

    def qualify(self, query: exp.Expr) -> None:
        """Put each table's relation in the place of its placeholder."""
        for table in query.find_all(exp.Table):
            if table.name.startswith(_PLACEHOLDER):
                # A Var is written as it stands.
                table.set("this", exp.Var(this=self._texts[int(table.name.removeprefix(_PLACEHOLDER))]))

    def _hold_named(self, query: exp.Query, table: exp.Table) -> None:
        parts = tuple(part.name for part in table.parts)
        relation = self._find(parts)
        if relation is None:
            raise UnknownTableError(".".join(parts))
        alias = table.alias or table.name
        if len(parts) > 1 and not table.alias:
            _forget_schema(query, parts[-2], parts[-1])
        columns = {column.lower(): str(kind) for column, kind in relation.columns.items()}
        self._replace(table, relation.sql, alias, columns)

    def _hold_series(self, table: exp.Table) -> None:
        """`range` and `generate_series` of numbers written out; they may be longer than Trino's arrays."""
        series = table.this
        name = (
            "range"
            if isinstance(series, exp.GenerateSeries) and series.args.get("is_end_exclusive")
            else "generate_series"
        )
        if not isinstance(series, exp.GenerateSeries):
            raise UnsupportedError(f"the table {table.sql('duckdb').lower()}")
        bounds = [series.args.get(part) for part in ("start", "end", "step")]
        numbers = [_number(bound) for bound in bounds if bound is not None]
        if None in numbers:
            raise UnsupportedError(f"{name} of anything but numbers that are written out")
        start, stop, step = (*(number for number in numbers if number is not None), 1)[:3]
        if name == "range":
            stop -= 1 if step > 0 else -1
        alias = table.args.get("alias")
        column = alias.columns[0].name if alias and alias.columns else name
        name_sql = exp.to_identifier(column, quoted=True).sql("trino")
        source = f"SELECT sequential_number AS {name_sql} FROM TABLE(SEQUENCE({start}, {stop}, {step}))"
        is_empty = start > stop if step > 0 else start < stop
        if is_empty:
            source = f"SELECT CAST(NULL AS BIGINT) AS {name_sql} WHERE FALSE"
        self._replace(table, f"({source})", table.alias or name, {column.lower(): "BIGINT"})

    def _replace(self, table: exp.Table, relation: str, alias: str, columns: dict[str, str]) -> None:
        placeholder = f"{_PLACEHOLDER}{len(self._texts)}"
        self._texts.append(relation)
        if columns:
            self.schema[placeholder] = columns
        for part in ("db", "catalog"):
            table.set(part, None)
        table.set("this", exp.to_identifier(placeholder, quoted=True))
        table.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))


def _forget_schema(query: exp.Query, schema: str, table: str) -> None:
    """`crm.customers.id` is `customers.id` once its table is known as `customers`."""
    for column in query.find_all(exp.Column):
        if (column.db.lower(), column.table.lower()) == (schema.lower(), table.lower()):
            column.set("db", None)
            column.set("catalog", None)


def _number(node: exp.Expr) -> int | None:
    sign, inner = (-1, node.this) if isinstance(node, exp.Neg) else (1, node)
    return sign * int(inner.this) if isinstance(inner, exp.Literal) and inner.is_int else None
