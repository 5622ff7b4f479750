"""Texts and regular expressions: DuckDB's are RE2's, Trino's are Joni's, and the two trim and cut differently."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from meshlake.engines.trino.dialect.casts import as_text
from meshlake.engines.trino.dialect.template import (
    LISTS,
    T,
    UnsupportedError,
    kind,
    once,
    text_literal,
    trino,
)

if TYPE_CHECKING:
    from meshlake.engines.trino.dialect.template import Rewrite

# The spaces of Unicode (its category Zs), which is what DuckDB trims; Trino would trim tabs and line ends too.
_SPACES = " \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"
_FLAGS = {"i": "(?i)", "s": "(?s)", "c": ""}
_BACK_REFERENCE = re.compile(r"\\(\d)|\\(.)|(\$)")
_END = re.compile(r"(\\.)|(\[\^?\]?(?:\\.|[^\]\\])*\])|(\$)", re.DOTALL)


def _trim(node: exp.Expr) -> exp.Expr:
    position = (node.args.get("position") or "").upper()
    name = {"LEADING": "LTRIM", "TRAILING": "RTRIM"}.get(position, "TRIM")
    letters = node.expression or exp.Literal.string(_SPACES)
    return exp.Anonymous(this=name, expressions=[node.this, letters])


def _pattern(node: exp.Expr | None, flags: str = "") -> exp.Expr:
    """The pattern with its flags; `$` is the end of the text, as RE2 has it, and not also before a last line end."""
    if unknown := set(flags) - set(_FLAGS):
        raise UnsupportedError(f"the regular expression flag '{min(unknown)}'")
    if not isinstance(node, exp.Literal):
        if flags.strip("c") or node is None:
            raise UnsupportedError("flags of a regular expression that is not written out")
        return node
    pattern: str = node.this
    if "(?m" not in pattern:
        pattern = _END.sub(lambda match: r"\z" if match[3] else match[0], pattern)
    return exp.Literal.string("".join(_FLAGS[flag] for flag in flags) + pattern)


def _matches(node: exp.Expr) -> exp.Expr:
    flag = node.args.get("flag")
    pattern = _pattern(node.expression, text_literal(flag, "a flag") if flag else "")
    return trino("REGEXP_LIKE(:x, :p)", x=node.this, p=pattern)


def _matches_whole(text: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    written = text_literal(_pattern(pattern), "a pattern")
    return trino("REGEXP_LIKE(:x, :p)", x=text, p=exp.Literal.string(rf"\A(?:{written})\z"))


def _replace(node: exp.Expr) -> exp.Expr:
    """Without flag g only the first match is replaced: what stands before it becomes a group, and others move on."""
    modifiers = node.args.get("modifiers")
    flags = text_literal(modifiers, "a flag") if modifiers else ""
    pattern = _pattern(node.expression, flags.replace("g", ""))
    replacement = node.args.get("replacement") or exp.Literal.string("")
    shift = 0
    if "g" not in flags:
        shift = 2
        pattern = exp.Literal.string(rf"\A((?s:.*?))({text_literal(pattern, 'a pattern')})")
    dollars = _BACK_REFERENCE.sub(
        lambda match: f"${int(match[1]) + shift}" if match[1] else rf"\{match[2] or match[3]}",
        text_literal(replacement, "a replacement"),
    )
    new = exp.Literal.string(("$1" if shift else "") + dollars)
    return exp.Anonymous(this="REGEXP_REPLACE", expressions=[node.this, pattern, new])


def _extract(node: exp.Expr) -> exp.Expr:
    pattern = _pattern(node.expression)
    group = node.args.get("group") or exp.Literal.number(0)
    found = exp.Anonymous(this="REGEXP_EXTRACT", expressions=[node.this, pattern, group])
    return trino("IF(:x IS NULL, NULL, COALESCE(:found, ''))", x=node.this, found=found)


def _concat(node: exp.Expr) -> exp.Expr:
    parts = [trino("COALESCE(:x, '')", x=as_text(part)) for part in node.expressions]
    return exp.Anonymous(this="CONCAT", expressions=parts) if len(parts) > 1 else parts[0]


def _substring(node: exp.Expr) -> exp.Expr:
    start, length = node.args["start"], node.args.get("length")
    if not (isinstance(start, exp.Literal) and int(start.this) > 0) and kind(node.this) != T.VARBINARY:
        raise UnsupportedError("substring from a place that is not a number from 1")
    return exp.Anonymous(this="SUBSTR", expressions=[node.this, start, *([length] if length else [])])


def _end(template: str, name: str) -> Rewrite:
    def rewrite(node: exp.Expr) -> exp.Expr:
        count = node.expression
        if not isinstance(count, exp.Literal):
            raise UnsupportedError(f"{name} by a count that is not written out")
        return trino(template, x=node.this, n=count)

    return rewrite


def _split_part(node: exp.Expr) -> exp.Expr:
    index = node.args["part_index"]
    if not (isinstance(index, exp.Literal) and int(index.this) > 0):
        raise UnsupportedError("split_part with an index that is not a number from 1")
    parts = {"x": node.this, "d": node.args["delimiter"], "n": index}
    return trino("IF(:x IS NULL, NULL, COALESCE(SPLIT_PART(:x, :d, :n), ''))", **parts)


def _contains(node: exp.Expr) -> exp.Expr:
    if kind(node.this) in LISTS:
        return trino("CONTAINS(:x, :y)", x=node.this, y=node.expression)
    return trino("STRPOS(:x, :y) > 0", x=node.this, y=node.expression)


def _ends_with(node: exp.Expr) -> exp.Expr:
    text, ending = node.expressions if isinstance(node, exp.Anonymous) else (node.this, node.expression)
    return trino("STARTS_WITH(REVERSE(:x), REVERSE(:y))", x=text, y=ending)


def _sha256(node: exp.Expr) -> exp.Expr:
    return trino("LOWER(TO_HEX(SHA256(TO_UTF8(:x))))", x=node.this)


def _collate(node: exp.Expr) -> exp.Expr:
    raise UnsupportedError(f"COLLATE {node.expression.name}")


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Collate: _collate,
    exp.Trim: _trim,
    exp.RegexpLike: _matches,
    exp.RegexpFullMatch: lambda node: _matches_whole(node.this, node.expression),
    exp.SimilarTo: lambda node: _matches_whole(node.this, node.expression),
    exp.RegexpReplace: _replace,
    exp.RegexpExtract: _extract,
    exp.Concat: _concat,
    exp.Substring: _substring,
    exp.Left: _end("SUBSTR(:x, 1, :n)", "left"),
    exp.Right: _end("IF(LENGTH(:x) < :n, :x, SUBSTR(:x, -:n))", "right"),
    exp.SplitPart: _split_part,
    exp.Contains: _contains,
    exp.EndsWith: _ends_with,
    exp.Repeat: lambda node: once(
        node.this, "IF(:x = '', '', RPAD('', CAST(LENGTH(:x) * :n AS INTEGER), :x))", n=node.args["times"]
    ),
    exp.SHA2: _sha256,
    exp.Unicode: lambda node: trino("CODEPOINT(CAST(SUBSTR(:x, 1, 1) AS VARCHAR(1)))", x=node.this),
}
BY_NAME: dict[str, Rewrite] = {
    "regexp_full_match": lambda node: _matches_whole(*node.expressions[:2]),
    "prefix": lambda node: trino("STARTS_WITH(:x, :y)", x=node.expressions[0], y=node.expressions[1]),
    "suffix": _ends_with,
    "ends_with": _ends_with,
    "strlen": lambda node: trino("LENGTH(TO_UTF8(:x))", x=node.expressions[0]),
}
