"""Rows kept out of a product since a value could not be cast: in `<product>__quarantine`, one row per bad value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.column import Column
from meshlake.lake.draft import Draft
from meshlake.names import quote_literal
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from meshlake.building.context import BuildContext

QUARANTINE_COLUMNS = (
    Column("file", Scalar.VARCHAR, "The landed file, below the landing zone"),
    Column("row", Scalar.BIGINT, "The data row in that file, from 1"),
    Column("column_name", Scalar.VARCHAR, "The column whose value cannot be cast"),
    Column("value", Scalar.VARCHAR, "The value as it landed"),
    Column("wanted_type", Scalar.VARCHAR, "The type the contract wants"),
)


def publish_quarantine(context: BuildContext, select: str) -> None:
    """Replace the product's quarantine by the rows of `select`."""
    name = context.product.name.quarantine
    draft = Draft(context.mesh.lake, (name.domain, name.product), QUARANTINE_COLUMNS, context.run)
    # Rows are numbered as they are read, so they must be read in order.
    context.session.local.keep_order()
    staged = context.session.local.stage(_with_other_days(context, select), draft)
    draft.write_branch(staged.files, {"run": context.run})
    draft.publish()


def _with_other_days(context: BuildContext, select: str) -> str:
    """`select`, and what is in quarantine of landed files that this build, of some days, did not read."""
    name, inputs = context.product.name.quarantine, context.inputs
    head = context.mesh.lake.head((name.domain, name.product))
    unread = {
        file.name
        for dataset in inputs.datasets.values()
        for file in set(dataset.files) - set(inputs.read_files(dataset.name).files)
    }
    if head is None or not unread:
        return select
    context.session.local.bind_snapshot(name, context.mesh.lake, head)
    kept = ", ".join(map(quote_literal, sorted(unread)))
    return f"SELECT * FROM ({select}\n) UNION ALL SELECT * FROM {name.sql} WHERE file IN ({kept})"
