"""Files of the lake, listed and removed: in a folder, or in an object store (`s3://`).

Which files those are, and whether anything still refers to them, others know.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.object_store import is_s3, list_objects, remove_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.settings import S3Settings


@dataclass(frozen=True)
class LakeFile:
    """One file; `path` is a plain path or an `s3://` address, `modified_seconds` is since the epoch."""

    path: str
    size_bytes: int
    modified_seconds: float


def make_folder(place: str) -> None:
    """See that files can be written to `place`; an object store has no folders."""
    if not is_s3(place):
        Path(place).mkdir(parents=True, exist_ok=True)


def list_files(place: str, s3: S3Settings) -> list[LakeFile]:
    """Every file anywhere below `place`, sorted by path.

    Raises:
        StorageError: an object store cannot be listed.
    """
    if is_s3(place):
        return [LakeFile(o.address, o.size_bytes, o.modified_seconds) for o in list_objects(place, s3)]
    return sorted(_walk(place), key=lambda file: file.path)


def remove_files(files: Sequence[LakeFile], s3: S3Settings) -> None:
    """Remove `files`.

    Raises:
        StorageError: an object store refuses.
    """
    remove_objects([file.path for file in files if is_s3(file.path)], s3)
    for file in files:
        if not is_s3(file.path):
            Path(file.path).unlink()


def remove_folder(place: str, s3: S3Settings) -> None:
    """Remove all that is below `place`, as far as that can be done.

    Raises:
        StorageError: an object store refuses.
    """
    if is_s3(place):
        remove_files(list_files(place, s3), s3)
    else:
        shutil.rmtree(place, ignore_errors=True)


def remove_empty_folders(place: str, limit_seconds: float) -> None:
    """Remove folders directly in `place` that are empty and unchanged since `limit_seconds`."""
    path = Path(place)
    if is_s3(place) or not path.is_dir():
        return
    for folder in [entry for entry in path.iterdir() if entry.is_dir()]:
        if not any(folder.iterdir()) and folder.stat().st_mtime <= limit_seconds:
            folder.rmdir()


def _walk(place: str) -> Iterator[LakeFile]:
    for parent, _, names in os.walk(place):
        for name in names:
            path = Path(parent, name)
            status = path.stat()
            yield LakeFile(str(path), status.st_size, status.st_mtime)
