"""What Trino and the warehouse still hold of landed datasets that are gone, for `mesh clean` to remove.

A dataset is gone when none of its files is left in the landing zone. What is superseded of others `trino_landing`
removes as it goes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from meshlake.engines.trino.connection import explain_trino, trino_errors
from meshlake.engines.trino.hive_catalog import HiveCatalog, known_datasets
from meshlake.engines.trino.landing_copy import COPIES
from meshlake.names import DatasetName

if TYPE_CHECKING:
    from trino.dbapi import Connection

    from meshlake.landing.zone import LandingZone
    from meshlake.settings import Settings
    from meshlake.stores import StoredFile


def forget_gone(trino: Connection, zone: LandingZone, settings: Settings, grace_seconds: float) -> int:
    """Drop the views and tables of datasets that are gone and remove their copies; gives how many datasets.

    One with a copy younger than `grace_seconds` is left alone, as a build may be reading it.

    Raises:
        MeshError: Trino or the object store fails.
    """
    copies = _copies(settings)
    store = settings.store_of(settings.warehouse)
    limit_seconds = time.time() - grace_seconds
    try:
        known = known_datasets(trino) | copies.keys()
        # Listed last, so that what lands meanwhile is not taken for gone.
        landed = {(name.domain.lower(), name.dataset.lower()) for name in zone.datasets()}
        gone = [
            name
            for name in sorted(known - landed)
            if all(file.modified_seconds <= limit_seconds for file in copies.get(name, ()))
        ]
        for name in gone:
            HiveCatalog(trino, DatasetName(*name)).forget()
            store.remove([file.path for file in copies.get(name, [])])
    except trino_errors() as error:
        raise explain_trino(error, "landing") from error
    return len(gone)


def _copies(settings: Settings) -> dict[tuple[str, str], list[StoredFile]]:
    """The files of all copies, by domain and dataset as Trino names them."""
    place = f"{settings.warehouse}/{COPIES}"
    found: dict[tuple[str, str], list[StoredFile]] = {}
    for file in settings.store_of(place).files(place):
        domain, dataset, *_ = file.name.lower().split("/")
        found.setdefault((domain, dataset), []).append(file)
    return found
