"""The one way from DuckDB's SQL to Trino's, and the error when there is none."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from meshlake.engines.trino.dialect.generator import generated
from meshlake.engines.trino.dialect.rewrite import rewritten
from meshlake.engines.trino.dialect.shape import spelled_out
from meshlake.engines.trino.dialect.tables import Tables, UnknownTableError
from meshlake.engines.trino.dialect.template import CannotSayError
from meshlake.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from meshlake.names import InputName
    from meshlake.types.tree import Type


def trino_sql(
    sql: str,
    tables: Mapping[InputName, str],
    where: str,
    file: Path | None = None,
    columns: Mapping[InputName, Mapping[str, Type]] | None = None,
) -> str:
    """One SELECT in DuckDB's dialect as one Trino query.

    Args:
        sql: a SELECT, a set operation, or either after common table expressions.
        tables: for each product and landed dataset, the Trino relation it is read from: a name, a name with
            `FOR VERSION AS OF`, or a subquery in parentheses.
        where: what is being run, for errors.
        file: the file the SQL stands in, for errors.
        columns: names and types of the columns of `tables`, as far as known. Without them `*`, and what
            depends on a column's type (a date less a date, a text made of a float), is not known to be equal.

    Raises:
        BuildError: the SQL reads a table that `tables` does not have, or says what Trino cannot.
    """
    with _explained(where, file):
        query = sqlglot.parse_one(sql, dialect="duckdb")
        if not isinstance(query, exp.Query):
            raise CannotSayError("anything but a SELECT")
        places = Tables(tables, columns or {})
        places.take_out(query)
        said = rewritten(spelled_out(query, places.schema))
        places.put_back(said)
        return generated(said)


def trino_expression(
    sql: str, where: str, file: Path | None = None, columns: Mapping[str, Type] | None = None
) -> str:
    """One expression in DuckDB's dialect, over one relation, as a Trino expression.

    Args:
        sql: the expression.
        where: what is being run, for errors.
        file: the file the SQL stands in, for errors.
        columns: names and types of the relation's columns, as far as known.

    Raises:
        BuildError: it says what Trino cannot.
    """
    with _explained(where, file):
        select = sqlglot.parse_one(f"SELECT {sql}\nFROM relation", dialect="duckdb", into=exp.Select)
        said = rewritten(spelled_out(select, {"relation": _texts(columns)} if columns else {}))
        for column in said.find_all(exp.Column):
            if column.table == "relation":
                column.set("table", None)
        return generated(said.expressions[0].unalias())


def is_ordered(sql: str) -> bool:
    """Whether the rows of a SELECT in DuckDB's dialect come in an order that it asks for."""
    return sqlglot.parse_one(sql, dialect="duckdb").args.get("order") is not None


def _texts(columns: Mapping[str, Type]) -> dict[str, str]:
    return {name: str(kind) for name, kind in columns.items()}


@contextmanager
def _explained(where: str, file: Path | None) -> Iterator[None]:
    place = where if file is None else f"{where}: {file}"
    try:
        yield
    except UnknownTableError as error:
        raise BuildError(
            f"{place}: reads '{error}', which is no input of it",
            "Products read <domain>.<product> or landing.<domain>.<dataset>.",
        ) from error
    except CannotSayError as error:
        raise BuildError(
            f"{place}: Trino cannot say {error}", "Write it in SQL that both engines have."
        ) from error
    except SqlglotError as error:
        reason = str(error).partition("\n")[0]
        raise BuildError(
            f"{place}: cannot be said in Trino's SQL: {reason}", "Write it in plainer SQL."
        ) from error
