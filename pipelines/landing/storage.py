"""Listing, opening and adding files of the landing zone: the one module that knows where files are kept.

A folder today; object stores join here. What the files mean is for the other modules.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.errors import LandingError

_HIDDEN = (".", "_")


@dataclass(frozen=True, order=True)
class StoredFile:
    """One file. `path` opens it; `name` is its path below the landing zone's root, for showing and comparing.

    `modified_ns` is the modification time in nanoseconds since the epoch.
    """

    path: str
    name: str
    size_bytes: int
    modified_ns: int


def list_folders(folder: str) -> list[str]:
    """Names of the visible folders directly in `folder`, sorted; none when it does not exist."""
    path = Path(folder)
    if not path.is_dir():
        return []
    return sorted(entry.name for entry in path.iterdir() if entry.is_dir() and _is_visible(entry.name))


def list_files(folder: str, root: str) -> list[StoredFile]:
    """Visible files anywhere below `folder`, sorted by path, named relative to `root`.

    Names starting with `.` or `_` (`_SUCCESS`, `.crc`, files still being written) are no data and are left
    out.
    """
    files = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if _is_visible(name)]
        for name in filter(_is_visible, names):
            path = Path(parent, name)
            status = path.stat()
            relative = path.relative_to(root).as_posix()
            files.append(StoredFile(str(path), relative, status.st_size, status.st_mtime_ns))
    return sorted(files)


def open_file(file: StoredFile) -> BinaryIO:
    """Open `file` for reading bytes; the result can seek."""
    return Path(file.path).open("rb")


def add_file(source: Path, target: str) -> bool:
    """Copy `source` to `target` whole or not at all; False when the same bytes are there already.

    Raises:
        LandingError: `target` holds other bytes, or cannot be written.
    """
    destination = Path(target)
    temporary = destination.with_name(f".{uuid.uuid4().hex}.part")
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, temporary)
        # A link, unlike a rename, fails when another process has put a file there meanwhile.
        os.link(temporary, destination)
    except FileExistsError:
        if filecmp.cmp(source, destination, shallow=False):
            return False
        raise LandingError(
            f"{destination}: another file of this name has landed, with other content",
            "Rename the new file to add its rows, or remove the old file to replace them.",
        ) from None
    except OSError as error:
        raise LandingError(
            f"{source}: cannot be copied to {destination}: {error.strerror}",
            "See that the file can be read and that the landing zone can be written to and has room.",
        ) from error
    finally:
        if temporary.exists():
            temporary.unlink()
    return True


def _is_visible(name: str) -> bool:
    return not name.startswith(_HIDDEN)
