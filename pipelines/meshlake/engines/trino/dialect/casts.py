"""Casts: Trino reads fewer texts as a value than DuckDB, writes values otherwise, and rounds halves away from zero."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from meshlake.engines.trino.dialect.template import (
    FLOATS,
    INTEGERS,
    LISTS,
    TEXTS,
    TIMESTAMPS,
    T,
    UnsupportedError,
    kind,
    once,
    trino,
)

if TYPE_CHECKING:
    from meshlake.engines.trino.dialect.template import Rewrite

_OTHER_TYPES = {
    T.TIMESTAMP_S: "TIMESTAMP(6)",
    T.TIMESTAMP_MS: "TIMESTAMP(6)",
    T.TIMESTAMP_NS: "TIMESTAMP(6)",
    T.TIMESTAMPNTZ: "TIMESTAMP(6)",
    T.TIMESTAMP: "TIMESTAMP(6)",
    T.TIMESTAMPTZ: "TIMESTAMP(6) WITH TIME ZONE",
    T.TIME: "TIME(6)",
    # Trino's integers have a sign.
    T.UTINYINT: "SMALLINT",
    T.USMALLINT: "INTEGER",
    T.UINT: "BIGINT",
    T.UBIGINT: "DECIMAL(20, 0)",
    T.INT128: "DECIMAL(38, 0)",
    T.UINT128: "DECIMAL(38, 0)",
}
_PLAIN = {
    T.DATE: re.compile(r"\d{4}-\d\d-\d\d"),
    T.TIMESTAMP: re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d(\.\d{1,6})?)?)?"),
    T.INT: re.compile(r"[+-]?\d{1,18}"),
    T.DECIMAL: re.compile(r"[+-]?\d+(\.\d+)?"),
    T.BOOLEAN: re.compile(r"true|false", re.IGNORECASE),
}
_NUMBER = "REPLACE(TRIM(:x), '_', '')"
_FLOAT = (
    "CASE WHEN NOT REGEXP_LIKE(:x, '[^-+0-9.eE ]') THEN CAST(:x AS DOUBLE) "
    "ELSE CASE LOWER(TRIM(:x)) WHEN 'nan' THEN NAN() "
    "WHEN 'inf' THEN INFINITY() WHEN '+inf' THEN INFINITY() WHEN '-inf' THEN -INFINITY() "
    "WHEN 'infinity' THEN INFINITY() WHEN '+infinity' THEN INFINITY() WHEN '-infinity' THEN -INFINITY() "
    # A letter at the end is Java's, a text that begins with one is nobody's number.
    "ELSE CAST(IF(REGEXP_LIKE(:x, '[dDfFxXpPnN]'), 'no ', '') || REPLACE(:x, '_', '') AS DOUBLE) END END"
)
_WORDS = (
    "CASE LOWER(:x) WHEN 'yes' THEN 'true' WHEN 'y' THEN 'true' "
    "WHEN 'no' THEN 'false' WHEN 'n' THEN 'false' ELSE :x END"
)
_DAY = r"REGEXP_REPLACE(REPLACE(:x, '/', '-'), '^\s*([0-9]+-[0-9]+-[0-9]+)(?:\D(?s:.*))?\z', '$1')"
_MOMENT = (
    r"REGEXP_REPLACE(REPLACE(:x, '/', '-'), "
    r"'^\s*([0-9]+-[0-9]+-[0-9]+)(?:[T ]([0-9]+:[0-9]+(?::[0-9]+)?(?:\.[0-9]{1,6})?)[0-9]*)?"
    r"\s*(?:Z|[-+][0-9]{2}(?::?[0-9]{2})?)?\s*\z', "
    "'$1 $2')"
)
# What Trino takes beside that, such as minutes before an offset, DuckDB does not; what it has not, such as a T and more
# than microseconds, is said otherwise. Names of zones both know.
_ZONED = (
    "CASE WHEN REGEXP_LIKE(:x, '[A-Za-z]{2}') THEN :x ELSE "
    r"REGEXP_REPLACE('? ' || :x, '^[?] \s*([0-9]+)[-/]([0-9]+)[-/]([0-9]+)(?:[T ](?:([0-9]+:[0-9]+)|"
    r"([0-9]+:[0-9]+:[0-9]+(?:\.[0-9]{1,6})?)[0-9]*(Z|[-+][0-9]{2}(?::?[0-9]{2})?)?))?\s*\z', '$1-$2-$3 $4$5$6') END"
)
# DuckDB writes 1e-05 and 1e+16, but nothing between those two with an exponent.
_EXPONENT = (
    r"LOWER(REGEXP_REPLACE(REGEXP_REPLACE(REPLACE(CAST(:x AS VARCHAR), '.0E', 'E'), 'E([0-9])', 'E+$1'), "
    r"'E([-+])([0-9])\z', 'E$10$2'))"
)
_DIGITS = (
    r"REGEXP_REPLACE(REGEXP_REPLACE(CAST(CAST(:x AS DECIMAL(38, 21)) AS VARCHAR), '0+\z', ''), '\.\z', '.0')"
)
_FLOAT_TEXT = (
    "CASE WHEN IS_NAN(:x) THEN 'nan' WHEN IS_INFINITE(:x) THEN IF(:x > 0, 'inf', '-inf') "
    f"WHEN ABS(:x) >= 1E16 OR (ABS(:x) < 1E-4 AND :x <> 0E0) THEN {_EXPONENT} ELSE {_DIGITS} END"
)
_TIME_TEXT = {
    T.TIMESTAMP: r"REGEXP_REPLACE(CAST(CAST(:x AS TIMESTAMP(6)) AS VARCHAR), '\.?0*\z', '')",
    T.TIME: r"REGEXP_REPLACE(CAST(CAST(:x AS TIME(6)) AS VARCHAR), '\.?0*\z', '')",
    T.TIMESTAMPTZ: (
        r"REGEXP_REPLACE(CAST(CAST(AT_TIMEZONE(:x, 'UTC') AS TIMESTAMP(6)) AS VARCHAR), '\.?0*\z', '') || '+00'"
    ),
}


def as_text(node: exp.Expr) -> exp.Expr:
    """`node` as the text DuckDB makes of it."""
    given = kind(node)
    if given in TEXTS:
        return node
    if given == T.DOUBLE:
        return once(node, _FLOAT_TEXT)
    if given == T.FLOAT:
        # FORMAT writes the shortest text of the float; as a double it would have more digits.
        shortest = once(node, "IF(:x IS NULL, NULL, CAST(FORMAT('%s', :x) AS DOUBLE))")
        return once(shortest, _FLOAT_TEXT)
    time = T.TIMESTAMP if given in TIMESTAMPS else given
    if time in _TIME_TEXT:
        return trino(_TIME_TEXT[time], x=node)
    if given in LISTS or given in (T.STRUCT, T.MAP):
        raise UnsupportedError(f"a text of a whole {given.value.lower()}")
    return trino("CAST(:x AS VARCHAR)", x=node)


def trino_data_type(data_type: exp.DataType) -> exp.DataType:
    """DuckDB's type in Trino's words, nested ones included; times keep their microseconds."""
    changed = data_type.copy()
    for part in list(changed.find_all(exp.DataType)):
        other = _OTHER_TYPES.get(part.this)
        if part.this == T.DECIMAL and not part.expressions:
            other = "DECIMAL(18, 3)"
        if other is not None:
            new = exp.DataType.build(other, dialect="trino")
            if part is changed:
                return new
            part.replace(new)
    return changed


def _cast(node: exp.Expr) -> exp.Expr:
    is_strict = type(node) is exp.Cast
    wanted, operand = node.args["to"], node.this
    given = kind(operand)
    if wanted.this in TEXTS:
        return as_text(operand)
    to = trino_data_type(wanted)
    _refuse_other_fields(operand.type, wanted)
    if given in TEXTS:
        return _of_text(operand, wanted.this, to, is_strict)
    if given in FLOATS and wanted.this in INTEGERS:
        operand = once(operand, "CASE WHEN ABS(:x % 1) = 0.5E0 THEN 2 * ROUND(:x / 2) ELSE :x END")
    return type(node)(this=operand, to=to)


def _refuse_other_fields(given: exp.DataType | None, wanted: exp.DataType) -> None:
    """Trino casts a struct's fields by their places, DuckDB by their names."""
    if given is None or given.this != wanted.this:
        return
    if wanted.this == T.STRUCT:
        names, others = ([part.name.lower() for part in one.expressions] for one in (given, wanted))
        if names != others:
            raise UnsupportedError("cast of a struct to one of other fields, or of another order")
    for part, other in zip(given.expressions, wanted.expressions, strict=False):
        one, another = (p.args.get("kind") if isinstance(p, exp.ColumnDef) else p for p in (part, other))
        if isinstance(one, exp.DataType) and isinstance(another, exp.DataType):
            _refuse_other_fields(one, another)


