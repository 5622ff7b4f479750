"""Files packed by bzip2, xz, zstd or alone in a ZIP archive, or by gzip where a format does not unpack that itself.

Each is unpacked once per process. What unpacks to more than there is room for, or a thousandfold, is refused before it
fills the disk.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast
from zipfile import BadZipFile, ZipFile

from meshlake.counting import counted
from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats.bombs import refuse_bomb
from meshlake.formats.format import PACKINGS
from meshlake.formats.scratch import scratch_file, scratch_folder
from meshlake.stores import open_file
from meshlake.stores.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from meshlake.formats.format import Format
    from meshlake.stores import StoredFile

_BLOCK_BYTES = 1024 * 1024
_DISK = Disk()
_DAMAGES = (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError, BadZipFile, RuntimeError)


def is_packed(file: StoredFile, format_: Format) -> bool:
    """Whether `file` is read only when it is unpacked, for `format_` does not do it."""
    name = file.name.lower()  # of a hundred thousand files, so it has to be quick
    return name.endswith(PACKINGS) and not name.endswith(format_.compressions)


@lru_cache(maxsize=10_000)
def unpacked(file: StoredFile) -> StoredFile:
    """`file` as a file of this machine that is not packed, under its own name.

    Raises:
        DamagedFileError: it is damaged.
        LandingError: it is a bomb.
    """
    folder = scratch_folder()
    # Its folders are kept: `key=value` ones are columns.
    target = scratch_file("") / PurePosixPath(file.name).with_suffix("")
    target.parent.mkdir(parents=True)
    try:
        with open_file(file) as packed, target.open("wb") as sink:
            size = _unpack(file, packed, sink, folder) if file.size_bytes else 0
    except _DAMAGES as error:
        target.unlink(missing_ok=True)
        packing = PurePosixPath(file.name).suffix
        raise DamagedFileError(
            f"{file.name}: the {packing} file is cut off or damaged: {error}", "Land the whole file again."
        ) from error
    except LandingError:
        target.unlink(missing_ok=True)
        raise
    return replace(file, path=str(target), size_bytes=size, store=_DISK)


@lru_cache(maxsize=10_000)
def unpacked_or_damage(file: StoredFile) -> StoredFile | DamagedFileError:
    """As `unpacked`, or how the file is broken.

    Raises:
        LandingError: it is a bomb.
    """
    try:
        return unpacked(file)
    except DamagedFileError as error:
        return error


def _unpack(file: StoredFile, packed: BinaryIO, sink: BinaryIO, folder: Path) -> int:
    size = 0
    with _opener(file)(packed) as stream:
        while block := stream.read(_BLOCK_BYTES):
            size += len(block)
            refuse_bomb(file.name, file.size_bytes, size, folder)
            sink.write(block)
    return size


def _opener(file: StoredFile) -> Callable[[BinaryIO], BinaryIO]:
    packing = PurePosixPath(file.name.lower()).suffix
    if packing == ".zst":
        import pyarrow as pa

        return lambda packed: cast("BinaryIO", pa.CompressedInputStream(pa.PythonFile(packed, "r"), "zstd"))
    if packing == ".zip":
        return partial(_only_member, file)
    return cast(
        "Callable[[BinaryIO], BinaryIO]",
        {".bz2": bz2.open, ".xz": lzma.open, ".gz": gzip.open}[packing],
    )


def _only_member(file: StoredFile, packed: BinaryIO) -> BinaryIO:
    """The one file that is in an archive, of the format that its name says.

    Raises:
        DamagedFileError: it is another archive.
    """
    archive = ZipFile(packed)
    members = archive.namelist()
    ending = PurePosixPath(file.name.lower()).with_suffix("").suffix
    if not ending or [PurePosixPath(member.lower()).suffix for member in members] != [ending]:
        raise DamagedFileError(
            f"{file.name}: it is a ZIP archive of {counted(len(members), 'file')}",
            "`mesh land` unpacks it: take it out of the landing zone, and land it.",
        )
    return cast("BinaryIO", archive.open(members[0]))
