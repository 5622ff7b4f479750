"""Files of the landing zone: which of a store's are visible, and how one is added without ever replacing another.

Where they lie is the store's affair, and what they mean other modules'.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from meshlake.errors import LandingError
from meshlake.landing.replacing import is_journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from meshlake.stores import Store, StoredFile

_HIDDEN = (".", "_")
# The logs of Delta and Hudi tables: without them the files beside them would be read as rows that are long gone.
_LOGS = frozenset({"_delta_log", "_sidecars", ".hoodie"})
_BLOCK_BYTES = 1024 * 1024


def list_files(store: Store, folder: str, root: str, *, has_journals: bool = False) -> list[StoredFile]:
    """Visible files anywhere below `folder`, sorted by path, named relative to `root`.

    Names starting with `.` or `_` (`_SUCCESS`, `.crc`, files still being written) are no data and are left
    out; but for the logs that say which files are, and, with `has_journals`, those that say that files are being
    replaced.

    Raises:
        StorageError: the store cannot be listed.
    """
    return store.files(folder, root, _is_listed if has_journals else _is_visible)


def linked_folders(store: Store, folder: str) -> Iterator[tuple[str, str]]:
    """The links to folders below `folder`, which are not followed: each relative to it, with where it leads."""
    if not store.is_local:
        return
    for place, folders, _ in os.walk(folder):
        folders[:] = sorted(filter(_is_visible, folders))
        for each in (f"{place}/{name}" for name in folders):
            if os.path.islink(each):  # noqa: PTH114 - a path object for each of many folders
                yield each.removeprefix(f"{folder}/"), os.path.realpath(each)


def add_file(source: Path, target: str, store: Store) -> bool:
    """Copy `source` to `target` whole or not at all; False when the same bytes are there already.

    Raises:
        LandingError: `target` holds other bytes, or cannot be written.
        StorageError: the store cannot be written to.
    """
    try:
        store.add(source, target)
    except FileExistsError:
        if has_same_bytes(source, target, store):
            return False
        raise LandingError(
            f"{target}: another file of this name has landed, with other content",
            "Rename the new file to add its rows, or replace the old one's: mesh land --replace",
        ) from None
    except OSError as error:
        raise LandingError(
            f"{source}: cannot be copied to {target}: {error.strerror}",
            "See that the file can be read and that the landing zone can be written to and has room.",
        ) from error
    return True


def has_same_bytes(source: Path, target: str, store: Store) -> bool:
    """Whether a file that is about to land is the one at `target`, byte by byte."""
    with source.open("rb") as new, store.open(target) as old:
        while (block := new.read(_BLOCK_BYTES)) == old.read(_BLOCK_BYTES):
            if not block:
                return True
    return False


def _is_visible(name: str) -> bool:
    return not name.startswith(_HIDDEN) or name in _LOGS


def _is_listed(name: str) -> bool:
    return _is_visible(name) or is_journal(name)
