"""Dates and times: what DuckDB adds, subtracts, cuts and names, on Trino."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from pipelines.engine.dialect.template import (
    INTEGERS,
    TIMESTAMPS,
    CannotSayError,
    T,
    kind,
    say,
    text_literal,
)

if TYPE_CHECKING:
    from pipelines.engine.dialect.template import Rewrite

_TIME_UNITS = frozenset({"HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"})
_INTERVALS = {
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
_FIELDS = {
    **{
        name: f"{name}(:x)"
        for name in ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND")
    },
    "DOY": "DAY_OF_YEAR(:x)",
    "DAYOFYEAR": "DAY_OF_YEAR(:x)",
    "DOW": "DAY_OF_WEEK(:x) % 7",
    "DAYOFWEEK": "DAY_OF_WEEK(:x) % 7",
    "ISODOW": "DAY_OF_WEEK(:x)",
    "ISOYEAR": "YEAR_OF_WEEK(:x)",
    "EPOCH": "TO_UNIXTIME(CAST(:x AS TIMESTAMP(6)))",
}
_SAME_FORMAT = re.compile(r"(?:[^%]|%[YymdHMSIpjaAbB%])*")


def _unit(node: exp.Expr | None) -> str:
    return node.name.upper().removesuffix("S") if node is not None else ""


def _interval(node: exp.Expr) -> exp.Expr:
    unit, count = _unit(node.args.get("unit")), node.this
    if unit not in _INTERVALS:
        raise CannotSayError(f"the interval {node.sql('duckdb')}")
    if isinstance(count, exp.Literal):
        if not re.fullmatch(r"-?\d+", count.this):
            raise CannotSayError(f"the interval {node.sql('duckdb')}")
        if unit in ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND") and not count.this.startswith("-"):
            return node
        count = exp.Literal.number(count.this)
    return exp.Paren(this=say(f":n * {_INTERVALS[unit]}", n=count))


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
        units = {_unit(part.args.get("unit")) for part in intervals}
        moment = say("CAST(:d AS TIMESTAMP(6))", d=left) if units & _TIME_UNITS else left
        return exp.Paren(this=type(node)(this=moment, expression=right))
    if kind(right) in INTEGERS:
        return say(f"DATE_ADD('day', {'-' if isinstance(node, exp.Sub) else ''}:n, :d)", n=right, d=left)
    if kind(right) == T.DATE and isinstance(node, exp.Sub):
        return say("DATE_DIFF('day', :b, :a)", a=left, b=right)
    return node


def _add_interval(sign: str) -> Rewrite:
    def rewrite(node: exp.Expr) -> exp.Expr:
        interval = node.expression
        if not list(interval.find_all(exp.Interval)):
            interval = exp.Paren(
                this=say(f":n * {_INTERVALS[_unit(node.args.get('unit')) or 'DAY']}", n=interval)
            )
        moved = (exp.Add if sign == "+" else exp.Sub)(this=node.this, expression=interval)
        return _add(moved)

    return rewrite


def _interval_of(unit: str) -> Rewrite:
    return lambda node: exp.Paren(this=say(f":n * {_INTERVALS[unit]}", n=_first(node)))


def _first(node: exp.Expr) -> exp.Expr:
    found: exp.Expr = node.expressions[0] if isinstance(node, exp.Anonymous) else node.this
    return found


def _whole_difference(node: exp.Expr) -> exp.Expr:
    part, start, end = node.expressions
    return say("DATE_DIFF(:part, :a, :b)", part=part, a=start, b=end)


def _cut(node: exp.Expr) -> exp.Expr:
    unit, value = _unit(node.args.get("unit")), node.this
    if unit not in _INTERVALS:
        raise CannotSayError(f"date_trunc to a {unit.lower()}")
    if kind(value) == T.DATE and unit in _TIME_UNITS:
        value = say("CAST(:x AS TIMESTAMP(6))", x=value)
    return say(f"DATE_TRUNC('{unit.lower()}', :x)", x=value)


def _field(name: str, value: exp.Expr) -> exp.Expr:
    if name not in _FIELDS:
        raise CannotSayError(f"the date part {name.lower()}")
    if kind(value) == T.DATE and name in _TIME_UNITS:
        value = say("CAST(:x AS TIMESTAMP(6))", x=value)
    return say(_FIELDS[name], x=value)


def _date_part(node: exp.Expr) -> exp.Expr:
    part, value = node.expressions
    return _field(text_literal(part, "a date part").upper(), value)


def _epoch(node: exp.Expr) -> exp.Expr:
    value = node.this
    return say(
        "TO_UNIXTIME(:x)",
        x=value if kind(value) == T.TIMESTAMPTZ else say("CAST(:x AS TIMESTAMP(6))", x=value),
    )


def _of_epoch(node: exp.Expr) -> exp.Expr:
    """`to_timestamp(seconds)` has a zone, `epoch_ms(milliseconds)` has none, `epoch_ms(time)` is the way back."""
    scale = node.args.get("scale")
    if scale is None:
        return say("FROM_UNIXTIME(:x, 'UTC')", x=node.this)
    factor = 10 ** int(scale.name)
    if kind(node.this) in TIMESTAMPS | {T.DATE, T.TIMESTAMPTZ}:
        seconds = _epoch(node)
        return say(f"CAST(FLOOR(:s * {factor}) AS BIGINT)", s=seconds)
    return say(
        f"CAST(FROM_UNIXTIME_NANOS(CAST(:x AS DECIMAL(38, 0)) * {10**9 // factor}) AS TIMESTAMP(6))",
        x=node.this,
    )


def _in_zone(node: exp.Expr) -> exp.Expr:
    zone = node.args["zone"]
    if kind(node.this) == T.TIMESTAMPTZ:
        return say("CAST(AT_TIMEZONE(:x, :zone) AS TIMESTAMP(6))", x=node.this, zone=zone)
    return say("AT_TIMEZONE(WITH_TIMEZONE(CAST(:x AS TIMESTAMP(6)), :zone), 'UTC')", x=node.this, zone=zone)


def _format(template: str) -> Rewrite:
    """Directives both have; sqlglot puts Trino's letters for them."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        written = text_literal(node.args.get("format"), "a time format")
        if not _SAME_FORMAT.fullmatch(written):
            raise CannotSayError(f"the time format {written}")
        return say(template, x=node.this, format=exp.Literal.string(written))

    return rewrite


