"""Parts of a text file's bytes, read to learn how it is written and whether it is whole; gzip is unpacked.

What the bytes mean is for the formats of text.
"""

from __future__ import annotations

import gzip
import zlib
from codecs import BOM_UTF8, getincrementaldecoder
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, cast

from meshlake.errors import DamagedFileError
from meshlake.formats.bombs import refuse_times
from meshlake.stores import open_file

if TYPE_CHECKING:
    from codecs import IncrementalDecoder
    from collections.abc import Iterator

    from meshlake.stores import StoredFile

# Of so many is known what was found out, so that it is found out once.
MOST_FILES = 200_000
_BLOCK_BYTES = 256 * 1024
_BLOCKS = 32
# DuckDB 1.5.5 scans a CSV file in parts of 8 MB, and tells of a line over 2 MB; of one over 8 MB it is silent at times.
_LONG_LINE_BYTES = 4 * 1024 * 1024
_GLANCE_BYTES = 4096
_READ_BYTES = 1 << 20
_ARCHIVES = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "a ZIP archive or Excel workbook"}


def is_compressed(file: StoredFile) -> bool:
    """Whether the file's name says it is gzip."""
    return file.name.lower().endswith(".gz")


def head(file: StoredFile) -> tuple[bytes, bool]:
    """The first 256 KiB of text, and whether that is all of it.

    Raises:
        LandingError: the file is gzip and damaged anywhere, or packed though its name does not say so.
    """
    if is_compressed(file):
        check_gzip(file)
    with open_text(file) as stream:
        sample = stream.read(_BLOCK_BYTES)
        is_whole = not stream.read(1)
    for magic, archive in _ARCHIVES.items():
        if sample.startswith(magic):
            raise DamagedFileError(
                f"{file.name}: its name says text, it is {archive}", "Give the file its right ending."
            )
    return sample, is_whole


@dataclass(frozen=True)
class Block:
    """A part of a file; characters may be cut off at its inner ends."""

    content: bytes
    is_first: bool
    is_last: bool


