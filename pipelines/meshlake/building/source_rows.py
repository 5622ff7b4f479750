"""Rows of a source-aligned product: cast from landing, with what was left out counted and what is bad named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.building.rows import Rows
from meshlake.column import Severity
from meshlake.products.source_aligned import SHOWN_CELLS, BadCell, bad_cells_error, source_select

if TYPE_CHECKING:
    from meshlake.building.context import BuildContext
    from meshlake.errors import MeshError
    from meshlake.products.product import SourceAligned
    from meshlake.products.source_aligned import SourceSelect


def source_rows(context: BuildContext, transform: SourceAligned) -> Rows:
    """The contract's columns, cast from the landed dataset.

    Raises:
        LandingError: a required column has not landed.
    """
    landed = context.session.landed_columns(transform.dataset)
    source = source_select(context.product.contract, landed)
    facts = _facts(context, source)
    lineage = context.session.lineage(transform.dataset)
    quarantining = _quarantining(source)
    return Rows(
        source.select_sql,
        facts=facts,
        # None quarantined now still takes away those of the build before.
        quarantine=source.bad_cells_sql(lineage, quarantining, limit=None if facts["quarantined_rows"] else 0)
        if quarantining
        else None,
        explain=lambda error: _explain(context, source, lineage, error),
    )


def _quarantining(source: SourceSelect) -> list[str]:
    return [column.name for column in source.checked_columns if column.on_bad_value is Severity.WARNING]


def _facts(context: BuildContext, source: SourceSelect) -> dict[str, Any]:
    """Drift, and where the contract leaves rows out, how many; that costs a pass of its own over the landed rows."""
    facts: dict[str, Any] = {}
    if source.unknown_columns:
        facts["columns_not_in_contract"] = list(source.unknown_columns)
    if source.absent_columns:
        facts["columns_not_landed"] = list(source.absent_columns)
    contract = context.product.contract
    if contract.row_filter or contract.is_deduplicated or _quarantining(source):
        landed, filtered, quarantined, *_ = context.session.rows(source.counts_sql)[0]
        facts |= {"landed_rows": landed, "filtered_rows": filtered, "quarantined_rows": quarantined}
    return facts


def _explain(context: BuildContext, source: SourceSelect, lineage: str, error: MeshError) -> MeshError:
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
    cells = local.rows(source.bad_cells_sql(lineage, bad, SHOWN_CELLS))
    named = [BadCell(str(f), int(str(r)), str(c), str(v), str(t)) for f, r, c, v, t in cells]
    return bad_cells_error(context.product.contract, sum(bad.values()), named)
