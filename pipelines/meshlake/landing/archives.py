"""ZIP archives that are to land: a folder of what is in one, in a temporary place, names confined and sizes bounded."""

from __future__ import annotations

import shutil
import stat
import tempfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile, is_zipfile

from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats.bombs import refuse_bomb

if TYPE_CHECKING:
    from contextlib import ExitStack
    from zipfile import ZipInfo

_MOST_FILES = 100_000
_DAMAGES = (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)
_UNREAD = (".tar", ".tgz", ".7z", ".rar", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst")


def may_be_archive(path: Path) -> bool:
    """Whether the file's name says that it is an archive, of whatever kind."""
    return path.name.lower().endswith((".zip", *_UNREAD))


def is_archive(path: Path) -> bool:
    """Whether the file's name says that it is a ZIP archive.

    Raises:
        LandingError: it is an archive of a kind that is not read.
    """
    name = path.name.lower()
    if name.endswith(_UNREAD):
        raise LandingError(f"{path}: archives of this kind are not read", "Unpack it, and land the folder.")
    return name.endswith(".zip")


def unpacked_archive(path: Path, until: ExitStack) -> Path:
    """A folder, called as the archive, with what is in it; it is removed at the end of `until`.

    A file in it that is damaged is there as it is packed, with `.zip` behind its name: it is kept aside where it lands.

    Raises:
        DamagedFileError: it is damaged as a whole, or names a file twice.
        LandingError: it is locked, unpacks to too much, holds other archives, or a name in it leads out of the folder.
    """
    folder = Path(until.enter_context(tempfile.TemporaryDirectory(prefix="meshlake-"))) / path.stem
    folder.mkdir()
    try:
        if not is_zipfile(path):
            raise BadZipFile("it has no list of files")
        with ZipFile(path) as archive:
            for member in _members(path, archive, folder):
                _unpack(path, archive, member, folder / member.filename)
    except _DAMAGES as error:
        raise DamagedFileError(
            f"{path}: the ZIP archive is cut off, damaged, or names a file twice: {error}",
            "Fetch it again, whole.",
        ) from error
    return folder


def _members(path: Path, archive: ZipFile, folder: Path) -> list[ZipInfo]:
    members = [_checked(path, member) for member in archive.infolist() if not member.is_dir()]
    if len(members) > _MOST_FILES:
        raise LandingError(f"{path}: it holds over {_MOST_FILES:,} files", "Unpack it, and land the folder.")
    if any(may_be_archive(Path(member.filename)) for member in members):
        raise LandingError(f"{path}: it holds other archives", "Unpack it, and land the folder.")
    size = sum(member.file_size for member in members)
    refuse_bomb(str(path), sum(member.compress_size for member in members), size, folder)
    return members


def _unpack(path: Path, archive: ZipFile, member: ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as sink:
        try:
            with archive.open(member) as packed:
                shutil.copyfileobj(packed, sink)
        except (BadZipFile, zlib.error, EOFError, NotImplementedError):
            _keep_packed(path, archive, member, target.with_name(f"{target.name}.zip"))
            target.unlink()


def _keep_packed(path: Path, archive: ZipFile, member: ZipInfo, target: Path) -> None:
    """Write what stands in the archive from the file's own beginning to that of the next."""
    begin = member.header_offset
    beginnings = [each.header_offset for each in archive.infolist()]
    end = min((each for each in [*beginnings, archive.start_dir] if each > begin), default=begin)
    with path.open("rb") as packed, target.open("xb") as sink:
        packed.seek(begin)
        sink.write(packed.read(end - begin))


def _checked(path: Path, member: ZipInfo) -> ZipInfo:
    name = PurePosixPath(member.filename)
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    if name.is_absolute() or ".." in name.parts or "\\" in member.filename or ":" in name.parts[0] or is_link:
        raise LandingError(
            f"{path}: it holds '{member.filename}', which leads out of it",
            "Do not trust it; unpack it elsewhere.",
        )
    if member.flag_bits & 0x1:
        raise LandingError(f"{path}: it is locked by a password", "Unpack it, and land the folder.")
    return member
