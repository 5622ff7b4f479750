"""The pictures of what is published of a product, as files: those of its model, and how its values are distributed.

The latter is `<home>/pictures/<domain>.<product>/<snapshot>.svg`; a build leaves no other beside its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.building.distribution_chart import distribution_chart
from meshlake.building.distributions import measure_distributions
from meshlake.errors import MeshError
from meshlake.models.store import VERSION_PROPERTY, model_store

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.building.context import BuildContext
    from meshlake.building.distributions import Distributions
    from meshlake.lake.snapshot import Snapshot
    from meshlake.models.store import ModelVersion
    from meshlake.names import ProductName
    from meshlake.settings import Settings
    from meshlake.workspace import Workspace


def picture_files(mesh: Workspace, name: ProductName, head: Snapshot | None) -> tuple[str, ...]:
    """The full paths of the pictures of `head` and of the model version that made it."""
    version = scoring_version(mesh, name, head)
    of_model = version.pictures if version else ()
    drawn = distribution_file(mesh.settings, head) if head else None
    return (*of_model, str(drawn)) if drawn and drawn.exists() else of_model


def scoring_version(mesh: Workspace, name: ProductName, head: Snapshot | None) -> ModelVersion | None:
    """The model version whose scores `head` holds, if a model made them."""
    version = head.properties.get(VERSION_PROPERTY) if head else None
    return model_store(mesh.settings).load(name, version) if version else None


def distribution_file(settings: Settings, snapshot: Snapshot) -> Path:
    """Where the distributions of `snapshot` are drawn, if they are."""
    return settings.home / "pictures" / ".".join(snapshot.identifier) / f"{snapshot.snapshot_id}.svg"


def audited_distributions(context: BuildContext) -> Distributions | None:
    """How the values of the rows that were just audited are distributed; of some days, where those are bound alone."""
    try:
        return measure_distributions(context.session.relation(context.name), context.classified_contract)
    except MeshError as error:
        # The rows have passed their checks: without a picture the product's page only tells less.
        context.report(f"no picture of the distributions: {error.message}")
        return None


def draw_distributions(context: BuildContext, found: Distributions | None, snapshot: Snapshot) -> None:
    """Keep the picture of what was published, in the place of any before."""
    if found is None or not found.columns:
        return
    file = distribution_file(context.settings, snapshot)
    first = f"the first {found.row_count:,} of " if found.row_count < found.of_rows else ""
    rows = f"{first}{found.of_rows:,} rows"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        before = list(file.parent.iterdir())
        file.write_text(distribution_chart(found, f"{context.name}: {rows}"), encoding="utf-8")
        for old in before:
            old.unlink(missing_ok=True)
    except OSError as error:
        context.report(f"no picture of the distributions: {error}")
