"""`QUALIFY` and `DISTINCT ON`, which Trino has no words for, rewritten as a query that keeps rows of a query within.

The query within gives a column to every projection, and to every expression that rows are sorted or told apart by.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

_IS_KEPT = "is_kept_"
_PLACE = "place_"


def keep_rows(select: exp.Select) -> None:
    """Say `select`, whose columns name their tables, without `QUALIFY` and `DISTINCT ON`, in place."""
    condition = select.args.get("qualify")
    distinct = select.args.get("distinct")
    keys = distinct.args.get("on") if distinct else None
    if condition is None and keys is None:
        return
    within = _Within(select)
    order = [within.ordered(part) for part in _parts(select.args.get("order"))]
    key_columns = [within.column(key) for key in _parts(keys)]
    kept = within.query()
    if condition is not None:
        kept.select(exp.alias_(condition.this.copy(), _IS_KEPT), copy=False)
    is_kept: exp.Expr = exp.column(_IS_KEPT)
    if keys is not None:
        kept = exp.select(*within.columns(), _place(key_columns, order)).from_(kept.subquery("within_"))
        kept.set("where", exp.Where(this=is_kept) if condition is not None else None)
        is_kept = exp.column(_PLACE).eq(1)
    outer = exp.select(*within.named()).from_(kept.subquery("kept_")).where(is_kept)
    outer.set("order", exp.Order(expressions=order) if order else None)
    outer.set("distinct", distinct if keys is None else None)
    for part in ("limit", "offset"):
        outer.set(part, select.args.get(part))
    for part in {*select.args, *outer.args}:
        select.set(part, outer.args.get(part))


@dataclass
class _Within:
    """The query within `select`, and the columns it gives."""

    select: exp.Select
    _expressions: list[exp.Expr] = field(init=False)

    def __post_init__(self) -> None:
        self._expressions = [part.unalias() for part in self.select.expressions]

    def column(self, expression: exp.Expr) -> exp.Column:
        """The column of an expression of `ORDER BY` or `DISTINCT ON`, which may name or count a projection."""
        meant = expression.transform(self._meant)
        if meant not in self._expressions:
            self._expressions.append(meant)
        return exp.column(f"q{self._expressions.index(meant)}_")

    def ordered(self, part: exp.Expr) -> exp.Expr:
        ordered = part.copy()
        ordered.set("this", self.column(part.this))
        return ordered

    def columns(self) -> list[exp.Column]:
        return [exp.column(f"q{place}_") for place in range(len(self._expressions))]

    def named(self) -> list[exp.Expr]:
        names = [part.alias_or_name for part in self.select.expressions]
        return [
            exp.alias_(column, name, quoted=True) for column, name in zip(self.columns(), names, strict=False)
        ]

    def query(self) -> exp.Select:
        query = self.select.copy()
        for part in ("qualify", "order", "limit", "offset", "distinct"):
            query.set(part, None)
        columns = zip(self._expressions, self.columns(), strict=True)
        query.set("expressions", [exp.alias_(part.copy(), column.name) for part, column in columns])
        return query

    def _meant(self, part: exp.Expr) -> exp.Expr:
        if isinstance(part, exp.Literal) and part.parent is None and part.is_int:
            return self._expressions[int(part.name) - 1].copy()
        if isinstance(part, exp.Column) and not part.table:
            names = [projection.alias_or_name.lower() for projection in self.select.expressions]
            if part.name.lower() in names:
                return self._expressions[names.index(part.name.lower())].copy()
        return part


def _place(keys: list[exp.Column], order: list[exp.Expr]) -> exp.Expr:
    """The place of a row among those of equal keys."""
    sorted_by = exp.Order(expressions=[part.copy() for part in order]) if order else None
    window = exp.Window(this=exp.RowNumber(), partition_by=[key.copy() for key in keys], order=sorted_by)
    return exp.alias_(window, _PLACE)


def _parts(clause: exp.Expr | None) -> list[exp.Expr]:
    return list(clause.expressions) if clause is not None else []
