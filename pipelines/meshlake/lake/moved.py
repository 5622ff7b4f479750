"""A home that can be moved, renamed or copied: nothing in its catalog or its tables says where it is.

Tables in a home call their files `mesh://home/warehouse/...`, which is read, written and removed in the home of now. A
home of an earlier version calls them by where it was when each table was made: such a path is a name, too, and
everything below the warehouse of then is looked for below that of now. So a copy never touches a file of the home that
it was copied from, be that still there; and nothing has to be rewritten, whatever moves how often.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.lake.state import metadata_locations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.settings import Settings

MOVED = "meshlake.moved"
# What the home is called in its own records.
HOME = "mesh://home"
_SCHEME = "file://"
# <warehouse>/<domain>/<table>/metadata/<file>
_PARTS_BELOW = 4


def recorded_warehouse(settings: Settings) -> str | None:
    """What the warehouse is called in the records of the home that it lies in; `None` when it does not."""
    home = f"{settings.home}/"
    catalog = settings.catalog.removeprefix("sqlite:///")
    if not settings.is_embedded or not settings.warehouse.startswith(home) or not catalog.startswith(home):
        return None
    return f"{HOME}/{settings.warehouse.removeprefix(home)}"


def moves(settings: Settings) -> dict[str, str]:
    """What the home's records call places of it, and where those are now.

    A place where an earlier version made tables counts where a table's metadata lies below the warehouse of now:
    another warehouse that somebody chose meanwhile holds none.
    """
    now = str(settings.warehouse)
    # Whatever warehouse is chosen now, a table of the home is where it was.
    is_local = settings.store_of(settings.warehouse).is_local
    found = {HOME: str(settings.home)} if settings.is_embedded and is_local else {}
    for location in _locations(settings):
        if location.startswith(f"{HOME}/"):
            continue
        path = Path(location.removeprefix(_SCHEME))
        below = Path(*path.parts[-_PARTS_BELOW:])
        if not path.is_relative_to(now) and (Path(now) / below).exists():
            found[str(path.parents[_PARTS_BELOW - 1])] = now
    return found


def actual(path: str, moved: Mapping[str, str]) -> str:
    """Where the file called `path` is, by the `moves` of its home.

    Example:
        >>> actual("mesh://home/warehouse/crm/people/a", {"mesh://home": "/bo/.mesh"})
        '/bo/.mesh/warehouse/crm/people/a'
        >>> actual("/ana/.mesh/warehouse/crm/people/a", {"/ana/.mesh/warehouse": "/bo/.mesh/warehouse"})
        '/bo/.mesh/warehouse/crm/people/a'
    """
    if any(path.startswith(f"{now}/") for now in moved.values()):
        return path
    then = next((place for place in moved if path.startswith(f"{place}/")), None)
    return path if then is None else moved[then] + path.removeprefix(then)


def home_properties(settings: Settings) -> dict[str, str]:
    """pyiceberg's properties of a catalog that names files by the home they are in; none for one that does not."""
    moved, warehouse = moves(settings), recorded_warehouse(settings)
    if not moved:
        return {}
    named = {"warehouse": warehouse} if warehouse else {}
    return {"py-io-impl": "meshlake.lake.moved_io.MovedFileIO", MOVED: json.dumps(moved), **named}


def _locations(settings: Settings) -> list[str]:
    if not settings.is_embedded or not settings.store_of(settings.warehouse).is_local:
        return []
    try:
        return metadata_locations(settings)
    except sqlite3.Error:  # what opens the catalog says what is wrong with it
        return []
