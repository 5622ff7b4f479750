"""SQL of `transformLogic`: whether it makes text of text, which is then read as strictly as landed text; what it tries.

A value that is there and cannot be had by an attempt is a misfit, and so is what is divided by zero. `TRY_CAST` makes
NULL of `n/a`, `5 // 0` is NULL and `5 / 0` infinite, and nobody reads of it; who means NULL says so: by NULLIF, by
CASE, or by `COALESCE(TRY_CAST(...), NULL)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# What makes text of texts and never fails; of a SUBSTRING, LEFT or SPLIT_PART the text comes first.
_OF_TEXTS = (exp.Replace, exp.Nullif, exp.Coalesce, exp.DPipe, exp.Concat, exp.Paren)
_OF_FIRST = (
    exp.Trim,
    exp.RegexpReplace,
    exp.Upper,
    exp.Lower,
    exp.Substring,
    exp.Left,
    exp.Right,
    exp.Translate,
)
_CONDITIONS = (
    exp.RegexpFullMatch,
    exp.RegexpLike,
    exp.Like,
    exp.EQ,
    exp.NEQ,
    exp.In,
    exp.Is,
    exp.And,
    exp.Or,
    exp.Not,
)
_STRICT_NAMES = {"try_strptime": "STRPTIME"}
_DIVIDING = "divide"


def makes_text(expression: str, texts: Collection[str]) -> bool:
    """Whether `expression` puts text together of columns, all of them among `texts`, and can never fail.

    Example:
        >>> makes_text("REPLACE(TRIM(fee), ',', '.')", {"fee"}), makes_text("CAST(fee AS INT)", {"fee"})
        (True, False)
    """
    parsed = sqlglot.parse_one(expression, dialect="duckdb")
    return parsed.find(exp.Column) is not None and _is_text(parsed, {name.lower() for name in texts})


def _is_text(node: exp.Expr | None, texts: set[str]) -> bool:
    if node is None or isinstance(node, exp.Null):
        return True
    if isinstance(node, exp.Column):
        return len(node.parts) == 1 and node.name.lower() in texts
    if isinstance(node, exp.Literal):
        return node.is_string
    if isinstance(node, exp.Case):
        values = [branch.args["true"] for branch in node.args["ifs"]]
        asked = [branch.this for branch in node.args["ifs"]]
        if node.this is not None:
            return all(
                _is_text(each, texts) for each in (node.this, *asked, *values, node.args.get("default"))
            )
        sure = all(_is_sure(each, texts) for each in asked)
        return sure and all(_is_text(each, texts) for each in (*values, node.args.get("default")))
    if isinstance(node, _OF_FIRST):
        others = [each for key, each in node.args.items() if key != "this" and isinstance(each, exp.Expr)]
        return _is_text(node.this, texts) and all(isinstance(each, exp.Literal) for each in others)
    return isinstance(node, _OF_TEXTS) and all(_is_text(each, texts) for each in node.iter_expressions())


def _is_sure(node: exp.Expr, texts: set[str]) -> bool:
    """Whether a condition compares texts alone, so that it never fails."""
    if isinstance(node, exp.And | exp.Or | exp.Not):
        return all(_is_sure(each, texts) for each in node.iter_expressions())
    if isinstance(node, exp.Paren):
        return _is_sure(node.this, texts)
    return isinstance(node, _CONDITIONS) and all(_is_text(each, texts) for each in node.iter_expressions())


def without_attempts(expression: str) -> str:
    """`expression`, which fails where an attempt or a division does and nothing in it says what is to come of that.

    Where no column that is read has a value, blank text being none, it stays an attempt.

    Example:
        >>> without_attempts("TRY_CAST(n AS INT)")
        "(CASE WHEN TRIM(CAST(n AS TEXT)) <> '' THEN CAST(n AS INT) ELSE TRY_CAST(n AS INT) END)"
        >>> without_attempts("COALESCE(TRY_CAST(n AS INT), 0)")
        'COALESCE(TRY_CAST(n AS INT), 0)'
        >>> without_attempts("a // 10"), without_attempts("10 // b")[:31]
        ('a // 10', '(10 // LIST_TRANSFORM([b], LAMB')
    """
    whole = exp.Paren(this=sqlglot.parse_one(expression, dialect="duckdb"))
    attempts = [node for node in _attempts(whole) if not _has_other(node) and node.find(exp.Column)]
    # The inner ones come later, and are copied into the outer ones.
    for node in reversed(attempts):
        if _is_division(node):
            _divide_by_no_zero(node)
        else:
            node.replace(_strict_where_there(node))
    return whole.sql("duckdb") if attempts else expression


def _attempts(whole: exp.Expr) -> Iterator[exp.Expr]:
    for node in whole.find_all(exp.TryCast, exp.Try, exp.Anonymous, exp.Div, exp.IntDiv, exp.Mod):
        is_attempt = isinstance(node, exp.TryCast | exp.Try) or _name(node) in _STRICT_NAMES
        if is_attempt or (_is_division(node) and not _is_number_but_zero(_divided(node)[1])):
            yield node


def _name(node: exp.Expr) -> str:
    return str(node.this).lower() if isinstance(node, exp.Anonymous) else ""


def _is_division(node: exp.Expr) -> bool:
    is_by_name = _name(node) == _DIVIDING and len(node.expressions) == 2
    return is_by_name or isinstance(node, exp.Div | exp.IntDiv | exp.Mod)


def _divided(node: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """What a division divides, and by what."""
    first, second = node.expressions or (node.this, node.expression)
    return first, second


def _is_number_but_zero(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and float(node.this) != 0


def _divide_by_no_zero(node: exp.Expr) -> None:
    """Let a division of a value by zero fail: a cast that does so on every engine, of the type that widens none.

    The divisor stands there once, within a list: DuckDB works out beforehand, and outside of TRY, what stands twice.
    """
    dividend, divisor = _divided(node)
    conditions: list[exp.Expr] = [exp.EQ(this=exp.column("divisor_"), expression=exp.Literal.number(0))]
    conditions += [_has_value(column) for column in _columns(dividend)]
    checked = (
        f"LIST_TRANSFORM([{divisor.sql('duckdb')}], LAMBDA divisor_ : "
        f"CASE WHEN {exp.and_(*conditions).sql('duckdb')} THEN CAST('zero' AS TINYINT) ELSE divisor_ END)[1]"
    )
    divisor.replace(sqlglot.parse_one(checked, dialect="duckdb"))


def _has_other(node: exp.Expr) -> bool:
    """Whether the contract says what is to be where the attempt fails, or only asks whether it does."""
    while (parent := node.parent) is not None:
        if isinstance(parent, exp.Coalesce) and node is not [parent.this, *parent.expressions][-1]:
            return True
        if isinstance(parent, exp.If | exp.Case) and node.arg_key == "this":
            return True
        if isinstance(parent, exp.Is | exp.NullSafeEQ | exp.NullSafeNEQ):
            return True
        node = parent
    return False


def _strict_where_there(node: exp.Expr) -> exp.Expr:
    is_there = exp.or_(*(_has_value(column) for column in _columns(node)))
    is_strange = isinstance(node, exp.Anonymous)  # to Trino
    attempt = exp.Try(this=_strict(node)) if is_strange else node.copy()
    return exp.Case(ifs=[exp.If(this=is_there, true=_strict(node))], default=attempt)


def _columns(node: exp.Expr) -> list[exp.Column]:
    return list({column.sql("duckdb"): column for column in node.find_all(exp.Column)}.values())


def _has_value(column: exp.Expr) -> exp.Expr:
    return exp.NEQ(this=exp.Trim(this=exp.cast(column.copy(), "TEXT")), expression=exp.Literal.string(""))


def _strict(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Try):
        return exp.Paren(this=node.this.copy())
    if isinstance(node, exp.TryCast):
        return exp.Cast(this=node.this.copy(), to=node.args["to"].copy())
    arguments = [each.copy() for each in node.expressions]
    return exp.Anonymous(this=_STRICT_NAMES[str(node.this).lower()], expressions=arguments)
