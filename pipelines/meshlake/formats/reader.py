"""Pieces that formats make their SQL for DuckDB's readers of, and its errors without their wrapping."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote

from meshlake.formats.samples import is_compressed
from meshlake.names import quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import duckdb

    from meshlake.stores import StoredFile

_Key = TypeVar("_Key")
_KIND = re.compile(r"[A-Z][A-Za-z/-]*(?: [A-Z][A-Za-z/-]*)* Error: ")
_NO_PATTERN = str.maketrans({character: f"[{character}]" for character in "[*?"})
_AS_JSON = '{"exception_type":'


def duckdb_message(error: duckdb.Error) -> str:
    """What DuckDB says, without the kind of error before it and whether or not it was asked for JSON.

    Example:
        >>> import duckdb
        >>> duckdb_message(duckdb.IOException('IO Error: Cannot open file "a.csv": Permission denied'))
        'Cannot open file "a.csv": Permission denied'
    """
    text = str(error)
    if kind := _KIND.match(text):
        text = text[kind.end() :]
    return str(json.loads(text)["exception_message"]) if text.startswith(_AS_JSON) else text


def paths_sql(files: Iterable[StoredFile]) -> str:
    """The list of `files` that DuckDB's readers take, each name taken as it is written."""
    return "[" + ", ".join(quote_literal(escape_glob(file.path)) for file in files) + "]"


def escape_glob(path: str) -> str:
    """A path for DuckDB's readers, which take `*`, `?` and `[` for patterns."""
    return path.translate(_NO_PATTERN)


def compression_sql(files: Sequence[StoredFile]) -> str:
    """How `files`, all alike, are compressed; DuckDB itself knows the ending .gz only in small letters."""
    return "'gzip'" if is_compressed(files[0]) else "'uncompressed'"


def text_columns_sql(names: Iterable[str]) -> str:
    """The option that has every column read as text."""
    return "{" + ", ".join(f"{quote_literal(name)}: 'VARCHAR'" for name in names) + "}"


def selected_sql(names: Sequence[str], keys: Iterable[str]) -> str:
    """The columns of a file, then those of its folders that it has not itself."""
    taken = {name.lower() for name in names}
    return ", ".join(map(quote_identifier, [*names, *(key for key in keys if key.lower() not in taken)]))


def hive_options_sql(keys: Sequence[str]) -> str:
    """The options, after others, by which the folders `keys` become columns of text.

    Not told DuckDB looks itself, and makes columns of folders above the landing zone, too.
    """
    return (
        ", hive_partitioning = true, hive_types_autocast = false" if keys else ", hive_partitioning = false"
    )


def folder_value_sql(file: StoredFile, key: str) -> str:
    """The text of the `key=value` folder that `file` lies in, as DuckDB's readers give it."""
    value = dict(folder.split("=", 1) for folder in file.name.split("/")[:-1] if "=" in folder)[key]
    return "NULL::VARCHAR" if value == "__HIVE_DEFAULT_PARTITION__" else quote_literal(unquote(value))


def folder_columns_sql(file: StoredFile, keys: Iterable[str], names: Iterable[str]) -> list[str]:
    """Each of the folders `keys` that `file` lies in as a column, but for those that are columns of it, `names`."""
    taken = {name.lower() for name in names}
    return [
        f"{folder_value_sql(file, key)} AS {quote_identifier(key)}"
        for key in keys
        if key.lower() not in taken
    ]


def grouped(
    files: Iterable[StoredFile], key: Callable[[StoredFile], _Key]
) -> list[tuple[_Key, list[StoredFile]]]:
    """Files with equal `key` together, in order of their first file."""
    groups: dict[_Key, list[StoredFile]] = {}
    for file in files:
        groups.setdefault(key(file), []).append(file)
    return list(groups.items())


def told_of_files(notes: Mapping[str, Sequence[StoredFile]]) -> list[str]:
    """Each of `notes` behind the first of the files that it is about, and how many more, for people."""
    return [f"{_first_and_count(files)}: {note}" for note, files in notes.items()]


def _first_and_count(files: Sequence[StoredFile]) -> str:
    name = files[0].name.rpartition("/")[2]
    return name if len(files) == 1 else f"{name} and {len(files) - 1:,} more"


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
    """Column names that differ by more than case: repeated ones numbered, empty ones named by position.

    Example:
        >>> unique_names(["id", "", "ID"])
        ('id', 'column_2', 'ID_1')
    """
    unique: list[str] = []
    taken: set[str] = set()
    for position, given in enumerate(names, start=1):
        name = base = given.strip() or f"column_{position}"
        number = 0
        while name.lower() in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name.lower())
        unique.append(name)
    return tuple(unique)
