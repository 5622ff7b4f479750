"""Where each column of a product comes from: which columns of what it reads, and by what SQL, found by parsing.

It is the lineage of values: what a SELECT joins, filters or groups by without selecting it is not told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage

from meshlake.names import CATALOG, LANDING_CATALOG, DatasetName, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from sqlglot.lineage import Node

    from meshlake.column import Column
    from meshlake.names import InputName

    # The columns of a product or landed dataset, none where they are not known.
    ColumnsOf = Callable[[InputName], Sequence[str]]
    _Tables = Mapping[InputName, Sequence[str]]

ANY_COLUMN = "*"
# What shows of a value no more than that it is the same, or that it is there.
_HIDING = (exp.Count, exp.CountIf, exp.ApproxDistinct, exp.MD5, exp.SHA, exp.SHA2)
_HIDING_NAMES = frozenset({"hash", "md5_number", "md5_number_lower", "md5_number_upper"})


@dataclass(frozen=True, order=True)
class InputColumn:
    """One column of what is read: `crm.customers`, `plan`; `*` is any of its columns."""

    table: str
    column: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


@dataclass(frozen=True)
class ColumnLineage:
    """Where one column comes from.

    Args:
        inputs: the columns that its values are made of; none where they are constants or counted rows.
        made_by: the SQL that computes it, or the file that does; None where the values are passed on as they are.
        is_exact: whether it is made of just these; else of some of them, as of what a model learns from.
        hidden: those of the inputs of which it shows a hash or a count alone.
    """

    inputs: tuple[InputColumn, ...] = ()
    made_by: str | None = None
    is_exact: bool = True
    hidden: tuple[InputColumn, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return {
            "inputs": [{"table": each.table, "column": each.column} for each in self.inputs],
            "made_by": self.made_by,
            "is_exact": self.is_exact,
        }


def select_lineage(
    sql: str, inputs: Collection[InputName], columns_of: ColumnsOf
) -> dict[str, ColumnLineage] | None:
    """Where the columns of one SELECT come from, by name; `None` when that cannot be told.

    Example:
        >>> from meshlake.names import ProductName
        >>> sql = "SELECT id, price * 1.2 AS gross FROM shop.orders"
        >>> found = select_lineage(sql, [ProductName("shop", "orders")], lambda name: ("id", "price"))
        >>> [(str(*each.inputs), each.made_by) for each in found.values()]
        [('shop.orders.id', None), ('shop.orders.price', 'orders.price * 1.2')]
    """
    try:
        parsed = parse_one(sql, dialect="duckdb")
    except SqlglotError:  # what it cannot read DuckDB may; what neither can is told elsewhere
        return None
    for table in parsed.find_all(exp.Table):
        if table.db and not table.catalog:
            table.set("catalog", exp.to_identifier(CATALOG))
    tables = {name: tuple(columns_of(name)) for name in inputs}
    try:
        # Trimming would copy each SELECT for each of its columns: 0.8 s for 26 of them, else 0.1.
        nodes = lineage(None, parsed, _schema(tables), dialect="duckdb", trim_selects=False)
    except (SqlglotError, ValueError):
        return None
    found = {name: _of_node(node, tables) for name, node in nodes.items()}
    return None if ANY_COLUMN in found else found


def landed_lineage(column: Column, dataset: DatasetName) -> ColumnLineage:
    """Where a column that is cast from a landed dataset comes from, as its contract says."""
    if column.expression is None:
        landed = column.sources or (column.name,)
        made_by = "the first that has a value" if len(landed) > 1 else None
    else:
        found = parse_one(column.expression, dialect="duckdb").find_all(exp.Column)
        landed, made_by = tuple(sorted({c.parts[0].name for c in found})), column.expression
    return ColumnLineage(tuple(InputColumn(str(dataset), name) for name in landed), made_by)


def any_of(
    lineages: Iterable[Mapping[str, ColumnLineage] | None], inputs: Iterable[InputName]
) -> tuple[InputColumn, ...]:
    """All columns that SELECTs read, where more is not known: of each input any, when one of them cannot be told."""
    found: set[InputColumn] = set()
    for each in lineages:
        if each is None:
            return _all_of(inputs)
        found.update(column for lineage in each.values() for column in lineage.inputs)
    return tuple(sorted(found))


def _all_of(inputs: Iterable[InputName]) -> tuple[InputColumn, ...]:
    return tuple(InputColumn(str(name), ANY_COLUMN) for name in inputs)


def _parts(name: InputName) -> tuple[str, str, str]:
    if isinstance(name, DatasetName):
        return LANDING_CATALOG, name.domain, name.dataset
    return CATALOG, name.domain, name.product


def _schema(tables: _Tables) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    """What sqlglot wants to know of tables whose columns are known; types are of no matter."""
    schema: dict[str, dict[str, dict[str, dict[str, str]]]] = {}
    for name, columns in tables.items():
        catalog, domain, table = _parts(name)
        if columns:
            quoted = {quote_identifier(column): "VARCHAR" for column in columns}
            schema.setdefault(catalog, {}).setdefault(domain, {})[quote_identifier(table)] = quoted
    return schema


def _of_node(node: Node, tables: _Tables) -> ColumnLineage:
    found = set()
    for leaf in node.walk():
        if isinstance(leaf.expression, exp.Placeholder):
            # A column of an unknown table, or of a recursive step: it may be any.
            return ColumnLineage(_all_of(tables), _computed(node), is_exact=False)
        if isinstance(leaf.expression, exp.Table):
            found.add(_input_column(leaf.expression, leaf.name, tables))
    hidden = found - _shown(node, tables) if found else found
    return ColumnLineage(tuple(sorted(found)), _computed(node), hidden=tuple(sorted(hidden)))


def _shown(node: Node, tables: _Tables, passed: frozenset[int] = frozenset()) -> set[InputColumn]:
    """The columns whose values it may show: no hash and no count stands over them on one way at least."""
    if isinstance(node.expression, exp.Table):
        return {_input_column(node.expression, node.name, tables)}
    if id(node) in passed:
        return set()
    shows: dict[str, bool] = {}
    if not isinstance(node.source, exp.SetOperation):
        for column in node.expression.find_all(exp.Column):
            name = column.name.lower()
            shows[name] = shows.get(name, False) or not _is_hidden(column)
    return {
        column
        for child in node.downstream
        if shows.get(_column_name(child), True)
        for column in _shown(child, tables, passed | {id(node)})
    }


def _column_name(node: Node) -> str:
    """The column that a node is called by (`a."has left"`); nothing where it is called otherwise."""
    if "." not in node.name:
        return ""
    parsed = parse_one(node.name)
    return parsed.name.lower() if isinstance(parsed, exp.Column) else ""


def _is_hidden(column: exp.Column) -> bool:
    above = column.parent
    while above is not None and not isinstance(above, exp.Select):
        if isinstance(above, _HIDING) or (
            isinstance(above, exp.Anonymous) and above.name.lower() in _HIDING_NAMES
        ):
            return True
        above = above.parent
    return False


def _input_column(table: exp.Table, reference: str, tables: _Tables) -> InputColumn:
    """A leaf, which names its column as SQL does (`customers."has left"`), in the letters that its table has."""
    place = tuple(part.name.lower() for part in table.parts)
    name = next(name for name in tables if tuple(map(str.lower, _parts(name))) == place)
    parsed = parse_one(reference)
    column = parsed.name if isinstance(parsed, exp.Column) else ANY_COLUMN
    return InputColumn(str(name), next((c for c in tables[name] if c.lower() == column.lower()), column))


def _computed(node: Node, passed: frozenset[int] = frozenset()) -> str | None:
    """The SQL that first computes it, where it does not only pass a column on under some name.

    A set operation passes on what each of its SELECTs gives; a recursive one comes back to where it has `passed`.
    """
    expression = node.expression.unalias()
    if isinstance(expression, exp.Table | exp.Placeholder) or id(node) in passed:
        return None
    if not isinstance(expression, exp.Column) and not isinstance(node.source, exp.SetOperation):
        return expression.sql(dialect="duckdb", comments=False)
    below = {_computed(each, passed | {id(node)}) for each in node.downstream}
    return " or ".join(sorted(each for each in below if each)) or None
