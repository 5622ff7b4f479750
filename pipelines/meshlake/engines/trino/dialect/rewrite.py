"""Every part of a query rewritten by the family it belongs to, from the inside out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from meshlake.engines.trino.dialect import aggregates, casts, dates, intervals, lists, numbers, texts
from meshlake.engines.trino.dialect.template import UnsupportedError, offset_of

if TYPE_CHECKING:
    from meshlake.engines.trino.dialect.template import Rewrite

_REWRITES: dict[type[exp.Expr], Rewrite] = {
    key: rewrite
    for family in (aggregates, casts, dates, intervals, lists, numbers, texts)
    for key, rewrite in family.REWRITES.items()
}
_BY_NAME: dict[str, Rewrite] = {
    key: rewrite
    for family in (dates, intervals, lists, numbers, texts)
    for key, rewrite in family.BY_NAME.items()
}
# Known to both engines by one name, but not to one effect.
_OTHERWISE = frozenset(
    {
        *("approx_quantile", "bar", "bit_count", "element_at", "format", "hex", "skewness"),
        *("to_base", "to_hex", "typeof", "url_decode", "url_encode"),
    }
)


def rewritten(query: exp.Expr) -> exp.Expr:
    """`query`, whose parts have the types DuckDB gives them, with what Trino writes otherwise written as Trino does.

    Raises:
        UnsupportedError: Trino has no equal of a part of it.
    """
    root = exp.Paren(this=query)  # so that the outermost part can be replaced too
    for node in reversed(list(query.walk(bfs=True))):
        try:
            _rewrite(node)
        except UnsupportedError as error:
            error.offset = offset_of(node)
            raise
    new_root: exp.Expr = root.this
    return new_root


def _rewrite(node: exp.Expr) -> None:
    name = node.name if isinstance(node, exp.Anonymous) else ""
    if isinstance(node, exp.Func) and (name or node.sql_name()).lower() in _OTHERWISE:
        raise UnsupportedError(f"{(name or node.sql_name()).lower()} as DuckDB means it")
    rewrite = (
        _BY_NAME.get(node.name.lower()) if isinstance(node, exp.Anonymous) else _REWRITES.get(type(node))
    )
    if rewrite is None:
        return
    kept = node.type
    new = rewrite(node)
    if new is not node:
        new.type = new.type if new.type is not None and isinstance(new, exp.Cast) else kept
        node.replace(new)
