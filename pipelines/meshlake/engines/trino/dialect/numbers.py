"""Arithmetic and comparisons: DuckDB divides into a float, by zero into a null, and compares texts as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from meshlake.engines.trino.dialect.casts import as_text, trino_data_type
from meshlake.engines.trino.dialect.template import (
    FLOATS,
    INTEGERS,
    LISTS,
    TIMESTAMPS,
    T,
    UnsupportedError,
    kind,
    trino,
)

if TYPE_CHECKING:
    from meshlake.engines.trino.dialect.template import Rewrite

_READ_FROM_TEXT = (
    INTEGERS | FLOATS | TIMESTAMPS | {T.DECIMAL, T.DATE, T.TIMESTAMPTZ, T.TIME, T.BOOLEAN, T.UUID}
)


def _divide(node: exp.Expr) -> exp.Expr:
    divided = trino("CAST(:a AS DOUBLE)", a=node.this)
    return exp.Div(this=divided, expression=node.expression, typed=True, safe=False)


def _divide_whole(node: exp.Expr) -> exp.Expr:
    if not (_is_integer(node.this) and _is_integer(node.expression)):
        raise UnsupportedError("// of numbers not known to be integers")
    return exp.Div(this=node.this, expression=_not_zero(node.expression), typed=True, safe=False)


def _remainder(node: exp.Expr) -> exp.Expr:
    return exp.Mod(this=node.this, expression=_not_zero(node.expression))


def _not_zero(divisor: exp.Expr) -> exp.Expr:
    if isinstance(divisor, exp.Literal) and float(divisor.this) != 0:
        return divisor
    return trino("NULLIF(:x, 0)", x=divisor)


def _compare(node: exp.Expr) -> exp.Expr:
    """A text written out beside a date or a number is read as one."""
    for one, other in (("this", "expression"), ("expression", "this")):
        _read_as(node.args[one], node.args[other])
    return node


def _between(node: exp.Expr) -> exp.Expr:
    for bound in ("low", "high"):
        _read_as(node.args[bound], node.this)
    return node


def _is_in(node: exp.Expr) -> exp.Expr:
    for value in node.expressions:
        _read_as(value, node.this)
    return node


def _read_as(value: exp.Expr, beside: exp.Expr) -> None:
    wanted = kind(beside)
    if isinstance(value, exp.Literal) and value.is_string and wanted in _READ_FROM_TEXT and beside.type:
        value.replace(exp.Cast(this=value.copy(), to=trino_data_type(beside.type)))


def _is_integer(node: exp.Expr) -> bool:
    return kind(node) in INTEGERS


def _join(node: exp.Expr) -> exp.Expr:
    if kind(node.this) in LISTS or kind(node.expression) in LISTS:
        return trino("CONCAT(:a, :b)", a=node.this, b=node.expression)
    return trino("CONCAT(:a, :b)", a=as_text(node.this), b=as_text(node.expression))


def _extreme(name: str) -> Rewrite:
    def rewrite(node: exp.Expr) -> exp.Expr:
        items = exp.Array(expressions=[node.this, *node.expressions])
        return trino(f"ARRAY_{name}(FILTER(:items, x_ -> x_ IS NOT NULL))", items=items)

    return rewrite


def _logarithm(node: exp.Expr) -> exp.Expr:
    return node if node.expression else trino("LOG10(:x)", x=node.this)


def _is_infinite(node: exp.Expr) -> exp.Expr:
    return trino("IS_INFINITE(:x)", x=node.this)


_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)
REWRITES: dict[type[exp.Expr], Rewrite] = {
    **dict.fromkeys(_COMPARISONS, _compare),
    exp.Between: _between,
    exp.In: _is_in,
    exp.Div: _divide,
    exp.IntDiv: _divide_whole,
    exp.Mod: _remainder,
    exp.DPipe: _join,
    exp.Greatest: _extreme("MAX"),
    exp.Least: _extreme("MIN"),
    exp.Log: _logarithm,
    exp.IsInf: _is_infinite,
}
BY_NAME: dict[str, Rewrite] = {
    "isfinite": lambda node: trino("IS_FINITE(:x)", x=node.expressions[0]),
}
