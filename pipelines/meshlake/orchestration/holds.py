"""Tells Dagster of a product that was rolled back, or released: outside of any run, since nothing was built."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import dagster as dg
from dagster_shared.error import DagsterError
from sqlalchemy.exc import SQLAlchemyError

from meshlake.orchestration.history import instance
from meshlake.orchestration.keys import DATA_VERSION_TAG, asset_key

if TYPE_CHECKING:
    from meshlake.lake.hold import Hold
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.settings import Settings

_LOG = logging.getLogger(__name__)


def hold_text(hold: Hold, name: ProductName) -> str:
    """What the asset's page says of a hold."""
    return f"{hold.in_words}; `mesh release {name}` lets it be built again"


def tell_move(settings: Settings, name: ProductName, snapshot: Snapshot) -> None:
    """That `snapshot` is what readers of `name` see now, as if it were made; what reads it is built by that.

    The catalog has it already: where Dagster's history cannot be written, the next build tells it.
    """
    held = hold_text(snapshot.hold, name) if snapshot.hold else "no more"
    event = dg.AssetMaterialization(
        asset_key(name),
        metadata={
            "held": held,
            "snapshot_id": str(snapshot.snapshot_id),
            "dagster/row_count": snapshot.row_count,
            "size_bytes": snapshot.size_bytes,
            "is_rebuilt": False,
        },
        tags={DATA_VERSION_TAG: str(snapshot.rows_id)},
    )
    _tell(settings, name, event)


def tell_drop(settings: Settings, name: ProductName) -> None:
    """That nothing is published of `name` any more."""
    text = "nothing is published; `mesh build` publishes it anew while its folder is there"
    _tell(settings, name, dg.AssetObservation(asset_key(name), metadata={"dropped": text}))


def _tell(
    settings: Settings, name: ProductName, event: dg.AssetMaterialization | dg.AssetObservation
) -> None:
    try:
        with instance(settings) as dagster_instance:
            dagster_instance.report_runless_asset_event(event)
    except (DagsterError, SQLAlchemyError, OSError) as error:
        reason = str(error).strip().partition("\n")[0]
        _LOG.warning("%s: Dagster will show it with the next build: %s", name, reason)
