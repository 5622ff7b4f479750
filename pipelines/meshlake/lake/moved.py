"""A home that was moved, renamed or copied: its tables call their files by where the home was when each was made.

Such a path is a name and no more: everything below the warehouse of then is looked for, written and removed below the
warehouse of now. So a copy never touches a file of the home that it was copied from, be that still there; and nothing
has to be rewritten, whatever moves how often. Each table goes on naming its files by the one place where it was made,
which its entry in the catalog tells. Of a home that was not moved nothing is different.
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
_SCHEME = "file://"
# <warehouse>/<domain>/<table>/metadata/<file>
_PARTS_BELOW = 4


def moves(settings: Settings) -> dict[str, str]:
    """Where the home's warehouse was when tables of it were made, and where it is now; nothing where that is the same.

    A place counts where a table's metadata lies below the warehouse of now: another warehouse that somebody chose
    meanwhile holds none.
    """
    now = str(settings.warehouse)
    found = {}
    for location in _locations(settings):
        path = Path(location.removeprefix(_SCHEME))
        below = Path(*path.parts[-_PARTS_BELOW:])
        if not path.is_relative_to(now) and (Path(now) / below).exists():
            found[str(path.parents[_PARTS_BELOW - 1])] = now
    return found


def actual(path: str, moved: Mapping[str, str]) -> str:
    """Where the file called `path` is, by the `moves` of its home.

    Example:
        >>> actual("/ana/.mesh/warehouse/crm/people/a", {"/ana/.mesh/warehouse": "/bo/.mesh/warehouse"})
        '/bo/.mesh/warehouse/crm/people/a'
    """
    if any(path.startswith(f"{now}/") for now in moved.values()):
        return path
    then = next((place for place in moved if path.startswith(f"{place}/")), None)
    return path if then is None else moved[then] + path.removeprefix(then)


def io_properties(moved: Mapping[str, str]) -> dict[str, str]:
    """pyiceberg's properties of a catalog whose home was moved so."""
    return (
        {"py-io-impl": "meshlake.lake.moved_io.MovedFileIO", MOVED: json.dumps(dict(moved))} if moved else {}
    )


def _locations(settings: Settings) -> list[str]:
    if not settings.is_embedded or not settings.store_of(settings.warehouse).is_local:
        return []
    try:
        return metadata_locations(settings)
    except sqlite3.Error:  # what opens the catalog says what is wrong with it
        return []
