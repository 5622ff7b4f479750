"""What the last audits of a product said, as the table that its page shows: those too that kept rows from readers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from meshlake.building.quality import audits
from meshlake.orchestration.contract_metadata import table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.building.quality import Audit
    from meshlake.names import ProductName
    from meshlake.workspace import Workspace

CHECK_HISTORY = "check_history"
SHOWN_AUDITS = 10
_WHEN, _FORMAT = "checked (UTC)", "%Y-%m-%d %H:%M:%S"


def check_history(
    mesh: Workspace, name: ProductName, told: Mapping[str, dg.MetadataValue[Any]]
) -> dg.TableMetadataValue:
    """The newest audits first. `told` is the event before: what it has is not looked for again.

    Raises:
        MeshError: the results of checks cannot be read.
    """
    before = _rows_of(told.get(CHECK_HISTORY))
    since = max((datetime.strptime(row[_WHEN], _FORMAT).replace(tzinfo=UTC) for row in before), default=None)
    newest_first = (*map(_row, audits(mesh, name, since)), *before)
    rows = {(row[_WHEN], row["build"]): row for row in newest_first}
    return table(sorted(rows.values(), key=lambda row: row[_WHEN], reverse=True)[:SHOWN_AUDITS])


def _row(audit: Audit) -> dict[str, str]:
    return {
        _WHEN: f"{audit.checked_at.astimezone(UTC):{_FORMAT}}",
        "passed": str(audit.passed),
        "failed": str(len(audit.failed)),
        "which failed": ", ".join(audit.failed),
        "build": audit.run,
    }


def _rows_of(value: dg.MetadataValue[Any] | None) -> list[dict[str, str]]:
    """The rows of the table of an earlier event."""
    if not isinstance(value, dg.TableMetadataValue):
        return []
    return [{name: str(cell) for name, cell in record.data.items()} for record in value.records]
