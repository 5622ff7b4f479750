"""A product without a file of its own for its rows: the contract's columns, cast from one landed dataset.

What was left out is counted, and what is bad is named; the SQL is `meshlake.products.source_aligned`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import duckdb

from meshlake.column import Severity
from meshlake.errors import ContractError, Fault
from meshlake.products.bad_cells import BadCell, bad_cells_error
from meshlake.products.lineage import landed_lineage
from meshlake.products.source_aligned import SHOWN_CELLS, source_dataset, source_select
from meshlake.products.transform import Rows, Transform, read_text
from meshlake.sql_place import offset_place, sql_place, sql_reason
from meshlake.transforms.misfits import kinds_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from meshlake.contract.model import Contract
    from meshlake.errors import MeshError
    from meshlake.names import DatasetName
    from meshlake.products.lineage import ColumnLineage, ColumnsOf
    from meshlake.products.source_aligned import SourceSelect
    from meshlake.products.transform import RowsContext, RowsSession
    from meshlake.types.tree import Type

_BAD_CELLS = "mesh_bad_cells"


@dataclass(frozen=True)
class SourceAligned(Transform):
    """The rows of `dataset` as the contract wants them."""

    dataset: DatasetName

    @classmethod
    def read(cls, path: Path, contract: Contract) -> Self:
        """See `Transform.read`."""
        dataset = source_dataset(contract)
        return cls(path, (dataset,), dataset)

    @property
    def landed(self) -> DatasetName:
        """The dataset."""
        return self.dataset

    def day_keys(self, contract: Contract, column: str) -> tuple[str, ...]:
        """The very key, or nothing ties the rows of a file to the day of its folder."""
        described = contract.column(column)
        if described.expression is not None or len(described.sources) > 1:
            return ()
        return described.sources or (column,)

    def lineage(self, contract: Contract, columns_of: ColumnsOf) -> Mapping[str, ColumnLineage]:  # noqa: ARG002
        """See `Transform.lineage`."""
        return {column.name: landed_lineage(column, self.dataset) for column in contract.columns}

    def faults(
        self,
        contract: Contract,
        columns: Mapping[str, Mapping[str, Type]],  # noqa: ARG002
    ) -> Iterator[Fault]:
        """That a piece of SQL in the contract is none; whether its columns land, only what has landed can tell."""
        for sql in filter(None, [contract.row_filter, *(column.expression for column in contract.columns)]):
            try:
                duckdb.extract_statements(f"SELECT (\n{sql}\n)")
            except duckdb.ParserException as error:
                text = read_text(self.path)
                place = sql_place(str(error), text) or offset_place(sql, 0, text) or (None, None)
                yield Fault(self.path, sql_reason(str(error)), "Correct the SQL.", *place)

    def unbuilt_select(self, contract: Contract, session: RowsSession) -> str:
        """The rows as the first build will publish them."""
        return self._select(contract, session).select_sql

    def _select(self, contract: Contract, session: RowsSession) -> SourceSelect:
        try:
            return source_select(contract, session.landed_columns(self.dataset))
        except ContractError as error:
            place = offset_place(contract.row_filter or "", 0, read_text(self.path))
            if error.faults or "rowFilter" not in error.message or place is None:
                raise
            raise ContractError.of(Fault(self.path, error.message, error.hint, *place)) from error

    def make_rows(self, context: RowsContext) -> Rows:
        """See `Transform.make_rows`.

        Raises:
            LandingError: a required column has not landed.
        """
        source = self._select(context.contract, context.session)
        facts = _facts(context, source)
        return Rows(
            source.select_sql,
            facts=facts,
            quarantine=_quarantined(context, source, has_any=bool(facts.get("quarantined_rows"))),
            explain=lambda error: _explain(context, source, error),
        )


def _quarantining(source: SourceSelect) -> list[str]:
    return [column.name for column in source.checked_columns if column.on_bad_value is Severity.WARNING]


def _quarantined(context: RowsContext, source: SourceSelect, *, has_any: bool) -> list[str] | None:
    """SELECTs of the values that kept rows out; none now still take away those of the build before."""
    if not (quarantining := _quarantining(source)):
        return None
    parts, limit = context.session.lineage(source_dataset(context.contract)), None if has_any else 0
    read = parts if has_any else parts[:1]
    return [source.bad_cells_sql(part, quarantining, limit=limit, shows_made=True) for part in read]


def _facts(context: RowsContext, source: SourceSelect) -> dict[str, Any]:
    """Drift, and where the contract leaves rows out, how many; that costs a pass of its own over the landed rows."""
    facts: dict[str, Any] = {}
    if source.unknown_columns:
        facts["columns_not_in_contract"] = list(source.unknown_columns)
    if source.absent_columns:
        facts["columns_not_landed"] = list(source.absent_columns)
    contract = context.contract
    if contract.row_filter or contract.is_deduplicated or _quarantining(source):
        landed, filtered, quarantined, *_ = context.session.rows(source.counts_sql)[0]
        facts |= {"landed_rows": landed, "filtered_rows": filtered, "quarantined_rows": quarantined}
    return facts


def _explain(context: RowsContext, source: SourceSelect, error: MeshError) -> MeshError:
    """Name the bad cells that made the cast fail; any other error is passed on as it is."""
    blocking = [c.name for c in source.checked_columns if c.on_bad_value is Severity.ERROR]
    if not blocking:
        return error
    counts = context.session.rows(source.counts_sql)[0][3:]
    bad = {
        c.name: int(str(n))
        for c, n in zip(source.checked_columns, counts, strict=True)
        if c.name in blocking and n
    }
    if not bad:
        return error
    local = context.session.local
    # Rows are numbered as they are read, so they must be read in order.
    local.keep_order()
    # Asked for only now: it has a SELECT for each file.
    lineage = context.session.lineage(source_dataset(context.contract))
    local.gather(_BAD_CELLS, [source.bad_cells_sql(part, bad, shows_made=True) for part in lineage])
    kinds = kinds_of(local, source, _BAD_CELLS, [c for c in source.checked_columns if c.name in bad])
    is_told = " OR ".join(kind.is_of for kind in kinds) or "FALSE"
    cells = local.rows(
        f"SELECT * FROM {_BAD_CELLS} WHERE NOT ({is_told}) "
        f"ORDER BY file, row, column_name LIMIT {SHOWN_CELLS}"
    )
    named = [
        BadCell(str(f), int(str(r)), str(c), str(v), str(t), None if made is None else str(made))
        for f, r, c, v, t, made in cells
    ]
    told = [line for kind in kinds for line in kind.told]
    return bad_cells_error(context.contract, sum(bad.values()), named, told, [kind.remedy for kind in kinds])
