"""What newly landed files of a source-aligned product are like, each read by itself, as its contract reads them."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from meshlake.audit.batches import MOST_VALUES, Batch, ColumnCounts, range_ends
from meshlake.audit.samples import HIDDEN, jsonable, unclassified
from meshlake.discovery.names import is_identifier
from meshlake.formats.format import lineage_select
from meshlake.landing.relation import relation_sql, united
from meshlake.names import quote_identifier, quote_literal
from meshlake.products.source_aligned import columns_in_sql, source_select
from meshlake.types.tree import Scalar, is_moment, is_nested, is_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meshlake.audit.shifts import Shift
    from meshlake.column import Column
    from meshlake.contract.model import Contract
    from meshlake.engines.session import LocalSession
    from meshlake.landing.zone import Dataset
    from meshlake.products.source_aligned import SourceSelect
    from meshlake.stores import StoredFile
    from meshlake.types.tree import Type

# So many rows stand for a file: those of a small one are drawn from all, of a large one, to read no more, the first.
_ROWS, _DRAWN_BYTES = 50_000, 1 << 25
_TENTHS = ", ".join(f"{n / 10}" for n in range(11))
# What is kept grows with the columns; of wider ones the first are compared.
_MOST_COLUMNS = 300
# What a statement holds grows with its aggregates.
_COLUMNS = 50
_RAW, _CAST = "landed_rows", "landed_cast"


class Measurer:
    """Measures files of `dataset` as `contract`, which says what is classified, reads them.

    `edges` are the ends of the ranges that each column is counted by; columns that come later add theirs.
    `bound` says, for people, how many columns are left out; empty where none is.
    """

    def __init__(
        self, session: LocalSession, dataset: Dataset, contract: Contract, edges: dict[str, tuple[float, ...]]
    ) -> None:
        self._session, self._dataset = session, dataset.opened
        self._files = {file.name: (file, keys) for file, keys in self._dataset.keyed_files.items()}
        # A column that is missing is told, and ends nothing here.
        columns = tuple(replace(column, is_required=False) for column in contract.columns[:_MOST_COLUMNS])
        self._contract = replace(contract, columns=columns)
        self._named_in_sql = columns_in_sql(self._contract)
        count = len(contract.columns)
        self.bound = (
            f"the first {_MOST_COLUMNS} of {count:,} columns compared" if count > _MOST_COLUMNS else ""
        )
        self._last: tuple[str, tuple[SourceSelect, dict[str, Type]] | None] | None = None
        self.edges = edges

    def measured(self, file: StoredFile) -> Batch | None:
        """Read one file of the dataset; None where it has no rows, or is broken and so kept aside whole.

        Raises:
            MeshError: it cannot be read.
        """
        read = self._read(file)
        return self._batch(*read) if read is not None else None

    def showing(self, file: StoredFile, shift: Shift, limit: int) -> list[dict[str, Any]]:
        """Rows of one file that show `shift`, with its name; of values that do not fit, where they stand.

        Raises:
            MeshError: it cannot be read.
        """
        read = self._read(file)
        if read is None:
            return []
        if shift.kind == "bad":
            cells = read[0].bad_cells_sql(self._lineage(file, read[1]), [shift.column], limit)
            found: list[dict[str, Any]] = self._session.table(cells).to_pylist()
            is_open = self._contract.column(shift.column).classification is None
            return found if is_open else [row | {"value": HIDDEN} for row in found]
        if (condition := _condition(shift, self._contract)) is None:
            return []
        found = self._session.table(f"SELECT * FROM {_CAST} WHERE {condition} LIMIT {limit}").to_pylist()
        return [{"file": file.name} | jsonable(unclassified(row, self._contract)) for row in found]

    def _read(self, file: StoredFile) -> tuple[SourceSelect, dict[str, Type]] | None:
        """Make its rows readable, cast, as `_CAST`, unless they are: of one file many differences may be shown."""
        if self._last is None or self._last[0] != file.name:
            self._last = None
            self._last = file.name, self._made_readable(file)
        return self._last[1]

    def _made_readable(self, file: StoredFile) -> tuple[SourceSelect, dict[str, Type]] | None:
        """Other files of the dataset may say what its columns are."""
        session, dataset = self._session, self._dataset
        named = self._files.get(file.name)
        selects = dataset.format.selects(dict([named]), dataset.files) if named is not None else []
        if not selects:
            return None
        session.bind(dataset.name, united(selects))
        landed = session.landed_columns(dataset.name)
        if self._named_in_sql - set(map(str.lower, landed)):
            session.bind(dataset.name, united(selects, self._in_sql | landed))
            landed = session.landed_columns(dataset.name)
        is_large = file.size_bytes > _DRAWN_BYTES
        part = f"LIMIT {_ROWS}" if is_large else f"USING SAMPLE reservoir({_ROWS} ROWS)"
        rows = session.table(f"SELECT * FROM {dataset.name.sql} {part}")
        if not rows.num_rows:
            return None
        session.register(_RAW, rows)
        source = replace(source_select(self._contract, landed), relation=_RAW)
        session.register(_CAST, session.table(source.lenient_sql))
        return source, landed

    def _lineage(self, file: StoredFile, landed: Mapping[str, Type]) -> str:
        self._session.keep_order()
        opened, keys = self._files[file.name]
        selects = self._dataset.format.numbered(opened, keys, self._dataset.files)
        return united([lineage_select(select, opened) for select in selects], landed)

    @cached_property
    def _in_sql(self) -> dict[str, Type]:
        """The columns that SQL of the contract names, of whichever files: one file has one name, the next another."""
        self._session.bind(self._dataset.name, relation_sql(self._dataset))
        columns = self._session.landed_columns(self._dataset.name)
        return {name: kind for name, kind in columns.items() if name.lower() in self._named_in_sql}

    def _batch(self, source: SourceSelect, landed: Mapping[str, Type]) -> Batch:
        (counts,) = self._session.rows(source.counts_sql)
        bad = {c.name: int(str(n)) for c, n in zip(source.checked_columns, counts[3:], strict=True)}
        present = [c for c in self._contract.columns if c.name not in source.absent_columns]
        columns: dict[str, ColumnCounts] = {}
        for first in range(0, len(present), _COLUMNS):
            columns |= self._counts(present[first : first + _COLUMNS], bad)
        kinds = {column.name: _kind(_landed_types(column, landed)) for column in present}
        ((row_count,),) = self._session.rows(f"SELECT count(*) FROM {_CAST}")
        return Batch(
            int(str(row_count)),
            {name: str(landed[name]) for name in source.unknown_columns},
            {name: replace(found, kind=kinds[name]) for name, found in columns.items()},
        )

    def _counts(self, columns: Sequence[Column], bad: Mapping[str, int]) -> dict[str, ColumnCounts]:
        seen = [_View(column, self._is_key(column)) for column in columns]
        (row,) = self._session.rows(f"SELECT {', '.join(view.extent for view in seen)} FROM {_CAST}")
        extents: dict[str, Any] = dict(zip([view.name for view in seen], row, strict=True))
        asked: list[tuple[str, str]] = []
        for view in seen:
            _, distinct, _, _, tenths = extents[view.name]
            if view.is_counted and tenths and view.name not in self.edges:
                self.edges[view.name] = range_ends(tenths)
            if view.is_counted and view.name in self.edges:
                asked.append((f"{view.name} bins", view.bins(self.edges[view.name])))
            if view.is_named and distinct <= 2 * MOST_VALUES:
                asked.append((f"{view.name} values", f"histogram(CAST({view.cell} AS VARCHAR))"))
        answers = dict[str, Any]()
        if asked:
            (row,) = self._session.rows(f"SELECT {', '.join(sql for _, sql in asked)} FROM {_CAST}")
            answers = dict(zip([name for name, _ in asked], row, strict=True))
        return {
            view.name: self._of(view, extents[view.name], answers, bad.get(view.name, 0)) for view in seen
        }

    def _of(self, view: _View, extent: Any, answers: Mapping[str, Any], bad: int) -> ColumnCounts:
        present, distinct, low, high, _ = extent
        edges = self.edges.get(view.name, ()) if f"{view.name} bins" in answers else ()
        found = answers.get(f"{view.name} bins") or {}
        bins = [int(found.get(edge, 0)) for edge in edges]
        values = answers.get(f"{view.name} values")
        if values is None and view.is_named and not present:
            values = {}
        return ColumnCounts(
            "",
            int(present),
            bad,
            int(distinct),
            None if low is None else float(low),
            None if high is None else float(high),
            (*bins, int(present) - sum(bins)) if edges else (),
            edges,
            values,
        )

    def _is_key(self, column: Column) -> bool:
        return column.primary_key_position is not None or is_identifier(column.name)


class _View:
    """What is looked at of one column of `_CAST`: of what is classified, only whether there is a value."""

    def __init__(self, column: Column, is_key: bool) -> None:
        self.name, self.cell = column.name, quote_identifier(column.name)
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


def _condition(shift: Shift, contract: Contract) -> str | None:
    """What is true of the rows that show it; None where it is of no rows."""
    if shift.kind in {"column", "type"}:
        return None
    view = _View(contract.column(shift.column), is_key=False)
    if shift.kind == "missing":
        return f"{view.cell} IS NULL"
    if shift.values:
        return f"CAST({view.cell} AS VARCHAR) IN ({', '.join(map(quote_literal, shift.values))})"
    if shift.limits is None:
        return None
    low, high = (f"CAST('{end!r}' AS DOUBLE)" for end in shift.limits)
    return f"{view.value} NOT BETWEEN {low} AND {high}"


def _landed_types(column: Column, landed: Mapping[str, Type]) -> list[Type]:
    if column.expression is not None:
        return []
    names = {name.lower() for name in column.sources or (column.name,)}
    return [kind for name, kind in landed.items() if name.lower() in names]


def _kind(types: Sequence[Type]) -> str:
    """What a column landed as, as far as files of one system do not differ by chance."""
    kinds = {
        "numbers" if is_number(each) else "days and times" if is_moment(each) else _PLAIN.get(each, "")
        for each in types
    }
    return kinds.pop() if len(kinds) == 1 else ""


_PLAIN: dict[Any, str] = {Scalar.VARCHAR: "text", Scalar.BOOLEAN: "true and false"}