def _make_date(node: exp.Expr) -> exp.Expr:
    parts = {name: node.args[name] for name in ("year", "month", "day")}
    return say(
        "CAST(CAST(:year AS VARCHAR) || '-' || CAST(:month AS VARCHAR) || '-' || CAST(:day AS VARCHAR) AS DATE)",
        **parts,
    )


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
    return say(
        f"FILTER(SEQUENCE(CAST(:a AS TIMESTAMP(6)), CAST(:b AS TIMESTAMP(6)), :s), x_ -> {is_before})",
        **parts,
    )


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Interval: _interval,
    exp.Add: _add,
    exp.Sub: _add,
    exp.DateAdd: _add_interval("+"),
    exp.DateSub: _add_interval("-"),
    exp.DateTrunc: _cut,
    exp.TimestampTrunc: _cut,
    exp.Extract: lambda node: _field(node.name.upper(), node.expression),
    exp.DayOfWeek: lambda node: _field("DOW", node.this),
    exp.DayOfWeekIso: lambda node: _field("ISODOW", node.this),
    exp.ToDays: _interval_of("DAY"),
    exp.TimeToUnix: _epoch,
    exp.UnixToTime: _of_epoch,
    exp.AtTimeZone: _in_zone,
    exp.TimeToStr: _format("DATE_FORMAT(:x, :format)"),
    exp.StrToTime: _format("CAST(DATE_PARSE(:x, :format) AS TIMESTAMP(6))"),
    exp.GenerateSeries: _series,
    exp.DateFromParts: _make_date,
    exp.Dayname: lambda node: say("DATE_FORMAT(:x, '%W')", x=node.this),
    exp.Monthname: lambda node: say("DATE_FORMAT(:x, '%M')", x=node.this),
}
BY_NAME: dict[str, Rewrite] = {
    "date_part": _date_part,
    "datepart": _date_part,
    "date_sub": _whole_difference,
    "datesub": _whole_difference,
    "weekday": lambda node: _field("DOW", _first(node)),
    "isodow": lambda node: _field("ISODOW", _first(node)),
    "dayname": lambda node: say("DATE_FORMAT(:x, '%W')", x=_first(node)),
    "monthname": lambda node: say("DATE_FORMAT(:x, '%M')", x=_first(node)),
    "to_hours": _interval_of("HOUR"),
    "to_minutes": _interval_of("MINUTE"),
    "to_seconds": _interval_of("SECOND"),
    "to_weeks": _interval_of("WEEK"),
    "to_months": _interval_of("MONTH"),
    "to_years": _interval_of("YEAR"),
}
