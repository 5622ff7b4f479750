"""How the objects of JSON files stand in them, and which keys they have: every line is read once per process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from posixpath import commonpath
from typing import TYPE_CHECKING

from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats import refuse_other_formats
from meshlake.formats.json_copy import UNUSABLE_KEYS, copies_of, lines_sql
from meshlake.formats.reader import compression_sql, grouped, paths_sql
from meshlake.formats.samples import head, is_compressed, last_byte
from meshlake.names import quote_literal
from meshlake.stores import duckdb_reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from meshlake.formats.json_copy import LinesCopy
    from meshlake.stores import StoredFile

# As DuckDB calls them.
LINES, _ARRAY, _OBJECTS = "newline_delimited", "array", "unstructured"
# Numbers of over 15 digits with a point or an exponent: a double, as DuckDB keeps them, may be another one.
_LONG = "[0-9]{16,}[.eE]|" + "|".join(f"[0-9]{{{whole}}}[.][0-9]{{{16 - whole},}}" for whole in range(1, 16))
_NUMBERS = "regexp_extract_all(json, '-?[0-9]+(?:[.][0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)')"
_CHANGED = "len(text) > 16 AND CAST(TRY_CAST(text AS DOUBLE) AS VARCHAR) IS DISTINCT FROM text"
_HAS_LONG = (
    f"CASE WHEN regexp_matches(json, '(?:{_LONG})') "
    f"THEN len(list_filter({_NUMBERS}, lambda text: {_CHANGED})) > 0 ELSE false END"
)
# A number that DuckDB writes in another way: 1.50, 1e3, 0.00001 and -0 as 1.5, 1000.0, 1e-05 and 0.
_IS_REWRITTEN = "regexp_matches(json, '[0-9][.][0-9]+0([^0-9]|$)|[0-9][eE]|0[.]0000|-0([^0-9.]|$)')"
# SQL for whether `json` may hold a number that DuckDB writes in another way, or makes another one of.
MAY_BE_REWRITTEN = f"({_IS_REWRITTEN} OR regexp_matches(json, '(?:{_LONG})'))"
_NUMBERS_OR_NONE = "'DOUBLE', 'BIGINT', 'UBIGINT', 'HUGEINT', 'NULL'"
_SPACE = b" \t\r\n"


@dataclass(frozen=True)
class Columns:
    """The ways that each column's key is written, by its first.

    `has_rewritten_numbers` when DuckDB may write one in another way, or make another number of it; `numbers` are then
    the columns that hold nothing else. `twice` is a key that an object has twice. `copies` are read in place of files
    that have lines which are no objects.
    """

    names: dict[str, tuple[str, ...]]
    has_rewritten_numbers: bool
    numbers: frozenset[str]
    twice: str | None
    copies: Mapping[StoredFile, LinesCopy]

    @property
    def are_plain(self) -> bool:
        """Whether DuckDB's reader gives every value as it is written."""
        return not self.has_rewritten_numbers and all(len(keys) == 1 for keys in self.names.values())


@lru_cache(maxsize=10_000)
def layout_of(file: StoredFile) -> str:
    """How the objects of `file` stand in it, as DuckDB calls that.

    Raises:
        LandingError: it is no JSON, or an array that is cut off.
    """
    sample, _ = head(file)
    refuse_other_formats(file.name, sample)
    text = sample.lstrip(_SPACE)
    if text.startswith(b"[") and not _is_line(text):
        if text[1:].lstrip(_SPACE)[:1] not in {b"{", b"]", b""}:
            raise DamagedFileError(
                f"{file.name}: its JSON array holds values or lists, no objects",
                'Make an object of each, with names: {"id": 1}; or a row of each, in .csv.',
            )
        return _array(file)
    return _OBJECTS if _begins_an_object_of_lines(text) else LINES


def _array(file: StoredFile) -> str:
    if last_byte(file, _SPACE) != b"]":  # DuckDB takes the objects before a break for all there are
        raise DamagedFileError(f"{file.name}: its JSON array is cut off", "Land the whole file again.")
    return _ARRAY


def _is_line(text: bytes) -> bool:
    """Whether what stands in the first line is whole, and more stands below it."""
    first, _, more = text.partition(b"\n")
    if not more.strip():
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def _begins_an_object_of_lines(text: bytes) -> bool:
    """Whether the first object goes on in the next line; one that cannot be read, which is told, is a line."""
    first, _, more = text.partition(b"\n")
    if not more.strip():
        return False
    try:
        json.loads(first)
    except RecursionError:  # told of the line by who reads it
        return False
    except ValueError:
        decoded = text.decode(errors="replace")
        try:
            _, end = json.JSONDecoder().raw_decode(decoded)
        except (ValueError, RecursionError):
            return first.rstrip().endswith((b"{", b"[", b",")) and not any(
                map(_is_object, more.split(b"\n", 10))
            )
        return "\n" in decoded[:end]
    return False


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def keys_of(files: tuple[StoredFile, ...]) -> Columns:
    """The keys of all objects, in the order objects hold them.

    Raises:
        LandingError: a file is no JSON, or the objects of one that is not lines have keys that are no columns.
    """
    copies: dict[StoredFile, LinesCopy] = {}
    with duckdb_reader(files[0]) as connection:
        rows = connection.execute(_keys_sql(files)).fetchall()
        if any(row[4] for row in rows):
            for (layout, _), group in grouped(files, lambda file: (layout_of(file), is_compressed(file))):
                copies |= copies_of(connection, group) if layout == LINES else {}
        if copies:
            rows = connection.execute(_keys_sql([read_as(file, copies) for file in files])).fetchall()
        keys = [row[0] for row in rows if row[0] is not None]
        is_rewritten = any(row[3] or row[5] for row in rows)
        numbers = _numbers(connection, files, copies, keys) if keys and is_rewritten else set[str]()
    found = [row for row in rows if row[0] is not None]
    where = commonpath(file.name for file in files)
    _refuse_unusable([row[0] for row in found], [row[0] for row in found if row[2]], where)
    names: dict[str, list[str]] = {}
    for key, *_ in found:
        names.setdefault(key.lower(), []).append(key)
    twice = next((row[0] for row in found if row[2]), None)
    written = {keys[0]: tuple(keys) for keys in names.values()}
    are_numbers = frozenset(name for name, keys in written.items() if numbers.issuperset(keys))
    return Columns(written, is_rewritten, are_numbers, twice, copies)


