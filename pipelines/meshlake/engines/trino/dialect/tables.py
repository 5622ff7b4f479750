"""The tables of a query: each is put in its place on Trino, and keeps the name the query knows it by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from meshlake.engines.trino.dialect.template import CannotSayError
from meshlake.names import CATALOG, LANDING_CATALOG, DatasetName, ProductName, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.names import InputName
    from meshlake.types.tree import Type

_PLACEHOLDER = "__input_"


class UnknownTableError(Exception):
    """Its text is a table that is no input."""


class Tables:
    """Placeholders for a query's tables while it is spelled out; `schema` has the columns of those known."""

    def __init__(
        self, relations: Mapping[InputName, str], columns: Mapping[InputName, Mapping[str, Type]]
    ) -> None:
        self.schema: dict[str, dict[str, str]] = {}
        self._relations = relations
        self._columns = columns
        self._texts: list[str] = []

    def take_out(self, query: exp.Query) -> None:
        """Put a placeholder in the place of each table.

        Raises:
            UnknownTableError: a table that is no input.
            CannotSayError: a table function Trino does not have.
        """
        common = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
        for table in list(query.find_all(exp.Table)):
            if not isinstance(table.this, exp.Identifier):
                self._take_out_series(table)
            elif len(table.parts) > 1 or table.name.lower() not in common:
                self._take_out_input(query, table)

    def put_back(self, query: exp.Expr) -> None:
        """Put each table's relation in the place of its placeholder."""
        for table in query.find_all(exp.Table):
            if table.name.startswith(_PLACEHOLDER):
                # A Var is written as it stands.
                table.set("this", exp.Var(this=self._texts[int(table.name.removeprefix(_PLACEHOLDER))]))

    def _take_out_input(self, query: exp.Query, table: exp.Table) -> None:
        parts = [part.name for part in table.parts]
        name = _input_name(parts)
        if name is None or name not in self._relations:
            raise UnknownTableError(".".join(parts))
        alias = table.alias or table.name
        if len(parts) > 1 and not table.alias:
            _forget_domain(query, parts[-2], parts[-1])
        columns = {column.lower(): str(kind) for column, kind in self._columns.get(name, {}).items()}
        self._replace(table, self._relations[name], alias, columns)

    def _take_out_series(self, table: exp.Table) -> None:
        """`range` and `generate_series` of numbers written out; they may be longer than Trino's arrays."""
        series = table.this
        name = (
            "range"
            if isinstance(series, exp.GenerateSeries) and series.args.get("is_end_exclusive")
            else "generate_series"
        )
        if not isinstance(series, exp.GenerateSeries):
            raise CannotSayError(f"the table {table.sql('duckdb').lower()}")
        bounds = [series.args.get(part) for part in ("start", "end", "step")]
        numbers = [_number(bound) for bound in bounds if bound is not None]
        if None in numbers:
            raise CannotSayError(f"{name} of anything but numbers that are written out")
        start, stop, step = (*(number for number in numbers if number is not None), 1)[:3]
        if name == "range":
            stop -= 1 if step > 0 else -1
        alias = table.args.get("alias")
        column = alias.columns[0].name if alias and alias.columns else name
        source = f"SELECT sequential_number AS {quote_identifier(column)} FROM TABLE(SEQUENCE({start}, {stop}, {step}))"
        is_empty = start > stop if step > 0 else start < stop
        if is_empty:
            source = f"SELECT CAST(NULL AS BIGINT) AS {quote_identifier(column)} WHERE FALSE"
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


def _input_name(parts: list[str]) -> InputName | None:
    if len(parts) == 3 and parts[0].lower() == LANDING_CATALOG:
        return DatasetName(parts[1], parts[2])
    if len(parts) == 3 and parts[0].lower() == CATALOG:
        parts = parts[1:]
    if len(parts) == 2:
        return ProductName(parts[0].lower(), parts[1].lower())
    return None


def _forget_domain(query: exp.Query, domain: str, product: str) -> None:
    """`crm.customers.id` is `customers.id` once its table is known as `customers`."""
    for column in query.find_all(exp.Column):
        if (column.db.lower(), column.table.lower()) == (domain.lower(), product.lower()):
            column.set("db", None)
            column.set("catalog", None)


def _number(node: exp.Expr) -> int | None:
    sign, inner = (-1, node.this) if isinstance(node, exp.Neg) else (1, node)
    return sign * int(inner.this) if isinstance(inner, exp.Literal) and inner.is_int else None