def spread_blocks(file: StoredFile) -> Iterator[Block]:
    """Up to 8 MiB in blocks spread evenly over the file; of gzip, the beginning."""
    size = 0 if is_compressed(file) else file.size_bytes
    step = max(_BLOCK_BYTES, size // _BLOCKS)
    with open_text(file) as stream:
        for number in range(_BLOCKS):
            if size:
                stream.seek(number * step)
            content = stream.read(_BLOCK_BYTES)
            if not content:
                return
            yield Block(content, is_first=number == 0, is_last=len(content) < _BLOCK_BYTES)


def is_alike_throughout(file: StoredFile, line_end: bytes, names: bytes, encoding: str) -> bool:
    """Whether all lines of a file end alike, as far as bytes tell, and `names` and a mark stand in its beginning alone;
    and its bytes are of its `encoding`, as DuckDB 1.5.5 needs where few columns are asked for.

    What it costs is a few per cent of reading the table.
    """
    others = {b"\n": (b"\r",), b"\r": (b"\n",)}.get(line_end, (b"\n", b"\r"))
    count, kept, is_first = 0, b"", True
    decoder = getincrementaldecoder(encoding)()
    with open_text(file) as stream:
        while block := stream.read(_READ_BYTES):
            if line_end == b"\r\n" and block.endswith(b"\r"):
                block += stream.read(1)
            if not _is_decoded(decoder, block):
                return False
            ends = block.count(line_end) if len(line_end) > 1 else 0
            if any(
                block.count(other) != ends if ends or len(line_end) > 1 else other in block
                for other in others
            ):
                return False
            if block.find(BOM_UTF8, len(BOM_UTF8) if is_first else 0) >= 0:
                return False
            is_first = False
            if names:
                count += block.count(names) + (kept + block[: len(names) - 1]).count(names)
            kept = block[len(block) - len(names) + 1 :] if len(names) > 1 else b""
            if count > 1:
                return False
    return not decoder.getstate()[0]  # cut off within a character


def _is_decoded(decoder: IncrementalDecoder, block: bytes) -> bool:
    """Whether `block` goes on what `decoder` read before."""
    if block.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def is_utf8(block: Block) -> bool:
    """Whether `block` is UTF-8, but for characters cut off at its inner ends."""
    content = block.content
    start = 0
    while not block.is_first and start < min(3, len(content)) and content[start] & 0xC0 == 0x80:
        start += 1
    try:
        content[start:].decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and not block.is_last
    return True


def sample_of(file: StoredFile) -> bytes:
    """The first bytes of a file, as they are."""
    with open_file(file) as stored:
        return stored.read(_BLOCK_BYTES)


def ending(file: StoredFile) -> bytes:
    """The last bytes of text, cut off at a place where no character of a fixed width is."""
    with open_text(file) as stream:
        if not is_compressed(file):
            stream.seek(max(0, file.size_bytes - _GLANCE_BYTES) & ~3)
        content = b""
        while block := stream.read(_READ_BYTES):
            content = (content + block)[-_GLANCE_BYTES:]
    return content


def last_byte(file: StoredFile, ignored: bytes) -> bytes:
    """The last byte of text that is not among `ignored`; none of text that has no other."""
    with open_text(file) as stream:
        if not is_compressed(file):
            stream.seek(max(0, file.size_bytes - _BLOCK_BYTES))
        last = b""
        while block := stream.read(1024 * 1024):
            last = block.rstrip(ignored)[-1:] or last
    return last


def check_gzip(file: StoredFile) -> None:
    """Unpack `file` to the end, once per process: DuckDB takes the rows before a break for all there are.

    Raises:
        LandingError: the file is cut off, damaged, no gzip, or a bomb.
    """
    _has_long_line_in_gzip(file)


@lru_cache(maxsize=10_000)
def _has_long_line_in_gzip(file: StoredFile) -> bool:
    size = line = 0
    is_found = False
    try:
        with open_text(file) as stream:
            while block := stream.read(1024 * 1024):
                size += len(block)
                refuse_times(file.name, file.size_bytes, size)
                line = len(block) - 1 - _last_end(block) if _has_end(block) else line + len(block)
                is_found = is_found or line > _LONG_LINE_BYTES
    except EOFError:
        raise DamagedFileError(
            f"{file.name}: the gzip file is cut off", "Land the whole file again."
        ) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DamagedFileError(
            f"{file.name}: the gzip file is damaged: {error}", "Land the file again."
        ) from None
    return is_found


@lru_cache(maxsize=MOST_FILES)
def has_long_line(file: StoredFile) -> bool:
    """Whether a line of `file` is so long that DuckDB may leave it out without a word.

    Raises:
        LandingError: it is gzip, and damaged or a bomb.
    """
    if is_compressed(file):
        return bool(file.size_bytes) and _has_long_line_in_gzip(file)
    step = _LONG_LINE_BYTES // 2  # a line of twice that has all bytes between two steps
    if file.size_bytes <= step:
        return False
    with open_text(file) as stream:
        for place in range(0, file.size_bytes - step, step):
            stream.seek(place)
            if not _has_end(stream.read(_GLANCE_BYTES)) and not _has_end(stream.read(step - _GLANCE_BYTES)):
                return True
    return False


def _has_end(block: bytes) -> bool:
    return b"\n" in block or b"\r" in block


def _last_end(block: bytes) -> int:
    return max(block.rfind(b"\n"), block.rfind(b"\r"))


@contextmanager
def open_text(file: StoredFile) -> Iterator[BinaryIO]:
    """The bytes of a file of text, unpacked if it is gzip."""
    with open_file(file) as stored:
        if is_compressed(file) and file.size_bytes:
            with gzip.open(stored) as unpacked:
                yield cast("BinaryIO", unpacked)
        else:
            yield stored
