"""Lists, maps and structs: DuckDB gives null for what is not there, where Trino's brackets fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from meshlake.engines.trino.dialect.casts import trino_data_type
from meshlake.engines.trino.dialect.template import LISTS, TEXTS, T, UnsupportedError, kind, trino

if TYPE_CHECKING:
    from meshlake.engines.trino.dialect.template import Rewrite

# What gives a list, of whatever; sqlglot tells no type of it.
_LISTS_MADE = (exp.Transform, exp.ArrayFilter)
_NOT_NULL = "FILTER(:x, x_ -> x_ IS NOT NULL)"


def _length(node: exp.Expr) -> exp.Expr:
    if kind(node.this) in LISTS or kind(node.this) == T.MAP:
        return trino("CARDINALITY(:x)", x=node.this)
    return trino("LENGTH(:x)", x=node.this)


def _bracket(node: exp.Expr) -> exp.Expr:
    index, given = node.expressions[0], kind(node.this)
    if isinstance(index, exp.Slice):
        return _part(node.this, index.this, index.expression)
    if given == T.STRUCT:
        return exp.Dot(this=node.this, expression=exp.to_identifier(index.name, quoted=True))
    if given == T.MAP:
        return trino(
            "ELEMENT_AT(:x, :i)", x=node.this, i=index if kind(index) in TEXTS else _place(node, index)
        )
    place = _place(node, index)
    if given in LISTS or isinstance(node.this, _LISTS_MADE):
        return trino("ELEMENT_AT(:x, :i)", x=node.this, i=place)
    if given is None:
        raise UnsupportedError("[...] of a value whose type is not known")
    return trino("SUBSTR(:x, :i, 1)", x=node.this, i=place)


def _place(node: exp.Expr, index: exp.Expr) -> exp.Expr:
    """The index as written: the parser counts from 0 in what it does not know to be a text."""
    if isinstance(node.this, exp.Literal):
        return index
    if isinstance(index, exp.Literal):
        return exp.Literal.number(int(index.this) + 1)
    return (
        exp.Literal.number(1 - int(index.this.name))
        if isinstance(index, exp.Neg)
        else trino(":i + 1", i=index)
    )


def _part(value: exp.Expr, start: exp.Expr | None, end: exp.Expr | None) -> exp.Expr:
    for bound in (start, end):
        if bound is not None and not (isinstance(bound, exp.Literal) and int(bound.this) > 0):
            raise UnsupportedError("a slice whose bounds are not numbers from 1")
    first = int(start.name) if start is not None else 1
    count = f"{max(int(end.name) - first + 1, 0)}" if end is not None else None
    if kind(value) in LISTS:
        return trino(f"SLICE(:x, {first}, {count or 'CARDINALITY(:x)'})", x=value)
    return trino(f"SUBSTR(:x, {first}, {count})" if count else f"SUBSTR(:x, {first})", x=value)


def _map(node: exp.Expr) -> exp.Expr:
    pairs = node.this
    if not isinstance(pairs, exp.Struct):
        raise UnsupportedError("a map of other than keys and values")
    keys = exp.Array(expressions=[pair.this.copy() for pair in pairs.expressions])
    values = exp.Array(expressions=[pair.expression.copy() for pair in pairs.expressions])
    return trino("MAP(:k, :v)", k=keys, v=values)


def _struct(node: exp.Expr) -> exp.Expr:
    """Trino names a row's fields by casting it, so each type has to be known whole."""
    for pair in node.expressions:
        value = pair.expression
        if not isinstance(pair, exp.PropertyEQ) or value.type is None:
            continue
        wanted = trino_data_type(value.type)
        if wanted.this == T.DECIMAL and not value.type.expressions:
            if not isinstance(value, exp.Literal):
                raise UnsupportedError("a struct of a decimal number whose digits are not known")
            digits = value.this.partition(".")[2]
            wanted = exp.DataType.build(
                f"DECIMAL({max(len(value.this) - 1, 1)}, {len(digits)})", dialect="trino"
            )
        pair.type = wanted
    return node


