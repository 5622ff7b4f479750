"""JSON that is not in plain UTF-8: a copy of a file that is, made once per process, is read in its place.

Only a byte order mark, or where zero bytes stand at the beginning, says so: what else is no UTF-8 is told line by line.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from meshlake.errors import DamagedFileError
from meshlake.formats.samples import MOST_FILES, is_compressed, open_text
from meshlake.formats.scratch import scratch_file
from meshlake.stores.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from meshlake.stores import StoredFile

_PLAIN = "utf-8"
_NAMES = {"utf-8-sig": "a byte order mark at its beginning is left out"}
_BLOCK_CHARACTERS = 1 << 20
_DISK = Disk()


@lru_cache(maxsize=MOST_FILES)
def encoding_of(file: StoredFile) -> str:
    """In which of the encodings of JSON `file` is, by its first bytes, as Python calls it."""
    try:
        with open_text(file) as stream:
            return json.detect_encoding(stream.read(4))
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return _PLAIN  # told by who reads it


@lru_cache(maxsize=10_000)
def in_utf8(file: StoredFile) -> StoredFile:
    """`file`, or a copy of it in UTF-8, under its own name, packed as it is.

    Raises:
        DamagedFileError: it is not in the encoding that it begins in.
    """
    encoding = encoding_of(file)
    is_unpackable = file.size_bytes or not is_compressed(file)  # DuckDB takes an empty file for no gzip
    if encoding == _PLAIN and is_unpackable:
        return file
    target = scratch_file("") / file.name  # its folders are kept: `key=value` ones are columns
    target.parent.mkdir(parents=True)
    try:
        with (
            open_text(file) as stream,
            gzip.open(target, "wb", compresslevel=1) if is_compressed(file) else target.open("wb") as sink,
        ):
            text = io.TextIOWrapper(stream, encoding, newline="")
            while block := text.read(_BLOCK_CHARACTERS):
                sink.write(block.encode())
            text.detach()
    except (UnicodeError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DamagedFileError(
            f"{file.name}: it is no {encoding.upper()}, as which it begins", "Land the file again, whole."
        ) from error
    return replace(file, path=str(target), size_bytes=target.stat().st_size, store=_DISK)


def encoding_notes(files: Iterable[StoredFile]) -> dict[str, list[StoredFile]]:
    """What is told of how files are encoded, and of which."""
    named: dict[str, list[StoredFile]] = {}
    for file in files:
        if (encoding := encoding_of(file)) != _PLAIN:
            named.setdefault(_NAMES.get(encoding, f"read as {encoding.upper()}"), []).append(file)
    return named
