"""What landed and is not in a product: in `<product>__quarantine`, a row for each value that could not be cast, and for
each line that no row could be made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.column import Column
from meshlake.lake.draft import Draft
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from meshlake.building.context import BuildContext

QUARANTINE_COLUMNS = (
    Column("file", Scalar.VARCHAR, "The landed file, below the landing zone"),
    Column("row", Scalar.BIGINT, "The data row in that file, from 1"),
    Column("column_name", Scalar.VARCHAR, "The column whose value cannot be cast"),
    Column("value", Scalar.VARCHAR, "The value as it landed"),
    Column("wanted_type", Scalar.VARCHAR, "The type the contract wants"),
    Column("line", Scalar.BIGINT, "Of a line that cannot be read: its number in that file, from 1"),
    Column("bytes", Scalar.BLOB, "Of a line that cannot be read: what stands there, byte for byte"),
    Column("reason", Scalar.VARCHAR, "Why it is here"),
)


_VALUES = "quarantined values"
_LINES = "unreadable lines"


def publish_quarantine(context: BuildContext, values: Sequence[str] | None, lines: pa.Table | None) -> None:
    """Replace the product's quarantine by the rows of the SELECTs `values`, if it quarantines, and `lines`.

    What is kept aside is published before the rows: a build that is killed between the two has lost nothing.
    """
    if values is None and lines is None and not _holds_any(context):
        return
    name = context.product.name.quarantine
    draft = Draft(context.mesh.lake, (name.domain, name.product), QUARANTINE_COLUMNS, context.run)
    # Rows are numbered as they are read, so they must be read in order.
    context.session.local.keep_order()
    select = _with_other_days(context, _kept_aside(context, values, lines))
    staged = context.session.local.stage(select, draft)
    draft.write_branch(staged.files, {"run": context.run})
    draft.publish()


def _holds_any(context: BuildContext) -> bool:
    """Whether anything of the build before is in quarantine."""
    name = context.product.name.quarantine
    head = context.mesh.lake.head((name.domain, name.product)) if context.inputs.datasets else None
    return head is not None and head.row_count > 0


def _kept_aside(context: BuildContext, values: Sequence[str] | None, lines: pa.Table | None) -> str:
    nothing = ", ".join(f"NULL::{c.type} AS {quote_identifier(c.name)}" for c in QUARANTINE_COLUMNS)
    parts = [f"(SELECT {nothing} LIMIT 0)"]
    if values is not None:
        made = "CASE WHEN made <> value THEN ', as transformLogic makes it: ' || made ELSE '' END"
        context.session.local.gather(_VALUES, values)
        parts.append(
            f"SELECT * EXCLUDE (made), 'is no ' || wanted_type || {made} AS reason "
            f"FROM {quote_identifier(_VALUES)}"
        )
    if lines is not None:
        context.session.local.register(_LINES, lines)
        parts.append(f"SELECT * FROM {quote_identifier(_LINES)}")
    return "\nUNION ALL BY NAME ".join(parts)


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
    return f"{select}\nUNION ALL BY NAME SELECT * FROM {name.sql} WHERE file IN ({kept})"
