"""Dates and times: their parts, texts, zones and epochs. Sums with intervals are those of `intervals`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from meshlake.engines.trino.dialect.intervals import INTERVALS, TIME_UNITS, first, unit_of
from meshlake.engines.trino.dialect.template import (
    TIMESTAMPS,
    T,
    UnsupportedError,
    kind,
    text_literal,
    trino,
)

if TYPE_CHECKING:
    from meshlake.engines.trino.dialect.template import Rewrite

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


def _whole_difference(node: exp.Expr) -> exp.Expr:
    part, start, end = node.expressions
    return trino("DATE_DIFF(:part, :a, :b)", part=part, a=start, b=end)


def _cut(node: exp.Expr) -> exp.Expr:
    unit, value = unit_of(node.args.get("unit")), node.this
    if unit not in INTERVALS:
        raise UnsupportedError(f"date_trunc to a {unit.lower()}")
    if kind(value) == T.DATE and unit in TIME_UNITS:
        value = trino("CAST(:x AS TIMESTAMP(6))", x=value)
    return trino(f"DATE_TRUNC('{unit.lower()}', :x)", x=value)


def _field(name: str, value: exp.Expr) -> exp.Expr:
    if name not in _FIELDS:
        raise UnsupportedError(f"the date part {name.lower()}")
    if kind(value) == T.DATE and name in TIME_UNITS:
        value = trino("CAST(:x AS TIMESTAMP(6))", x=value)
    return trino(_FIELDS[name], x=value)


def _date_part(node: exp.Expr) -> exp.Expr:
    part, value = node.expressions
    return _field(text_literal(part, "a date part").upper(), value)


def _epoch(node: exp.Expr) -> exp.Expr:
    value = node.this
    return trino(
        "TO_UNIXTIME(:x)",
        x=value if kind(value) == T.TIMESTAMPTZ else trino("CAST(:x AS TIMESTAMP(6))", x=value),
    )


def _of_epoch(node: exp.Expr) -> exp.Expr:
    """`to_timestamp(seconds)` has a zone, `epoch_ms(milliseconds)` has none, `epoch_ms(time)` is the way back."""
    scale = node.args.get("scale")
    if scale is None:
        return trino("FROM_UNIXTIME(:x, 'UTC')", x=node.this)
    factor = 10 ** int(scale.name)
    if kind(node.this) in TIMESTAMPS | {T.DATE, T.TIMESTAMPTZ}:
        seconds = _epoch(node)
        return trino(f"CAST(FLOOR(:s * {factor}) AS BIGINT)", s=seconds)
    return trino(
        f"CAST(FROM_UNIXTIME_NANOS(CAST(:x AS DECIMAL(38, 0)) * {10**9 // factor}) AS TIMESTAMP(6))",
        x=node.this,
    )


def _in_zone(node: exp.Expr) -> exp.Expr:
    zone = node.args["zone"]
    if kind(node.this) == T.TIMESTAMPTZ:
        return trino("CAST(AT_TIMEZONE(:x, :zone) AS TIMESTAMP(6))", x=node.this, zone=zone)
    return trino("AT_TIMEZONE(WITH_TIMEZONE(CAST(:x AS TIMESTAMP(6)), :zone), 'UTC')", x=node.this, zone=zone)


def _format(template: str) -> Rewrite:
    """Directives both have; sqlglot puts Trino's letters for them."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        written = text_literal(node.args.get("format"), "a time format")
        if not _SAME_FORMAT.fullmatch(written):
            raise UnsupportedError(f"the time format {written}")
        return trino(template, x=node.this, format=exp.Literal.string(written))

    return rewrite


def _make_date(node: exp.Expr) -> exp.Expr:
    parts = {name: node.args[name] for name in ("year", "month", "day")}
    return trino(
        "CAST(CAST(:year AS VARCHAR) || '-' || CAST(:month AS VARCHAR) || '-' || CAST(:day AS VARCHAR) AS DATE)",
        **parts,
    )


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.DateTrunc: _cut,
    exp.TimestampTrunc: _cut,
    exp.Extract: lambda node: _field(node.name.upper(), node.expression),
    exp.DayOfWeek: lambda node: _field("DOW", node.this),
    exp.DayOfWeekIso: lambda node: _field("ISODOW", node.this),
    exp.TimeToUnix: _epoch,
    exp.UnixToTime: _of_epoch,
    exp.AtTimeZone: _in_zone,
    exp.TimeToStr: _format("DATE_FORMAT(:x, :format)"),
    exp.StrToTime: _format("CAST(DATE_PARSE(:x, :format) AS TIMESTAMP(6))"),
    exp.DateFromParts: _make_date,
    exp.Dayname: lambda node: trino("DATE_FORMAT(:x, '%W')", x=node.this),
    exp.Monthname: lambda node: trino("DATE_FORMAT(:x, '%M')", x=node.this),
}
BY_NAME: dict[str, Rewrite] = {
    "date_part": _date_part,
    "datepart": _date_part,
    "date_sub": _whole_difference,
    "datesub": _whole_difference,
    "weekday": lambda node: _field("DOW", first(node)),
    "isodow": lambda node: _field("ISODOW", first(node)),
    "dayname": lambda node: trino("DATE_FORMAT(:x, '%W')", x=first(node)),
    "monthname": lambda node: trino("DATE_FORMAT(:x, '%M')", x=first(node)),
}
