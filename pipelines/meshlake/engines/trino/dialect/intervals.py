"""Intervals, and dates and times plus or less one: Trino has fewer units, and adds days to a date by a function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from meshlake.engines.trino.dialect.template import INTEGERS, TIMESTAMPS, T, UnsupportedError, kind, trino

if TYPE_CHECKING:
    from meshlake.engines.trino.dialect.template import Rewrite

TIME_UNITS = frozenset({"HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"})
INTERVALS = {
    "YEAR": "INTERVAL '1' YEAR",
    "QUARTER": "INTERVAL '3' MONTH",
    "MONTH": "INTERVAL '1' MONTH",
    "WEEK": "INTERVAL '7' DAY",
    "DAY": "INTERVAL '1' DAY",
    "HOUR": "INTERVAL '1' HOUR",
    "MINUTE": "INTERVAL '1' MINUTE",
    "SECOND": "INTERVAL '1' SECOND",
    "MILLISECOND": "INTERVAL '0.001' SECOND",
}


def unit_of(node: exp.Expr | None) -> str:
    """The name of a unit as DuckDB's parts have it: `DAY` for `days`."""
    return node.name.upper().removesuffix("S") if node is not None else ""


def first(node: exp.Expr) -> exp.Expr:
    """The first argument of a function, known to sqlglot or not."""
    found: exp.Expr = node.expressions[0] if isinstance(node, exp.Anonymous) else node.this
    return found


def _interval(node: exp.Expr) -> exp.Expr:
    unit, count = unit_of(node.args.get("unit")), node.this
    if unit not in INTERVALS:
        raise UnsupportedError(f"the interval {node.sql('duckdb')}")
    if isinstance(count, exp.Literal):
        if not re.fullmatch(r"-?\d+", count.this):
            raise UnsupportedError(f"the interval {node.sql('duckdb')}")
        if unit in ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND") and not count.this.startswith("-"):
            return node
        count = exp.Literal.number(count.this)
    return exp.Paren(this=trino(f":n * {INTERVALS[unit]}", n=count))


def _add(node: exp.Expr) -> exp.Expr:
    left, right = node.this, node.expression
    if (
        isinstance(node, exp.Add)
        and kind(left) in INTEGERS | {T.INTERVAL}
        and kind(right) in {T.DATE, *TIMESTAMPS}
    ):
        left, right = right, left
    if kind(left) != T.DATE:
        return node
    intervals = list(right.find_all(exp.Interval))
    if intervals:
        units = {unit_of(part.args.get("unit")) for part in intervals}
        moment = trino("CAST(:d AS TIMESTAMP(6))", d=left) if units & TIME_UNITS else left
        return exp.Paren(this=type(node)(this=moment, expression=right))
    if kind(right) in INTEGERS:
        return trino(f"DATE_ADD('day', {'-' if isinstance(node, exp.Sub) else ''}:n, :d)", n=right, d=left)
    if kind(right) == T.DATE and isinstance(node, exp.Sub):
        return trino("DATE_DIFF('day', :b, :a)", a=left, b=right)
    return node


def _add_interval(sign: str) -> Rewrite:
    def rewrite(node: exp.Expr) -> exp.Expr:
        interval = node.expression
        if not list(interval.find_all(exp.Interval)):
            interval = exp.Paren(
                this=trino(f":n * {INTERVALS[unit_of(node.args.get('unit')) or 'DAY']}", n=interval)
            )
        moved = (exp.Add if sign == "+" else exp.Sub)(this=node.this, expression=interval)
        return _add(moved)

    return rewrite


def _interval_of(unit: str) -> Rewrite:
    return lambda node: exp.Paren(this=trino(f":n * {INTERVALS[unit]}", n=first(node)))


def _series(node: exp.Expr) -> exp.Expr:
    """A list of numbers is sqlglot's; one of times ends before its end, or with it."""
    parts = {
        "a": node.args["start"],
        "b": node.args["end"],
        "s": node.args.get("step") or exp.Literal.number(1),
    }
    if not parts["s"].find(exp.Interval):
        return node
    is_before = "x_ < :b" if node.args.get("is_end_exclusive") else "x_ <= :b"
    return trino(
        f"FILTER(SEQUENCE(CAST(:a AS TIMESTAMP(6)), CAST(:b AS TIMESTAMP(6)), :s), x_ -> {is_before})",
        **parts,
    )


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Interval: _interval,
    exp.Add: _add,
    exp.Sub: _add,
    exp.DateAdd: _add_interval("+"),
    exp.DateSub: _add_interval("-"),
    exp.ToDays: _interval_of("DAY"),
    exp.GenerateSeries: _series,
}
BY_NAME: dict[str, Rewrite] = {
    "to_hours": _interval_of("HOUR"),
    "to_minutes": _interval_of("MINUTE"),
    "to_seconds": _interval_of("SECOND"),
    "to_weeks": _interval_of("WEEK"),
    "to_months": _interval_of("MONTH"),
    "to_years": _interval_of("YEAR"),
}
