"""The demo's data landed, its products and questions written where there are none; or its tables loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from meshlake.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from meshlake.demo.files import Progress
    from meshlake.landing.arrival import LandedFile
    from meshlake.settings import Settings
    from meshlake.sources.postgresql.database import DatabaseAddress


@dataclass(frozen=True)
class DemoLanded:
    """What `Mesh.land_demo` did.

    Args:
        folders: those of products and questions that were written.
        has_products: whether the demo's products are among those of the mesh.
        files: what arrived in a landing zone that is no folder of this machine.
    """

    folders: tuple[Path, ...]
    has_products: bool
    files: tuple[LandedFile, ...] = ()


def land_demo(
    settings: Settings, customers: int, days: int, usage_until: date | None, progress: Progress | None
) -> DemoLanded:
    """See `Mesh.land_demo`."""
    from meshlake.demo import land_demo as write_demo
    from meshlake.demo.folders import has_demo_products, write_demo_folders

    files: list[LandedFile] = []
    if settings.store_of(settings.landing).is_local:
        write_demo(Path(settings.landing), customers, days, usage_until, progress)
    else:
        with TemporaryDirectory(prefix="mesh-demo-") as folder:
            write_demo(Path(folder), customers, days, usage_until, progress)
            files = _land_folders(Path(folder), settings)
    written = write_demo_folders(settings)
    return DemoLanded(tuple(written), has_demo_products(settings), tuple(files))


def load_operator(
    settings: Settings, customers: int, days: int, progress: Progress | None
) -> DatabaseAddress:
    """Load the operator's tables into the operational database; gives where that is.

    Raises:
        UsageError: the settings name none.
        LandingError: it does not answer, or refuses.
    """
    from meshlake.demo.operational import load_telco
    from meshlake.sources.postgresql.database import database_address, open_database

    if settings.operational is None:
        hint = "Set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        raise UsageError("MESH_OPERATIONAL is not set, so there is no database to load", hint)
    address = database_address(settings.operational)
    with open_database(address, "the demo", is_read_only=False) as database:
        load_telco(database, customers, days, progress=progress)
    return address


def _land_folders(folder: Path, settings: Settings) -> list[LandedFile]:
    """Land `<folder>/<domain>/<dataset>/`; unlike a folder, a bucket keeps what has landed under the same name."""
    from meshlake.landing.arrival import land
    from meshlake.landing.zone import files_zone

    zone = files_zone(settings)
    return [file for domain in sorted(folder.iterdir()) for file in land([domain], zone, domain.name)]
