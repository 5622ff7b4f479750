"""Iceberg tables that landed as a folder: the rows of the current snapshot of the newest metadata, and no others.

Metadata and manifests are read by pyiceberg, the data files by DuckDB, both where they lie. Deletes by position are
applied. What the files alone do not say - rows deleted by equal values, deletion vectors, ORC - is refused by name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from meshlake.errors import LandingError
from meshlake.formats.table_folder import TableFolder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.formats.table_folder import Table
    from meshlake.stores import StoredFile

# Hadoop's tables count v1, v2 ...; those of a catalog 00001-<uuid>.
_METADATA = re.compile(r"(?:(.*)/)?metadata/v?(\d+)[^/]*\.metadata\.json(?:\.gz)?$")


class _Iceberg(TableFolder):
    name = "iceberg"
    title = "Iceberg tables"
    log = _METADATA

    def table(self, folder: str, files: tuple[StoredFile, ...]) -> Table:
        return _table(folder, files)


ICEBERG = _Iceberg()


@lru_cache(maxsize=1_000)
def _table(folder: str, files: tuple[StoredFile, ...]) -> Table:
    from meshlake.formats.iceberg_table import read_table

    return read_table(folder, _newest(folder, files), files)


def _newest(folder: str, files: Sequence[StoredFile]) -> StoredFile:
    """The metadata file of the highest number.

    Raises:
        LandingError: there are two.
    """
    by_version: dict[int, list[StoredFile]] = {}
    for file in files:
        if match := _METADATA.match(file.name):
            by_version.setdefault(int(match[2]), []).append(file)
    newest, *others = by_version[max(by_version)]
    if others:
        names = " and ".join(file.name.rpartition("/")[2] for file in (newest, *others))
        raise LandingError(
            f"{folder}: {names} both say to be its newest metadata",
            "Take away the one that the table's catalog does not name: mesh land --remove",
        )
    return newest
