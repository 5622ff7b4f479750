"""Listing, opening and adding files of the landing zone: the one module that knows where files are kept.

A folder, or a bucket of an object store (`s3://`). What the files mean is for the other modules.
"""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import duckdb

from meshlake.errors import LandingError
from meshlake.object_store import is_s3, list_objects, open_object, open_to_duckdb, upload_new
from meshlake.settings import DEFAULT_S3, S3Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

_HIDDEN = (".", "_")
_BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True, order=True)
class StoredFile:
    """One file. `path` opens it; `name` is its path below the landing zone's root, for showing and comparing.

    `version` tells this content from others that the file had: its modification time in a folder (nanoseconds since
    the epoch), its ETag in an object store, to which `s3` is the way.
    """

    path: str
    name: str
    size_bytes: int
    version: str
    s3: S3Settings = field(default=DEFAULT_S3, repr=False, compare=False)


def list_files(folder: str, root: str, s3: S3Settings = DEFAULT_S3) -> list[StoredFile]:
    """Visible files anywhere below `folder`, sorted by path, named relative to `root`.

    Names starting with `.` or `_` (`_SUCCESS`, `.crc`, files still being written) are no data and are left
    out.

    Raises:
        StorageError: an object store cannot be listed.
    """
    return sorted(_objects(folder, root, s3) if is_s3(folder) else _files(str(Path(folder)), str(Path(root))))


@contextmanager
def open_file(file: StoredFile) -> Iterator[BinaryIO]:
    """Open `file` for reading bytes; the result can seek."""
    if is_s3(file.path):
        with open_object(file.path, file.s3) as stream:
            yield stream
    else:
        with Path(file.path).open("rb") as stream:
            yield stream


def duckdb_reader(file: StoredFile) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection of its own that can read `file` and those beside it."""
    connection = duckdb.connect(":memory:")
    if is_s3(file.path):
        open_to_duckdb(connection, file.s3)
    return connection


def add_file(source: Path, target: str, s3: S3Settings = DEFAULT_S3) -> bool:
    """Copy `source` to `target` whole or not at all; False when the same bytes are there already.

    Raises:
        LandingError: `target` holds other bytes, or cannot be written.
        StorageError: an object store cannot be written to.
    """
    try:
        if is_s3(target):
            upload_new(source, target, s3)
        else:
            _link(source, Path(target))
    except FileExistsError:
        if _has_same_bytes(source, StoredFile(target, target, 0, "", s3)):
            return False
        raise LandingError(
            f"{target}: another file of this name has landed, with other content",
            "Rename the new file to add its rows, or remove the old file to replace them.",
        ) from None
    except OSError as error:
        raise LandingError(
            f"{source}: cannot be copied to {target}: {error.strerror}",
            "See that the file can be read and that the landing zone can be written to and has room.",
        ) from error
    return True


def _files(folder: str, root: str) -> Iterator[StoredFile]:
    """As text, not as paths: a build lists every day of years, and looks at few."""
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if not _is_visible(entry.name):
            continue
        if not entry.is_dir():
            status = entry.stat()
            name = entry.path.removeprefix(f"{root}/")
            yield StoredFile(entry.path, name, status.st_size, str(status.st_mtime_ns))
        elif not entry.is_symlink():
            yield from _files(entry.path, root)


def _objects(folder: str, root: str, s3: S3Settings) -> Iterator[StoredFile]:
    for found in list_objects(folder, s3):
        if all(map(_is_visible, found.address.removeprefix(f"{folder}/").split("/"))):
            name = found.address.removeprefix(f"{root}/")
            yield StoredFile(found.address, name, found.size_bytes, found.etag, s3)


def _link(source: Path, destination: Path) -> None:
    temporary = destination.with_name(f".{uuid.uuid4().hex}.part")
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, temporary)
        # A link, unlike a rename, fails when another process has put a file there meanwhile.
        os.link(temporary, destination)
    finally:
        temporary.unlink(missing_ok=True)


def _has_same_bytes(source: Path, stored: StoredFile) -> bool:
    with source.open("rb") as new, open_file(stored) as old:
        while (block := new.read(_BLOCK_BYTES)) == old.read(_BLOCK_BYTES):
            if not block:
                return True
    return False


def _is_visible(name: str) -> bool:
    return not name.startswith(_HIDDEN)
