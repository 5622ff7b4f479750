"""A folder of this machine."""

from __future__ import annotations

import os
import shutil
import stat
import uuid
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from meshlake.stores import StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    import duckdb


def write_whole(file: Path, content: bytes) -> None:
    """Write `file` beside itself, then rename: it appears whole or not at all, however many write it at once.

    Raises:
        OSError: it cannot be written.
    """
    temporary = file.with_name(f".{uuid.uuid4().hex}.part")
    try:
        temporary.write_bytes(content)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


@dataclass(frozen=True)
class Disk:
    """The store of plain paths; the protocol says what each method does. A file's version is when it was changed."""

    scheme: ClassVar[str] = "file"
    is_local: ClassVar[bool] = True

    def files(
        self, place: str, root: str | None = None, is_visible: Callable[[str], bool] | None = None
    ) -> list[StoredFile]:
        """Every visible file below `place`; links to folders are not followed."""
        folder = str(Path(place))
        found = self._below(folder, folder if root is None else str(Path(root)), is_visible)
        return sorted(found, key=attrgetter("path"))

    def open(self, address: str) -> AbstractContextManager[BinaryIO]:
        """The file, opened."""
        return Path(address).open("rb")

    def read(self, address: str) -> bytes | None:
        """The file's bytes; `None` when it is not there."""
        try:
            return Path(address).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, address: str, content: bytes) -> None:
        """Write beside it, then rename."""
        target = Path(address)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content)

    def add(self, source: Path, address: str) -> None:
        """Copy beside it, then link: unlike a rename, a link fails when another process has put a file there."""
        target = Path(address)
        temporary = target.with_name(f".{uuid.uuid4().hex}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, temporary)
            os.link(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)

    def move(self, source: str, target: str) -> None:
        """Rename it."""
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(source).replace(target)

    def remove(self, addresses: Sequence[str]) -> None:
        """Remove the files."""
        for address in addresses:
            Path(address).unlink()

    def make_folder(self, place: str) -> None:
        """Make the folder and those above it."""
        Path(place).mkdir(parents=True, exist_ok=True)

    def remove_folder(self, place: str) -> None:
        """Remove the folder too."""
        shutil.rmtree(place, ignore_errors=True)

    def remove_empty_folders(self, place: str, limit_seconds: float) -> None:
        """Remove what old builds leave when their files are gone."""
        path = Path(place)
        if not path.is_dir():
            return
        for folder in [entry for entry in path.iterdir() if entry.is_dir()]:
            if not any(folder.iterdir()) and folder.stat().st_mtime <= limit_seconds:
                folder.rmdir()

    def examine(self, place: str, *, is_written: bool) -> None:
        """Nothing: there is no server, and folders are made when they are written to."""

    def open_to_duckdb(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Nothing: DuckDB reads and writes plain paths."""

    def iceberg_properties(self, place: str) -> dict[str, str]:
        """The folder as an address."""
        return {"warehouse": f"file://{place}"}

    def _below(
        self, folder: str, root: str, is_visible: Callable[[str], bool] | None
    ) -> Iterator[StoredFile]:
        """As text, not as paths: a build lists every day of years, and looks at few."""
        try:
            entries = list(os.scandir(folder))
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in entries:
            if is_visible is not None and not is_visible(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._below(entry.path, root, is_visible)
            elif (status := _status(entry)) and not stat.S_ISDIR(status.st_mode):
                name = entry.path.removeprefix(f"{root}/")
                yield StoredFile(entry.path, name, status.st_size, _version(status), status.st_mtime, self)


def _version(status: os.stat_result) -> str:
    """When it was written, as it says itself, and when it was really touched last: no program can set that back."""
    return f"{status.st_mtime_ns}.{status.st_ctime_ns}"


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    """What a link leads to, or a file is; `None` when it has left meanwhile.

    A link that leads nowhere is itself, so that whoever reads it is told of it, and nobody else is stopped.
    """
    with suppress(OSError):
        return entry.stat()
    with suppress(FileNotFoundError):
        return entry.stat(follow_symlinks=False)
    return None
