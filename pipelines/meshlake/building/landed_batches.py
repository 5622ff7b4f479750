"""What newly landed files of a source-aligned product are like, each read by itself, as its contract reads them."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from meshlake.audit.batches import Batch
from meshlake.audit.samples import HIDDEN, jsonable, unclassified
from meshlake.building.column_counts import MOST_COLUMNS, column_counts, columns_bound, showing_sql
from meshlake.formats.format import lineage_select
from meshlake.landing.relation import relation_sql, united
from meshlake.products.source_aligned import columns_in_sql, source_select
from meshlake.types.tree import Scalar, is_moment, is_number

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
        columns = tuple(replace(column, is_required=False) for column in contract.columns[:MOST_COLUMNS])
        self._contract = replace(contract, columns=columns)
        self._named_in_sql = columns_in_sql(self._contract)
        self.bound = columns_bound(contract)
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
        if (condition := showing_sql(shift, self._contract)) is None:
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
        columns = column_counts(self._session, _CAST, present, self.edges)
        kinds = {column.name: _kind(_landed_types(column, landed)) for column in present}
        ((row_count,),) = self._session.rows(f"SELECT count(*) FROM {_CAST}")
        return Batch(
            int(str(row_count)),
            {name: str(landed[name]) for name in source.unknown_columns},
            {name: replace(found, kind=kinds[name], bad=bad.get(name, 0)) for name, found in columns.items()},
        )


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