def _sort(node: exp.Expr) -> exp.Expr:
    asc, nulls_first = node.args.get("asc"), node.args.get("nulls_first")
    is_descending = isinstance(asc, exp.Boolean) and not asc.this
    if isinstance(nulls_first, exp.Boolean) and nulls_first.this:
        raise UnsupportedError("list_sort with nulls first")
    if not is_descending:
        return trino("ARRAY_SORT(:x)", x=node.this)
    # Nulls stay last, as with DuckDB.
    return trino(f"CONCAT(REVERSE(ARRAY_SORT({_NOT_NULL})), FILTER(:x, x_ -> x_ IS NULL))", x=node.this)


def _comprehension(node: exp.Expr) -> exp.Expr:
    inner = node.expressions[0] if len(node.expressions) == 1 else None
    if not isinstance(inner, exp.Comprehension):
        return node
    name = inner.expression.name
    values = inner.args["iterator"]
    if condition := inner.args.get("condition"):
        values = trino("FILTER(:x, :f)", x=values, f=_lambda(name, condition))
    return trino("TRANSFORM(:x, :f)", x=values, f=_lambda(name, inner.this))


def _lambda(name: str, body: exp.Expr) -> exp.Expr:
    return exp.Lambda(this=body.copy(), expressions=[exp.to_identifier(name)])


def _of(template: str) -> Rewrite:
    """Two-part functions over `:x` and, where there is one, `:y`."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        parts = (
            node.expressions
            if isinstance(node, exp.Anonymous)
            else [part for part in (node.this, node.expression) if isinstance(part, exp.Expr)]
        )
        return trino(template, **dict(zip("xy", parts, strict=False)))

    return rewrite


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Length: _length,
    exp.ArraySize: _of("CARDINALITY(:x)"),
    exp.Bracket: _bracket,
    exp.Struct: _struct,
    exp.ToMap: _map,
    exp.ArraySort: _sort,
    exp.Array: _comprehension,
    exp.ArrayOverlaps: _of("ARRAYS_OVERLAP(:x, :y)"),
    exp.ArrayContainsAll: _of("CARDINALITY(ARRAY_EXCEPT(:y, :x)) = 0"),
    exp.ArrayDistinct: _of(f"ARRAY_DISTINCT({_NOT_NULL})"),
    exp.ArrayAppend: _of("CONCAT(:x, ARRAY[:y])"),
    exp.ArrayPrepend: _of("CONCAT(ARRAY[:y], :x)"),
    exp.ArrayReverse: _of("REVERSE(:x)"),
    exp.ArrayMin: _of(f"ARRAY_MIN({_NOT_NULL})"),
    exp.ArrayMax: _of(f"ARRAY_MAX({_NOT_NULL})"),
}
BY_NAME: dict[str, Rewrite] = {
    "to_json": _of("JSON_FORMAT(CAST(:x AS JSON))"),
    "list_position": _of("NULLIF(ARRAY_POSITION(:x, :y), 0)"),
    "list_indexof": _of("NULLIF(ARRAY_POSITION(:x, :y), 0)"),
    "list_reverse": _of("REVERSE(:x)"),
    "list_unique": _of(f"CARDINALITY(ARRAY_DISTINCT({_NOT_NULL}))"),
    "list_count": _of(f"CARDINALITY({_NOT_NULL})"),
    "list_min": _of(f"ARRAY_MIN({_NOT_NULL})"),
    "list_max": _of(f"ARRAY_MAX({_NOT_NULL})"),
    "list_has_all": _of("CARDINALITY(ARRAY_EXCEPT(:y, :x)) = 0"),
    "map_contains": _of("CONTAINS(MAP_KEYS(:x), :y)"),
    "list_sum": _of(
        f"IF(CARDINALITY({_NOT_NULL}) = 0, NULL, REDUCE({_NOT_NULL}, 0, (s_, x_) -> s_ + x_, s_ -> s_))"
    ),
}
