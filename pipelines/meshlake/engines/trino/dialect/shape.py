"""The shape of a query: what DuckDB lets one leave out is spelled out, since Trino has no word for leaving it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from meshlake.engines.trino.dialect.kept_rows import keep_rows
from meshlake.engines.trino.dialect.template import UnsupportedError, kind, unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping


# A number with a point is a decimal to DuckDB, and a float to sqlglot.
_TYPES = {
    **DuckDB.EXPRESSION_METADATA,
    exp.Literal: {"annotator": lambda annotator, literal: annotator._set_type(literal, kind(literal))},
}
_JOINS = ("ASOF", "POSITIONAL", "NATURAL")


def normalized(query: exp.Query, schema: Mapping[str, Mapping[str, str]]) -> exp.Query:
    """`query` with stars, aliases, `USING` and `GROUP BY ALL` written out as columns, and every part's type known.

    Args:
        query: parsed as DuckDB's SQL.
        schema: for each table it names, the columns and DuckDB's types of them.

    Raises:
        UnsupportedError: it cannot be spelled out.
        SqlglotError: a name in it is not known.
    """
    _refuse(query)
    names = _output_names(query)
    known = MappingSchema({name: dict(columns) for name, columns in schema.items()}, dialect="duckdb")
    query = qualify(
        query,
        dialect="duckdb",
        schema=known,
        validate_qualify_columns=False,
        allow_partial_qualification=True,
        quote_identifiers=False,
    )
    for select in list(query.find_all(exp.Select)):
        _refuse_unknown_stars(select)
        _group_by_all(select)
        _order_by_all(select)
        keep_rows(select)
    for union in list(query.find_all(exp.SetOperation)):
        _by_position(union)
    _keep_names(query, names)
    return annotate_types(query, schema=known, dialect="duckdb", expression_metadata=_TYPES)


def _refuse(query: exp.Query) -> None:
    for join in query.find_all(exp.Join):
        for word in (join.method, join.kind):
            if word.upper() in _JOINS:
                raise unsupported(f"{word.upper()} JOIN", join)
    if sample := query.find(exp.TableSample):
        raise unsupported("a sample", sample)
    for limit in query.find_all(exp.Limit):
        if isinstance(limit.expression, exp.LimitOptions) or limit.args.get("limit_options"):
            raise unsupported("LIMIT in percent", limit)


def _refuse_unknown_stars(select: exp.Select) -> None:
    """A star is left only where a table's columns are not known; what names or counts them is then lost."""
    stars = [part if isinstance(part, exp.Star) else part.this for part in select.expressions if part.is_star]
    group = select.args.get("group")
    what = (
        "* EXCLUDE, REPLACE or RENAME"
        if any(star.args.get(part) for star in stars for part in ("except_", "replace", "rename"))
        else "QUALIFY"
        if select.args.get("qualify")
        else "DISTINCT ON"
        if (distinct := select.args.get("distinct")) and distinct.args.get("on")
        else "GROUP BY ALL"
        if group and group.args.get("all")
        else None
    )
    if stars and what:
        raise UnsupportedError(f"{what} of a table whose columns are not known")


def _group_by_all(select: exp.Select) -> None:
    group = select.args.get("group")
    if not group or not group.args.get("all"):
        return
    plain = [part.unalias() for part in select.expressions if not part.find(exp.AggFunc)]
    columns = [part.copy() for part in plain if not isinstance(part, exp.Literal | exp.Boolean | exp.Null)]
    select.set("group", exp.Group(expressions=columns) if columns else None)


def _order_by_all(select: exp.Select) -> None:
    order = select.args.get("order")
    if not order or len(order.expressions) != 1 or order.expressions[0].this.name.upper() != "ALL":
        return
    direction = {part: order.expressions[0].args.get(part) for part in ("desc", "nulls_first")}
    places = range(1, len(select.expressions) + 1)
    order.set("expressions", [exp.Ordered(this=exp.Literal.number(place), **direction) for place in places])


def _by_position(union: exp.SetOperation) -> None:
    if not union.args.get("by_name"):
        return
    left, right = union.left.named_selects, union.right.named_selects
    if "*" in left or "*" in right:
        raise UnsupportedError("UNION BY NAME of tables whose columns are not known")
    names = [*left, *(name for name in right if name not in left)]
    if len(names) > len(left) and union.find_ancestor(exp.Select):
        raise UnsupportedError("UNION BY NAME of different columns within a query")
    union.set("this", _selecting(union.left, names))
    union.set("expression", _selecting(union.right, names))
    union.set("by_name", None)


def _selecting(side: exp.Query, names: list[str]) -> exp.Query:
    given = side.named_selects
    if given == names:
        return side
    columns = [
        exp.column(name, quoted=True) if name in given else exp.alias_(exp.Null(), name, quoted=True)
        for name in names
    ]
    return exp.select(*columns).from_(side.copy().subquery("side_"))


def _output_names(query: exp.Query) -> list[str] | None:
    """The names as written; None where a star stands for them."""
    if not isinstance(query, exp.Select) or query.is_star:
        return None
    return [projection.alias_or_name for projection in query.expressions]


def _keep_names(query: exp.Query, names: list[str] | None) -> None:
    if names is None or len(query.selects) != len(names):
        return
    for projection, name in zip(query.selects, names, strict=True):
        if isinstance(projection, exp.Alias) and projection.alias.lower() == name.lower():
            projection.set("alias", exp.to_identifier(name, quoted=True))
