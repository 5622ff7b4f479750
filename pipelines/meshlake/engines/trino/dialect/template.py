"""What every family of functions is transpiled with: templates of Trino's SQL, kinds of types, and the refusal."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable

    Rewrite = Callable[[exp.Expr], exp.Expr]

T = exp.DType
INTEGERS = frozenset(exp.DataType.INTEGER_TYPES)
FLOATS = frozenset({T.FLOAT, T.DOUBLE})
TEXTS = frozenset(exp.DataType.TEXT_TYPES)
TIMESTAMPS = frozenset({T.TIMESTAMP, T.TIMESTAMPNTZ, T.TIMESTAMP_S, T.TIMESTAMP_MS, T.TIMESTAMP_NS})
LISTS = frozenset({T.ARRAY, T.LIST})


class UnsupportedError(Exception):
    """Trino has nothing that gives what the text names as DuckDB does.

    `offset` is that of the character of the SQL where it stands, where that is known; `function` is the one that Trino
    has not, where it is that.
    """

    offset: int | None = None
    function: str | None = None


def trino(template: str, **parts: exp.Expr) -> exp.Expr:
    """Trino's SQL with `:name` replaced by a part; parts are copied, so one may be named twice."""
    return exp.replace_placeholders(
        _parsed(template), **{name: _wrapped(part) for name, part in parts.items()}
    )


def kind(node: exp.Expr | None) -> exp.DType | None:
    """The type DuckDB gives `node`, as far as it is known."""
    if isinstance(node, exp.Literal):
        if node.is_string:
            return T.VARCHAR
        return T.INT if node.is_int else T.DOUBLE if "e" in node.this.lower() else T.DECIMAL
    found = node.type if node is not None else None
    if found is None or not isinstance(found.this, exp.DType) or found.this in (T.UNKNOWN, T.NULL):
        return None
    return found.this


def offset_of(node: exp.Expr) -> int | None:
    """The offset in the SQL of the first part of `node` that stands there."""
    return next((part.meta["start"] for part in node.walk() if "start" in part.meta), None)


def unsupported(what: str, node: exp.Expr) -> UnsupportedError:
    """The refusal of `what`, which stands where `node` does."""
    error = UnsupportedError(what)
    error.offset = offset_of(node)
    return error


def text_literal(node: exp.Expr | None, what: str) -> str:
    """The value of a string literal.

    Raises:
        UnsupportedError: it is anything else; the message names `what`.
    """
    if isinstance(node, exp.Literal) and node.is_string:
        return str(node.this)
    raise UnsupportedError(f"{what} that is not written out")


def once(node: exp.Expr, template: str, **parts: exp.Expr) -> exp.Expr:
    """`template` over `:x`, with `node` computed once although `:x` stands in it several times."""
    if isinstance(node.unnest(), exp.Column | exp.Literal | exp.Identifier):
        return trino(template, x=node, **parts)
    body = trino(template, x=exp.column("x_"), **parts)
    return trino("ELEMENT_AT(TRANSFORM(ARRAY[:x], x_ -> :body), 1)", x=node, body=body)


@cache
def _parsed(template: str) -> exp.Expr:
    parsed = sqlglot.parse_one(template, dialect="trino")
    for node in parsed.walk():
        node.meta.clear()  # a template's places are none of the query's
    return parsed


def _wrapped(part: exp.Expr) -> exp.Expr:
    copied = part.copy()
    return exp.Paren(this=copied) if isinstance(copied, exp.Binary | exp.Not | exp.Between) else copied
