"""What the rows of a table are like, column by column, counted by DuckDB, and what shows a shift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.audit.batches import MOST_VALUES, ColumnCounts, range_ends
from meshlake.discovery.names import is_identifier
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import Scalar, is_moment, is_nested, is_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meshlake.audit.shifts import Shift
    from meshlake.column import Column
    from meshlake.contract.model import Contract
    from meshlake.engines.session import LocalSession

# What is kept grows with the columns; of wider ones the first are compared.
MOST_COLUMNS = 300
_TENTHS = ", ".join(f"{n / 10}" for n in range(11))
# What a statement holds grows with its aggregates.
_TOGETHER = 50


def columns_bound(contract: Contract) -> str:
    """For people, how many columns are compared; empty where all are."""
    count = len(contract.columns)
    return f"the first {MOST_COLUMNS} of {count:,} columns compared" if count > MOST_COLUMNS else ""


def column_counts(
    session: LocalSession, table: str, columns: Sequence[Column], edges: dict[str, tuple[float, ...]]
) -> dict[str, ColumnCounts]:
    """What each of `columns` of `table` is like, by its name.

    `edges` are the ends of the ranges that each is counted by; those that have none yet add theirs.

    Raises:
        MeshError: the table cannot be read.
    """
    found: dict[str, ColumnCounts] = {}
    for first in range(0, len(columns), _TOGETHER):
        found |= _counts(session, table, columns[first : first + _TOGETHER], edges)
    return found


def showing_sql(shift: Shift, contract: Contract) -> str | None:
    """What is true of the rows that show `shift`; None where it is of no rows."""
    if shift.kind in {"column", "type"}:
        return None
    view = _View(contract.column(shift.column))
    if shift.kind == "missing":
        return f"{view.cell} IS NULL"
    if shift.values:
        return f"CAST({view.cell} AS VARCHAR) IN ({', '.join(map(quote_literal, shift.values))})"
    if shift.limits is None:
        return None
    low, high = (f"CAST('{end!r}' AS DOUBLE)" for end in shift.limits)
    return f"{view.value} NOT BETWEEN {low} AND {high}"


def _counts(
    session: LocalSession, table: str, columns: Sequence[Column], edges: dict[str, tuple[float, ...]]
) -> dict[str, ColumnCounts]:
    seen = [_View(column) for column in columns]
    (row,) = session.rows(f"SELECT {', '.join(view.extent for view in seen)} FROM {table}")
    extents: dict[str, Any] = dict(zip([view.name for view in seen], row, strict=True))
    asked: list[tuple[str, str]] = []
    for view in seen:
        _, distinct, _, _, tenths = extents[view.name]
        if view.is_counted and tenths and view.name not in edges:
            edges[view.name] = range_ends(tenths)
        if view.is_counted and view.name in edges:
            asked.append((f"{view.name} bins", view.bins(edges[view.name])))
        if view.is_named and distinct <= 2 * MOST_VALUES:
            asked.append((f"{view.name} values", f"histogram(CAST({view.cell} AS VARCHAR))"))
    answers = dict[str, Any]()
    if asked:
        (row,) = session.rows(f"SELECT {', '.join(sql for _, sql in asked)} FROM {table}")
        answers = dict(zip([name for name, _ in asked], row, strict=True))
    return {view.name: _of(view, extents[view.name], answers, edges.get(view.name, ())) for view in seen}


def _of(view: _View, extent: Any, answers: Mapping[str, Any], edges: tuple[float, ...]) -> ColumnCounts:
    present, distinct, low, high, _ = extent
    edges = edges if f"{view.name} bins" in answers else ()
    found = answers.get(f"{view.name} bins") or {}
    bins = [int(found.get(edge, 0)) for edge in edges]
    values = answers.get(f"{view.name} values")
    if values is None and view.is_named and not present:
        values = {}
    return ColumnCounts(
        "",
        int(present),
        0,
        int(distinct),
        None if low is None else float(low),
        None if high is None else float(high),
        (*bins, int(present) - sum(bins)) if edges else (),
        edges,
        values,
    )


class _View:
    """What is looked at of one column: of what is classified, only whether there is a value."""

    def __init__(self, column: Column) -> None:
        self.name, self.cell = column.name, quote_identifier(column.name)
        is_key = column.primary_key_position is not None or is_identifier(column.name)
        is_open = column.classification is None and not is_nested(column.type) and not is_key
        self.is_ordered = is_open and (is_number(column.type) or is_moment(column.type))
        self.is_named = is_open and column.type in (Scalar.VARCHAR, Scalar.BOOLEAN)
        # Of text that has many values the lengths are; days go on.
        self.is_counted = is_open and (is_number(column.type) or column.type is Scalar.VARCHAR)
        self._is_moment = is_moment(column.type)
        self._is_text = column.type is Scalar.VARCHAR

    @property
    def value(self) -> str:
        """As a number."""
        if self._is_moment:
            return f"CAST(epoch({self.cell}) AS DOUBLE) / 86400"
        return f"CAST({f'length({self.cell})' if self._is_text else self.cell} AS DOUBLE)"

    @property
    def extent(self) -> str:
        """One list: rows with a value, how many differ, the ends, and where each tenth ends."""
        is_sound = f"isfinite({self.value})"
        ends = (
            f"min({self.value}) FILTER ({is_sound}), max({self.value}) FILTER ({is_sound})"
            if self.is_ordered
            else "NULL, NULL"
        )
        tenths = (
            f"quantile_disc({self.value}, [{_TENTHS}]) FILTER ({is_sound})" if self.is_counted else "NULL"
        )
        distinct = f"approx_count_distinct({self.cell})" if self.is_ordered or self.is_named else "0"
        return f"row(count({self.cell}), {distinct}, {ends}, {tenths})"

    def bins(self, edges: Sequence[float]) -> str:
        """How many rows end in each range."""
        return f"histogram({self.value}, [{', '.join(f'CAST({edge!r} AS DOUBLE)' for edge in edges)}])"