def _of_text(text: exp.Expr, wanted: exp.DType, to: exp.DataType, is_strict: bool) -> exp.Expr:
    """The value DuckDB reads in a text. Plain casts come first: they are fast, and most texts need no more."""
    if wanted == T.JSON:
        return trino("JSON_PARSE(:x)" if is_strict else "TRY(JSON_PARSE(:x))", x=text)
    cast = exp.Cast if is_strict else exp.TryCast

    def plain(value: exp.Expr) -> exp.Expr:
        return cast(this=value, to=to.copy())

    if isinstance(text, exp.Literal) and _is_plain(text.this, wanted):
        return plain(text)
    if wanted in FLOATS:
        value = once(text, _FLOAT)
        return plain(value) if is_strict else trino("TRY(:v)", v=plain(value))
    if wanted == T.BOOLEAN:
        return plain(trino(_WORDS, x=text))
    if wanted == T.TIMESTAMPTZ:
        return trino("AT_TIMEZONE(:v, 'UTC')", v=plain(once(text, _ZONED)))
    other = _read_otherwise(wanted)
    if other is None:
        return plain(text)
    value = trino(other, x=text)
    if wanted in INTEGERS:
        value = cast(this=value, to=exp.DataType.build("DECIMAL(38, 10)", dialect="trino"))
    first: exp.Expr = exp.TryCast(this=text.copy(), to=to.copy())
    if wanted in TIMESTAMPS:
        # Longer ones have parts of microseconds, which DuckDB leaves out.
        first = trino("IF(LENGTH(:x) <= 26, :first)", x=text, first=first)
    return exp.Coalesce(this=first, expressions=[plain(value)])


def _read_otherwise(wanted: exp.DType) -> str | None:
    if wanted in INTEGERS or wanted == T.DECIMAL:
        return _NUMBER
    return _MOMENT if wanted in TIMESTAMPS else _DAY if wanted == T.DATE else None


def _is_plain(text: str, wanted: exp.DType) -> bool:
    family = T.INT if wanted in INTEGERS else T.TIMESTAMP if wanted in TIMESTAMPS else wanted
    pattern = _PLAIN.get(T.DECIMAL if family in FLOATS else family)
    return pattern is not None and pattern.fullmatch(text) is not None


REWRITES: dict[type[exp.Expr], Rewrite] = {exp.Cast: _cast, exp.TryCast: _cast}
