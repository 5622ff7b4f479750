"""pyiceberg's way to the files of a home that can be moved: they keep their names, and are where the home is now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pyiceberg.io.pyarrow import PyArrowFileIO

from meshlake.lake.moved import HOME, MOVED, actual

if TYPE_CHECKING:
    from pyiceberg.typedef import Properties


class MovedFileIO(PyArrowFileIO):
    """See `meshlake.lake.moved`."""

    @staticmethod
    def parse_location(location: str, properties: Properties | None = None) -> tuple[str, str, str]:
        """Scheme, host and path of the file called `location`."""
        given = properties or {}
        moved = json.loads(given.get(MOVED, "{}"))
        if location.startswith(f"{HOME}/"):
            return "file", "", actual(location, moved)
        scheme, host, path = PyArrowFileIO.parse_location(location, given)
        return scheme, host, actual(path, moved)
