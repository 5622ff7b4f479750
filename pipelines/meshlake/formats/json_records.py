"""JSON files that are one object around their records, or such an object in each line: the pages of a service.

A copy of just the records is read in place of the file, if they are records for sure. What is not read, and what may
be meant in another way, is told.
"""

from __future__ import annotations

import gzip
import zlib
from codecs import utf_8_decode
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from meshlake.formats.json_encoding import in_utf8
from meshlake.formats.json_envelope import envelope_in, has_no_values, is_nested, object_end
from meshlake.formats.samples import MOST_FILES, is_compressed, open_text
from meshlake.formats.scratch import scratch_file
from meshlake.stores.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from meshlake.formats.json_envelope import Envelope
    from meshlake.stores import StoredFile

_DISK = Disk()
# Larger ones are read by no one here: DuckDB refuses an object of over 16 MB.
_MOST_BYTES = 64 << 20
_GLANCE_BYTES = 256 << 10
_NO_VALUES = (
    "it is one object of lists and objects alone, read as one row: if records are in it, make a line of each "
    "(jq -c), or a row with names of each (.csv)"
)


@dataclass(frozen=True)
class _Document:
    """A file in which records stand within objects: what is told of it, and the copy of them, if that is read."""

    told: str
    records: StoredFile | None = None


@lru_cache(maxsize=MOST_FILES)
def in_objects(file: StoredFile) -> StoredFile:
    """`file` in UTF-8; or a copy of the records in it, under its own name, packed as it is.

    Raises:
        DamagedFileError: it is not in the encoding that it begins in.
    """
    file = in_utf8(file)
    found = _document(file)
    return file if found is None or found.records is None else found.records


def records_notes(files: Iterable[StoredFile]) -> dict[str, list[StoredFile]]:
    """What is told of files that are objects around records, and of which."""
    notes: dict[str, list[StoredFile]] = {}
    for file in files:
        if found := _document(in_utf8(file)):
            notes.setdefault(found.told, []).append(file)
    return notes


@lru_cache(maxsize=MOST_FILES)
def _document(file: StoredFile) -> _Document | None:
    """What `file` is, if objects in which others stand."""
    with suppress(EOFError, gzip.BadGzipFile, zlib.error, ValueError, RecursionError):  # told by who reads it
        with open_text(file) as stream:
            begin = stream.read(_GLANCE_BYTES)
            if not is_nested(begin):
                return None
            line, _, more = begin.partition(b"\n")
            if not (more.strip() and _is_whole(line)):
                begin += stream.read(_MOST_BYTES)
            is_whole = not stream.read(1)
        text, _ = utf_8_decode(begin, "strict", is_whole)
        end = object_end(text)
        if end < len(text):
            return _of_pages(file, text, is_line="\n" not in text[:end].rstrip())
        return _of_one(file, text) if is_whole else None
    return None


def _is_whole(line: bytes) -> bool:
    with suppress(ValueError, RecursionError):
        text = line.decode()
        return object_end(text) == len(text)
    return False


def _names(file: StoredFile) -> set[str]:
    """What the records of `file` may be called."""
    return {part.partition(".")[0].lower() for part in PurePosixPath(file.name).parts[-2:]}


def _of_one(file: StoredFile, text: str) -> _Document | None:
    found = envelope_in(text, _names(file))
    if found is None:
        return _Document(_NO_VALUES) if has_no_values(text) else None
    if not found.are_records:
        return _Document(
            f"read as one row, with the list '{found.name}' in it: "
            f"to read that, jq -c '.{found.name}[]' FILE > FILE.jsonl"
        )
    told = f"the records are in its list '{found.name}', and what stands beside that is not read"
    return _Document(told, _copy(file, [text[found.records].encode()]))


def _of_pages(file: StoredFile, begin: str, *, is_line: bool) -> _Document | None:
    """What a file of objects is, the first of which is around records; a list in each of many rows is not told."""
    first = envelope_in(begin, _names(file))
    if first is None or not first.are_records:
        return None
    read = f"to read its records, jq -c '.{first.name}[]?' FILE > FILE.jsonl"
    if not (first.is_page and is_line):
        beside = f" beside '{first.beside}'" if first.beside else ""
        return _Document(
            f"each object is read as one row, with the list '{first.name}'{beside} in it: {read}"
        )
    try:
        records = _copy(file, _lists(file, first))
    except _OtherLineError as error:
        return _Document(
            f"each line is read as one row: line 1 is a page with the list '{first.name}', "
            f"and line {error} is none: {read}"
        )
    told = f"each line is a page: the records are in its list '{first.name}', and what stands beside that is not read"
    return _Document(told, records)


class _OtherLineError(Exception):
    """The line of this number is not as the first."""


def _lists(file: StoredFile, first: Envelope) -> Iterator[bytes]:
    """The text of one array of the records of all pages, line after line.

    Raises:
        _OtherLineError: a line has no such list, or something beside it that tells of no page.
    """
    separator = b"["
    with open_text(file) as stream:
        for number, line in zip(count(1), iter(lambda: stream.readline(_MOST_BYTES), b"")):
            if not line.strip():
                continue
            try:
                text = line.decode()
                found = envelope_in(text, {first.path[-1].lower()}) if object_end(text) == len(text) else None
            except (ValueError, RecursionError):
                found = None
            if found is None or found.path != first.path or not found.is_page:
                raise _OtherLineError(number)
            if content := text[found.records][1:-1].strip():
                yield separator + content.encode()
                separator = b",\n"
    yield b"[]" if separator == b"[" else b"]"


def _copy(file: StoredFile, parts: Iterable[bytes]) -> StoredFile:
    """A file of `parts`, in the place of `file`."""
    target = scratch_file("") / file.name  # its folders are kept: `key=value` ones are columns
    target.parent.mkdir(parents=True)
    try:
        with gzip.open(target, "wb", compresslevel=1) if is_compressed(file) else target.open("wb") as sink:
            sink.writelines(parts)
    except _OtherLineError:
        target.unlink()
        raise
    return replace(file, path=str(target), size_bytes=target.stat().st_size, store=_DISK)
