"""Lines of landed files that no row could be made of: how many a contract lets be kept aside, and all that is kept."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa

from meshlake.errors import LandingError

if TYPE_CHECKING:
    from meshlake.building.context import BuildContext
    from meshlake.formats.unreadable import Unreadable, UnreadableLine
    from meshlake.names import DatasetName
    from meshlake.products.transform import Rows

_SHOWN_LINES = 5
_BATCH_LINES = 10_000
_SCHEMA = pa.schema(
    {
        "file": pa.string(),
        "value": pa.string(),
        "line": pa.int64(),
        "bytes": pa.binary(),
        "reason": pa.string(),
    }
)
_HINT = (
    "Correct that line: JSON stands there as one whole object; in CSV, a value that holds a delimiter or a quote is "
    "in quotes, its own quotes doubled; another table below the first goes into a file of its own. "
    "Or let more be kept aside, beside the contract's properties: "
    "customProperties: [{property: maxUnreadablePercent, value: 5}]"
)
_FILES_HINT = (
    "Land each of them again, whole: mesh land PATH --replace; or keep more aside, beside the contract's properties: "
    "customProperties: [{property: maxUnreadablePercent, value: 50}]"
)


def unreadable_lines(context: BuildContext, rows: Rows) -> pa.Table | None:
    """The lines that `rows`, which were staged just now, were read without; None where there are none.

    Raises:
        ReadAgainError: they were read without more than that.
        LandingError: of a dataset the contract lets fewer be kept aside.
    """
    tables = [table for name in context.inputs.datasets if (table := _of(context, rows, name)) is not None]
    return pa.concat_tables(tables) if tables else None


def unreadable_facts(lines: pa.Table | None) -> dict[str, int]:
    """How many of them are lines, and how many whole files."""
    files = 0 if lines is None else lines["line"].null_count
    counts = {"unreadable_lines": (0 if lines is None else lines.num_rows) - files, "unreadable_files": files}
    return {fact: count for fact, count in counts.items() if count}


def _of(context: BuildContext, rows: Rows, name: DatasetName) -> pa.Table | None:
    if rows.is_local:
        # How much of the dataset reached what runs in Python nobody knows.
        found = context.session.local.unreadable_of(context.inputs.read_files(name))
    else:
        found = context.session.unreadable(name)
    if not found.count:
        return None
    _refuse_too_many(context, name, found)
    lines = found.lines()
    batches = iter(lambda: list(islice(lines, _BATCH_LINES)), [])
    return pa.Table.from_batches(map(_batch, batches), schema=_SCHEMA)


def _refuse_too_many(context: BuildContext, name: DatasetName, found: Unreadable) -> None:
    ((read,),) = context.session.rows(f"SELECT count(*) FROM {name.sql}")
    most = context.contract.max_unreadable_percent
    if found.file_share * 100 > most:
        told = "\n  ".join(each.told for each in found.files[:_SHOWN_LINES])
        raise LandingError(
            f"{context.name}: {found.file_share:.1%} of what landed in {name} is in files that are broken, more than "
            f"{most:g} %:\n  {told}",
            _FILES_HINT,
        )
    broken = found.count - found.footer_count - len(found.files)
    landed = int(str(read)) + broken
    if broken * 100 <= most * landed:
        return
    shown = "\n  ".join(found.first(_SHOWN_LINES))
    lines = "line cannot be" if broken == 1 else "lines cannot be"
    raise LandingError(
        f"{context.name}: of {landed:,} lines of {name} {broken:,} {lines} read, more than {most:g} %:\n  {shown}",
        _HINT,
    )


def _batch(lines: list[UnreadableLine]) -> pa.RecordBatch:
    rows = [
        {
            "file": each.file,
            "value": each.content.decode(errors="replace"),
            "line": each.line,
            "bytes": each.content,
            "reason": each.reason,
        }
        for each in lines
    ]
    return pa.RecordBatch.from_pylist(rows, schema=_SCHEMA)
