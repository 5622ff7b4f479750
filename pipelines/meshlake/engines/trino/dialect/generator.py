"""Trino's SQL as sqlglot writes it, but that a function Trino does not have is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot.dialects.trino import Trino
from sqlglot.errors import ErrorLevel
from sqlglot.generators.trino import TrinoGenerator

from meshlake.engines.trino.dialect.functions import trino_functions
from meshlake.engines.trino.dialect.template import UnsupportedError

if TYPE_CHECKING:
    from sqlglot import exp


class _Generator(TrinoGenerator):
    def func(self, name: Any, *args: Any, **options: Any) -> str:
        if str(name).lower() not in trino_functions():
            raise UnsupportedError(f"the function {str(name).lower()}")
        return super().func(name, *args, **options)


class _Trino(Trino):
    generator_class = _Generator


def generated(query: exp.Expr) -> str:
    """`query` as text.

    Raises:
        UnsupportedError: a function Trino does not have.
        SqlglotError: anything else sqlglot cannot write for Trino.
    """
    return query.sql(dialect=_Trino, unsupported_level=ErrorLevel.RAISE, identify=True, comments=False)
