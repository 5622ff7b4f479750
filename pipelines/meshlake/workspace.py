"""A mesh as opened from its settings: landing zone, products and lake together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.engines.engine import engine_of
from meshlake.health import require_servers
from meshlake.lake.catalog import Lake
from meshlake.products.load import ProductSet, load_products
from meshlake.products.places import open_landing
from meshlake.settings import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.engines.engine import Engine
    from meshlake.engines.session import Session
    from meshlake.sources.landing import Landing


@dataclass(frozen=True)
class Workspace:
    """What a build needs to know of its surroundings."""

    settings: Settings
    landing: Landing
    products: ProductSet
    lake: Lake

    @property
    def engine(self) -> Engine:
        """The engine that the settings name."""
        return engine_of(self.settings)

    def session(self, where: str, file: Path | None = None) -> Session:
        """A connection to the engine, for one build.

        For errors, `where` names what is being run and `file` is the one its SQL stands in.
        """
        return self.engine.session(self.settings, self.lake, where, file)


def open_workspace(settings: Settings | None = None, *, has_products: bool = True) -> Workspace:
    """Open the mesh that `settings` describe (those of the working folder unless given).

    Not with `has_products`, a folder of products that is not there holds none: data has landed, and is looked at.

    Raises:
        UsageError: settings or the folder of products cannot be read.
        ServiceError: a server that the settings name cannot be used.
    """
    settings = settings or load_settings()
    lake = open_lake(settings)
    is_empty = not has_products and not settings.products.exists()
    products = ProductSet({}, {}) if is_empty else load_products(settings.products)
    return Workspace(
        settings=settings,
        landing=open_landing(settings, products.products.values()),
        products=products,
        lake=lake,
    )


def open_lake(settings: Settings) -> Lake:
    """The lake of the mesh that `settings` describe, once the servers it needs are known to answer.

    Raises:
        UsageError: there is no such engine, or it cannot reach what the settings name.
        ServiceError: a server that the settings name cannot be used.
    """
    engine_of(settings).refuse(settings)
    require_servers(settings)
    return Lake(settings)
