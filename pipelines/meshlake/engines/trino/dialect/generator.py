"""Trino's SQL as sqlglot writes it, but that a function Trino does not have is refused by name."""

from __future__ import annotations

from typing import Any

from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ErrorLevel
from sqlglot.generators.trino import TrinoGenerator

from meshlake.engines.trino.dialect.functions import trino_functions
from meshlake.engines.trino.dialect.template import UnsupportedError, offset_of


class _Generator(TrinoGenerator):
    def func(self, name: Any, *args: Any, **options: Any) -> str:
        if str(name).lower() not in trino_functions():
            error = UnsupportedError(f"the function {str(name).lower()}")
            error.function = str(name).lower()
            raise error
        return super().func(name, *args, **options)


class _Trino(Trino):
    generator_class = _Generator


def generated(query: exp.Expr) -> str:
    """`query` as text.

    Raises:
        UnsupportedError: a function Trino does not have.
        SqlglotError: anything else sqlglot cannot write for Trino.
    """
    try:
        return query.sql(dialect=_Trino, unsupported_level=ErrorLevel.RAISE, identify=True, comments=False)
    except UnsupportedError as error:
        error.offset = _offset_of_call(query, error.function)
        raise


def _offset_of_call(query: exp.Expr, function: str | None) -> int | None:
    """The offset in the SQL of the first call of `function`, under the name that it has there or in Trino."""
    for node in query.find_all(exp.Func):
        if function in (node.name.lower(), node.sql_name().lower(), str(node.meta.get("name")).lower()):
            return offset_of(node)
    return None