def key_sets(files: Sequence[StoredFile]) -> dict[StoredFile, str]:
    """Of each file whose objects have keys, which sets of keys they have: told by a text that is equal where these are.

    Raises:
        LandingError: a file is no JSON.
    """
    objects = " UNION ALL ".join(
        f"SELECT filename, json_keys(json) AS keys FROM {_objects_sql(group, layout)}"
        for (layout, _), group in grouped(files, lambda file: (layout_of(file), is_compressed(file)))
    )
    query = (
        f"SELECT filename, md5(to_json(list_sort(list(DISTINCT keys)))::VARCHAR) FROM ({objects}) "
        "WHERE len(keys) > 0 GROUP BY filename"
    )
    with duckdb_reader(files[0]) as connection:
        found = dict(connection.execute(query).fetchall())
    return {file: found[file.path] for file in files if file.path in found}


def _numbers(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[StoredFile],
    copies: Mapping[StoredFile, LinesCopy],
    keys: Sequence[str],
) -> set[str]:
    """Those of `keys` under which numbers stand and nothing else."""
    read = [read_as(file, copies) for file in files]
    kinds = [f"json_type(json, {pointer(key)})" for key in keys]
    asked = ", ".join(
        f"bool_and({kind} IN ({_NUMBERS_OR_NONE})) AND bool_or({kind} <> 'NULL')" for kind in kinds
    )
    objects = " UNION ALL ".join(
        f"SELECT json FROM {_objects_sql(group, layout)}"
        for (layout, _), group in grouped(read, lambda file: (layout_of(file), is_compressed(file)))
    )
    (row,) = connection.execute(f"SELECT {asked} FROM ({objects})").fetchall()
    return {key for key, are_numbers in zip(keys, row, strict=True) if are_numbers}


def pointer(key: str) -> str:
    """SQL of the JSON pointer to a key of an object."""
    return quote_literal("/" + key.replace("~", "~0").replace("/", "~1"))


def _keys_sql(files: Sequence[StoredFile]) -> str:
    """A SELECT of each key, where in objects it stands, whether it clashes and has long numbers; and, in each row,
    whether any line is perhaps no object (it has no key, or one that is no column), and has numbers written anew."""
    objects = " UNION ALL ".join(
        f"SELECT json_keys(json) AS keys, {_HAS_LONG} AS is_long, {layout == LINES} AS is_line, "
        f"{_IS_REWRITTEN} AS is_rewritten "
        f"FROM {_objects_sql(group, layout)}"
        for (layout, _), group in grouped(files, lambda file: (layout_of(file), is_compressed(file)))
    )
    return f"""
        WITH objects AS MATERIALIZED (
            SELECT keys, is_line AND (keys IS NULL OR len(keys) = 0 OR {UNUSABLE_KEYS}) AS is_suspect,
                bool_or(is_long) AS is_long, bool_or(is_rewritten) AS is_rewritten
            FROM ({objects}) GROUP BY keys, is_line
        ), clashing AS (
            SELECT unnest(keys) AS key FROM objects
            WHERE len(keys) > len(list_distinct(list_transform(keys, lambda key: lower(key))))
        )
        SELECT key, min(position), bool_or(key IN (FROM clashing)), bool_or(is_long),
            (SELECT bool_or(is_suspect) FROM objects), (SELECT bool_or(is_rewritten) FROM objects)
        FROM (
            SELECT unnest(keys) AS key, generate_subscripts(keys, 1) AS position, is_long FROM objects
            UNION ALL SELECT NULL, NULL, NULL
        ) GROUP BY key ORDER BY min(position), key"""


def _objects_sql(files: Sequence[StoredFile], layout: str) -> str:
    if layout == LINES:
        return lines_sql(files)
    return (
        f"read_json_objects({paths_sql(files)}, format = '{layout}', compression = {compression_sql(files)})"
    )


def _refuse_unusable(names: Sequence[str], clashing: Sequence[str], where: str) -> None:
    """Refuse an empty key, and those of `clashing`, which stand in one object with others, that are the same column."""
    if "" in names:
        raise LandingError(f"{where}: a JSON key is empty", "Name the key before the file lands.")
    seen: dict[str, str] = {}
    for name in clashing:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise LandingError(
                f"{where}: the JSON keys '{other}' and '{name}' are the same column in SQL",
                "Rename one of them before the file lands.",
            )


def read_as(file: StoredFile, copies: Mapping[StoredFile, LinesCopy]) -> StoredFile:
    """What is read for `file`."""
    return copies[file].file if file in copies else file
