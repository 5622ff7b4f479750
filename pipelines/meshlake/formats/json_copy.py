"""A copy of a file of JSON lines without the lines that are no objects, which are kept aside with their bytes.

Which they are DuckDB says; the copy takes every other line as it is written. A file without such lines is never copied.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, BinaryIO

from meshlake.errors import LandingError
from meshlake.formats.reader import compression_sql, paths_sql
from meshlake.formats.samples import is_compressed, open_text
from meshlake.formats.scratch import scratch_file
from meshlake.formats.unreadable import keep_aside, kept_aside
from meshlake.stores import duckdb_reader
from meshlake.stores.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from meshlake.formats.unreadable import UnreadableLine
    from meshlake.stores import StoredFile

# Of the keys of an object: two of them are one column, or one has no name.
UNUSABLE_KEYS = (
    "(len(keys) > len(list_distinct(list_transform(keys, lambda x: lower(x)))) OR list_contains(keys, ''))"
)
# In SQL of lines that are read with their errors ignored, which gives NULL for what is no JSON.
_IS_NO_OBJECT = f"(json IS NULL OR json_type(json) <> 'OBJECT' OR {UNUSABLE_KEYS})"
_KINDS = {
    list: "an array",
    str: "a text",
    bool: "true or false",
    type(None): "null",
    int: "a number",
    float: "a number",
}
_DISK = Disk()


@dataclass(frozen=True)
class LinesCopy:
    """`file` is the copy, `landed` what it is of; at `aside_path` are the `aside_count` lines that are not in it."""

    file: StoredFile
    landed: StoredFile
    aside_path: str
    aside_count: int

    def aside(self) -> Iterator[UnreadableLine]:
        """The lines that are not in the copy."""
        return kept_aside(self.aside_path, self.landed.name)


def copies_of(
    connection: duckdb.DuckDBPyConnection, files: Sequence[StoredFile]
) -> dict[StoredFile, LinesCopy]:
    """A copy of each of `files`, all compressed alike, that has lines that are no objects."""
    found = connection.execute(
        f"SELECT DISTINCT filename FROM ({_with_keys(files)}) WHERE {_IS_NO_OBJECT}"
    ).fetchall()
    broken = {path for (path,) in found}
    return {file: _copy_of(file) for file in files if file.path in broken}


def lines_sql(files: Sequence[StoredFile]) -> str:
    """A relation of the `json` of each line that is not blank, NULL where it is no JSON, and its `filename`."""
    return (
        f"read_json_objects({paths_sql(files)}, format = 'newline_delimited', ignore_errors = true, "
        f"compression = {compression_sql(files)})"
    )


def _with_keys(files: Sequence[StoredFile]) -> str:
    return f"SELECT json, json_keys(json) AS keys, filename FROM {lines_sql(files)}"


@lru_cache(maxsize=10_000)
def _copy_of(file: StoredFile) -> LinesCopy:
    with duckdb_reader(file) as connection:
        ((found, count),) = connection.execute(
            f"SELECT coalesce(list(number) FILTER (is_none), []), count(*) FROM ("
            f"SELECT row_number() OVER () AS number, {_IS_NO_OBJECT} AS is_none FROM ({_with_keys([file])}))"
        ).fetchall()
    # Its folders are kept: `key=value` ones are columns.
    name = PurePosixPath(file.name).with_suffix("") if is_compressed(file) else PurePosixPath(file.name)
    path, aside_path = scratch_file("") / name, scratch_file(".aside.csv")
    path.parent.mkdir(parents=True)
    with (
        open_text(file) as lines,
        path.open("wb") as rows,
        aside_path.open("w", encoding="utf-8", newline="") as aside,
    ):
        if (written := _part(lines, set(found), rows, aside)) != count:
            raise LandingError(
                f"{file.name}: it has {written:,} lines, of which DuckDB knows {count:,}",
                "Write one object in each line, and end each with a line feed.",
            )
    copy = replace(file, name=str(name), path=str(path), size_bytes=path.stat().st_size, store=_DISK)
    return LinesCopy(copy, file, str(aside_path), len(found))


def _part(lines: BinaryIO, broken: set[int], rows: BinaryIO, aside: IO[str]) -> int:
    """Write lines to `rows`, those whose numbers are in `broken` to `aside`; how many there are without blank ones."""
    number = 0
    for line_number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        number += 1
        if number in broken:
            content = line.rstrip(b"\r\n")
            keep_aside(aside, line_number, _reason(content), content)
        else:
            rows.write(line)
    return number


def _reason(content: bytes) -> str:
    """Why a line is no object of which a row can be made."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        return f"is not UTF-8: byte {error.start + 1} of it"
    try:
        value = json.loads(text, object_pairs_hook=_Members, parse_int=_number, parse_float=_number)
    except json.JSONDecodeError as error:
        return f"is no JSON: {error.msg} at character {error.pos + 1}"
    except RecursionError:
        return "is nested too deeply"
    if not isinstance(value, _Members):
        return f"is no JSON object, but {_KINDS[type(value)]}"
    return _unusable([key for key, _ in value])


def _unusable(keys: Sequence[str]) -> str:
    seen: dict[str, str] = {}
    for key in keys:
        other = seen.get(key.lower())
        seen[key.lower()] = key
        if other == key:
            return f"has the key '{key}' twice"
        if other is not None:
            return f"has the keys '{other}' and '{key}', which are the same column in SQL"
    return "has an empty key" if "" in seen else "is no JSON object that can be read"


class _Members(list[tuple[str, object]]):
    """Those of an object."""


def _number(_: str) -> int:
    # Python refuses some, and it is not asked which.
    return 0
