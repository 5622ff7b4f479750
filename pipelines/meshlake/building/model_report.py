"""The report of a version of a model, with what became of the others: `<home>/reports/<domain>.<product>.html`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.models.page import ModelReport
from meshlake.models.store import model_store
from meshlake.models.task import task_of
from meshlake.models.versions import version_state

if TYPE_CHECKING:
    from meshlake.lake.snapshot import Snapshot
    from meshlake.models.store import ModelVersion
    from meshlake.names import ProductName
    from meshlake.workspace import Workspace

# Each is a row of the page; `mesh model list` tells all.
MOST_VERSIONS = 50


def model_report(
    mesh: Workspace, name: ProductName, version: ModelVersion, head: Snapshot | None
) -> ModelReport:
    """What `version` of the model of `name` is worth, of which `head` is published.

    Raises:
        BuildError: a file of a version is not the one that was stored.
    """
    versions = model_store(mesh.settings).versions(name, MOST_VERSIONS)
    return ModelReport(
        state=version_state(name, version, head),
        record=version.record,
        evaluation=task_of(version).evaluate(version),
        history=[version_state(name, each, head) for each in reversed(versions)],
        default_file=mesh.settings.home / "reports" / f"{name}.html",
    )
