"""Aggregates: DuckDB's leave nulls out where Trino's do not, average into a float, and know exact quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from meshlake.engines.trino.dialect.template import INTEGERS, T, UnsupportedError, kind, trino

if TYPE_CHECKING:
    from collections.abc import Callable

    from meshlake.engines.trino.dialect.template import Rewrite

_SORTED = "ARRAY_SORT(ARRAY_AGG(:x) FILTER (WHERE :given))"
# Position p * (n - 1) between two values, of which each counts by its nearness.
_LOW = "CAST(FLOOR(:p * (CARDINALITY(v_) - 1)) AS INTEGER) + 1"
_HIGH = "CAST(CEIL(:p * (CARDINALITY(v_) - 1)) AS INTEGER) + 1"
_SHARE = "(:p * (CARDINALITY(v_) - 1) - FLOOR(:p * (CARDINALITY(v_) - 1)))"
_BETWEEN = (
    f"ELEMENT_AT(TRANSFORM(ARRAY[{_SORTED}], v_ -> IF(CARDINALITY(v_) = 0, NULL, "
    f"v_[{_LOW}] + (v_[{_HIGH}] - v_[{_LOW}]) * {_SHARE})), 1)"
)
_AT = (
    f"ELEMENT_AT(TRANSFORM(ARRAY[{_SORTED}], v_ -> "
    "ELEMENT_AT(v_, GREATEST(CAST(CEIL(:p * CARDINALITY(v_)) AS INTEGER), 1))), 1)"
)


def _average(node: exp.Expr) -> exp.Expr:
    value, distinct = _value(node)
    if kind(value) in INTEGERS | {T.DOUBLE}:
        return node
    if kind(value) in (T.DATE, T.TIMESTAMP, T.TIMESTAMPTZ, T.INTERVAL):
        raise UnsupportedError("avg of times")
    return trino(f"AVG({distinct}CAST(:x AS DOUBLE))", x=value)


def _sum(node: exp.Expr) -> exp.Expr:
    value, distinct = _value(node)
    other = {T.BOOLEAN: "INTEGER", T.FLOAT: "DOUBLE"}.get(kind(value) or T.UNKNOWN)
    return trino(f"SUM({distinct}CAST(:x AS {other}))", x=value) if other else node


def _value(node: exp.Expr) -> tuple[exp.Expr, str]:
    if isinstance(node.this, exp.Distinct):
        return node.this.expressions[0], "DISTINCT "
    return node.this, ""


def _of_floats(name: str) -> Rewrite:
    """Two integers would be taken as REAL, with seven digits."""
    return lambda node: trino(
        f"{name}(CAST(:x AS DOUBLE), CAST(:y AS DOUBLE))", x=node.this, y=node.expression
    )


def _by(name: str) -> Callable[[exp.Expr, exp.Expr], exp.Expr]:
    def rewrite(node: exp.Expr, given: exp.Expr) -> exp.Expr:
        if node.args.get("count"):
            raise UnsupportedError(f"arg_{name[:3].lower()} of several rows")
        return trino(
            f"{name}(:x, :y) FILTER (WHERE :x IS NOT NULL AND :given)",
            x=node.this,
            y=node.expression,
            given=given,
        )

    return rewrite


def _ordered(place: int) -> Callable[[exp.Expr, exp.Expr], exp.Expr]:
    return lambda node, given: trino(f"ELEMENT_AT(:x, {place})", x=_listed(node.this, given))


def _joined(node: exp.Expr, given: exp.Expr) -> exp.Expr:
    value = node.this.this if isinstance(node.this, exp.Order) else node.this
    inner = value.expressions[0] if isinstance(value, exp.Distinct) else value
    present = trino(":x IS NOT NULL AND :given", x=inner, given=given)
    joint = node.args.get("separator") or exp.Literal.string(",")
    return trino("ARRAY_JOIN(:x, :joint)", x=_listed(node.this, present), joint=joint)


def _listed(value: exp.Expr, given: exp.Expr) -> exp.Expr:
    return exp.Filter(this=exp.ArrayAgg(this=value.copy()), expression=exp.Where(this=given))


def _quantile(node: exp.Expr, given: exp.Expr) -> exp.Expr:
    position = exp.Literal.number("0.5") if isinstance(node, exp.Median) else node.expression
    if not isinstance(position, exp.Literal):
        raise UnsupportedError("several quantiles at once")
    return _quantile_of(node.this, position, isinstance(node, exp.PercentileDisc), given)


def _quantile_of(value: exp.Expr, position: exp.Expr, is_discrete: bool, given: exp.Expr) -> exp.Expr:
    present = trino(":x IS NOT NULL AND :given", x=value, given=given)
    if is_discrete:
        return trino(_AT, x=value, p=position, given=present)
    as_float = trino("CAST(:x AS DOUBLE)", x=value)
    return trino(_BETWEEN, x=as_float, p=position, given=present)


def _within_group(node: exp.Expr, given: exp.Expr) -> exp.Expr:
    inner, order = node.this, node.expression
    if not isinstance(inner, exp.PercentileCont | exp.PercentileDisc) or order.expressions[0].args.get(
        "desc"
    ):
        raise UnsupportedError(f"{node.sql('duckdb')}")
    return _quantile_of(order.expressions[0].this, inner.this, isinstance(inner, exp.PercentileDisc), given)


def _any_value(node: exp.Expr) -> exp.Expr:
    inner = node.this
    return trino("ANY_VALUE(:x)", x=inner.this) if isinstance(inner, exp.AnyValue) else node


_FILTERED: dict[type[exp.Expr], Callable[[exp.Expr, exp.Expr], exp.Expr]] = {
    exp.ArgMax: _by("MAX_BY"),
    exp.ArgMin: _by("MIN_BY"),
    exp.First: _ordered(1),
    exp.Last: _ordered(-1),
    exp.GroupConcat: _joined,
    exp.Median: _quantile,
    exp.PercentileCont: _quantile,
    exp.PercentileDisc: _quantile,
    exp.WithinGroup: _within_group,
}


def _with_filter(node: exp.Expr) -> exp.Expr:
    """Aggregates that need a filter of their own take that of the query into it."""
    rewrite = _FILTERED.get(type(node.this))
    return rewrite(node.this, node.expression.this) if rewrite else node


def _without_filter(node: exp.Expr) -> exp.Expr:
    if isinstance(node.parent, exp.Filter | exp.WithinGroup):
        return node
    if isinstance(node.parent, exp.Window | exp.IgnoreNulls | exp.RespectNulls):
        if isinstance(node, exp.First | exp.Last):
            return node
        raise UnsupportedError(f"{node.key} over a window")
    return _FILTERED[type(node)](node, exp.true())


REWRITES: dict[type[exp.Expr], Rewrite] = {
    **dict.fromkeys(_FILTERED, _without_filter),
    exp.Filter: _with_filter,
    exp.IgnoreNulls: _any_value,
    exp.Avg: _average,
    exp.Sum: _sum,
    exp.Corr: _of_floats("CORR"),
    exp.CovarPop: _of_floats("COVAR_POP"),
    exp.CovarSamp: _of_floats("COVAR_SAMP"),
    exp.RegrSlope: _of_floats("REGR_SLOPE"),
    exp.RegrIntercept: _of_floats("REGR_INTERCEPT"),
}
