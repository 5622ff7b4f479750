"""A mesh as opened from its settings: landing zone, products and lake together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.lake.catalog import Lake
from pipelines.landing.zone import LandingZone
from pipelines.products.load import ProductSet, load_products
from pipelines.services import require_servers
from pipelines.settings import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.engine.session import Session


@dataclass(frozen=True)
class Mesh:
    """What a build needs to know of its surroundings."""

    settings: Settings
    landing: LandingZone
    products: ProductSet
    lake: Lake

    def session(self, where: str, file: Path | None = None) -> Session:
        """A connection to the engine that the settings name.

        For errors, `where` names what is being run and `file` is the one its SQL stands in.
        """
        from pipelines.engine.duckdb import DuckDBSession

        return DuckDBSession(self.settings, where, file)


def open_mesh(settings: Settings | None = None) -> Mesh:
    """Open the mesh that `settings` describe (those of the working folder unless given).

    Raises:
        UsageError: settings or the folder of products cannot be read.
        ServiceError: a server that the settings name cannot be used.
    """
    settings = settings or load_settings()
    _refuse_unsupported(settings)
    # Without Trino as the engine nothing asks it.
    require_servers(settings if settings.engine == "trino" else replace(settings, trino=None))
    return Mesh(
        settings=settings,
        landing=LandingZone(settings.landing, settings.s3),
        products=load_products(settings.products),
        lake=Lake(settings),
    )


def _refuse_unsupported(settings: Settings) -> None:
    """What the settings can say already and builds cannot do yet; see docs/scaling-out.md."""
    if settings.engine != "duckdb":
        raise UsageError("builds run on DuckDB only so far, not on Trino", "Set MESH_ENGINE=duckdb.")
