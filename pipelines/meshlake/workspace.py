"""A mesh as opened from its settings: landing zone, products and lake together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.errors import UsageError
from meshlake.health import require_servers
from meshlake.lake.catalog import Lake
from meshlake.products.load import ProductSet, load_products
from meshlake.products.operational import open_landing
from meshlake.settings import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.engines.session import Session
    from meshlake.landing.zone import LandingZone


@dataclass(frozen=True)
class Workspace:
    """What a build needs to know of its surroundings."""

    settings: Settings
    landing: LandingZone
    products: ProductSet
    lake: Lake

    def session(self, where: str, file: Path | None = None) -> Session:
        """A connection to the engine that the settings name.

        For errors, `where` names what is being run and `file` is the one its SQL stands in.
        """
        if self.settings.engine == "trino":
            from meshlake.engines.trino.session import TrinoSession

            return TrinoSession(self.settings, self.lake, where, file)
        from meshlake.engines.duckdb.session import DuckDBSession

        return DuckDBSession(self.settings, where, file)


def open_workspace(settings: Settings | None = None) -> Workspace:
    """Open the mesh that `settings` describe (those of the working folder unless given).

    Raises:
        UsageError: settings or the folder of products cannot be read.
        ServiceError: a server that the settings name cannot be used.
    """
    settings = settings or load_settings()
    lake = open_lake(settings)
    products = load_products(settings.products)
    return Workspace(
        settings=settings,
        landing=open_landing(settings, products.products.values()),
        products=products,
        lake=lake,
    )


def open_lake(settings: Settings) -> Lake:
    """The lake of the mesh that `settings` describe, once the servers it needs are known to answer.

    Raises:
        UsageError: Trino cannot reach what the settings name.
        ServiceError: a server that the settings name cannot be used.
    """
    _refuse_incomplete(settings)
    require_servers(settings)
    return Lake(settings)


def _refuse_incomplete(settings: Settings) -> None:
    """Trino reaches neither folders of this machine nor SQLite."""
    if settings.engine != "trino":
        return
    if not settings.trino:
        raise UsageError("MESH_ENGINE=trino, but MESH_TRINO is not set", "Set it to Trino's address.")
    for name, place, scheme in (
        ("MESH_LANDING", settings.landing, "s3://"),
        ("MESH_WAREHOUSE", settings.warehouse, "s3://"),
        ("MESH_CATALOG", settings.catalog, "postgresql"),
    ):
        if not place.startswith(scheme):
            raise UsageError(
                f"Trino cannot reach {name}: it is no {scheme} address", "See docs/scaling-out.md."
            )
