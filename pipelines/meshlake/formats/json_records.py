"""JSON files that are one object around their records, as services answer: `{"results": [...], "next": null}`.

The records are the objects of the one list of objects that is nearest to the root, where its name or nothing else
beside it says so; a copy of just these is read in place of the file. What may as well be one record with a list in it,
an order with its lines, stays one row, and is told.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from meshlake.formats.json_encoding import in_utf8
from meshlake.formats.samples import MOST_FILES, is_compressed, open_text
from meshlake.formats.scratch import scratch_file
from meshlake.stores.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from meshlake.stores import StoredFile

_DISK = Disk()
# Larger ones are read by no one here: DuckDB refuses an object of over 16 MB.
_MOST_BYTES = 64 << 20
_GLANCE_BYTES = 256 << 10
_MOST_DEEP = 3
# What services call the list of their records; what an object is told by is called `id`.
_NAMES = (
    "data result results item items record records row rows feature features value values hits docs documents entry "
    "entries object objects element elements content list resources"
)
_LISTS = frozenset(_NAMES.split())
_IDENTIFIER = re.compile(r"id|uuid|guid|_id|.+_id|.+[a-z]Id", re.ASCII)
# An object, the first of whose lines has one more in it or is not whole.
_IS_NESTED = re.compile(rb"\s*\{(?:[^\n]*[\[{]|\s*\n)")
_NO_VALUES = (
    "it is one object of lists and objects alone, read as one row: if records are in it, make a line of each "
    "(jq -c), or a row with names of each (.csv)"
)
_BLANK = re.compile(r"[ \t\r\n]*")
# Only how a document is built is asked: its numbers are not.
_DECODER = json.JSONDecoder(parse_int=len, parse_float=len)


@dataclass(frozen=True)
class _Member:
    """A member of an object: its key behind those above, and where its value begins and ends."""

    path: tuple[str, ...]
    value: Any
    start: int
    end: int


@dataclass(frozen=True)
class _Document:
    """A file that is one object: what is told of it, and where its records stand, unless it is a row itself."""

    told: str
    records: slice | None = None


@lru_cache(maxsize=MOST_FILES)
def in_objects(file: StoredFile) -> StoredFile:
    """`file` in UTF-8; or a copy of the records in it, under its own name, packed as it is.

    Raises:
        DamagedFileError: it is not in the encoding that it begins in.
    """
    file = in_utf8(file)
    found = _document(file)
    if found is None or found.records is None:
        return file
    target = scratch_file("") / file.name  # its folders are kept: `key=value` ones are columns
    target.parent.mkdir(parents=True)
    with open_text(file) as stream:
        content = stream.read().decode()[found.records].encode()
    target.write_bytes(gzip.compress(content, compresslevel=1) if is_compressed(file) else content)
    return replace(file, path=str(target), size_bytes=target.stat().st_size, store=_DISK)


def records_notes(files: Iterable[StoredFile]) -> dict[str, list[StoredFile]]:
    """What is told of files that are one object, and of which."""
    notes: dict[str, list[StoredFile]] = {}
    for file in files:
        if found := _document(in_utf8(file)):
            notes.setdefault(found.told, []).append(file)
    return notes


@lru_cache(maxsize=MOST_FILES)
def _document(file: StoredFile) -> _Document | None:
    """What `file` is, if one object in which others stand."""
    if file.size_bytes > _MOST_BYTES:
        return None
    try:
        with open_text(file) as stream:
            begin = stream.read(_GLANCE_BYTES)
            if not _IS_NESTED.match(begin):
                return None
            content = begin + stream.read(_MOST_BYTES)
        return _found(content.decode(), file) if len(content) <= _MOST_BYTES else None
    except (EOFError, gzip.BadGzipFile, zlib.error, ValueError, RecursionError):
        return None  # told by who reads it


def _found(text: str, file: StoredFile) -> _Document | None:
    start = _after_blanks(text, 0)
    whole, end = _DECODER.raw_decode(text, start)
    if _after_blanks(text, end) != len(text):
        return None
    objects = [_Member((), whole, start, end)]
    is_alone, has_identifier = True, False
    for _ in range(_MOST_DEEP):
        members = [each for outer in objects for each in _members(text, outer)]
        lists = [each for each in members if _is_list_of_objects(each)]
        is_alone = is_alone and len(members) == 1
        has_identifier = has_identifier or any(_IDENTIFIER.fullmatch(each.path[-1]) for each in members)
        if len(lists) == 1:
            names = _LISTS | {part.partition(".")[0].lower() for part in PurePosixPath(file.name).parts[-2:]}
            is_named = lists[0].path[-1].lower() in names and not has_identifier
            return _of_list(lists[0], are_records=is_alone or is_named)
        if lists:
            break
        objects = [each for each in members if isinstance(each.value, dict)]
    has_values = any(not isinstance(value, dict | list) for value in whole.values())
    return None if has_values else _Document(_NO_VALUES)


def _of_list(found: _Member, *, are_records: bool) -> _Document:
    name = ".".join(found.path)
    if not are_records:
        return _Document(
            f"read as one row, with the list '{name}' in it: to read that, jq -c '.{name}[]' FILE > FILE.jsonl"
        )
    told = f"the records are in its list '{name}', and what stands beside that is not read"
    return _Document(told, slice(found.start, found.end))


def _is_list_of_objects(member: _Member) -> bool:
    if not isinstance(member.value, list):
        return False
    return all(isinstance(each, dict) for each in member.value) and (
        bool(member.value) or member.path[-1].lower() in _LISTS
    )


def _members(text: str, outer: _Member) -> Iterator[_Member]:
    """Those of the object that begins at `outer.start`, which is sound."""
    at = _after_blanks(text, outer.start + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _after_blanks(text, _after_blanks(text, at) + 1)
        value, end = _DECODER.raw_decode(text, start)
        yield _Member((*outer.path, key), value, start, end)
        at = _after_blanks(text, end)
        at = _after_blanks(text, at + 1) if text[at] == "," else at


def _after_blanks(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
