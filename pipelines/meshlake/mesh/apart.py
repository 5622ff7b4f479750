"""A mesh as tests open it: its folders as they are, and nothing shared with what is published of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.engines.engine import LOCAL
from meshlake.mesh.mesh import Mesh
from meshlake.settings import SETTINGS_FILE, load_settings
from meshlake.workspace import open_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.settings import Settings
    from meshlake.workspace import Workspace


def open_apart(folder: Path, home: Path) -> Mesh:
    """The mesh of `folder` on DuckDB, with home, warehouse and catalog of its own in `home`; it reads what has landed.

    Raises:
        UsageError: a setting is unknown or cannot be.
    """
    return Mesh(_apart(load_settings(folder=folder), home))


def open_for_examples(products: Path, home: Path, engine: str | None = None) -> Workspace:
    """The mesh whose folder of products is `products`, to run examples on `engine`.

    On DuckDB, which it is if not said, nothing but the folders is read, and no server is asked; `home` is for its
    scratch. Any other engine is as the settings have it.

    Raises:
        UsageError: a setting is unknown or cannot be.
        ServiceError: a server that the engine needs cannot be used.
    """
    folder = next((each for each in products.parents if (each / SETTINGS_FILE).is_file()), products.parent)
    settings = replace(load_settings(folder=folder), products=products)
    if engine not in (None, LOCAL):
        return open_workspace(settings.on(engine))
    alone = _apart(settings, home).with_files_alone()
    return open_workspace(replace(alone, landing=str(home / "landing"), stores=()))


def _apart(settings: Settings, home: Path) -> Settings:
    return replace(
        settings,
        home=home,
        warehouse=str(home / "warehouse"),
        catalog=f"sqlite:///{home / 'catalog.db'}",
        engine=LOCAL,
    )
