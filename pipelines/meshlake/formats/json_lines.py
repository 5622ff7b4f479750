"""JSON: objects, one per line, in an array, or one after the other over several lines; every value as text, by its key.

Keys that differ in case alone are one column, unless an object has both.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from posixpath import commonpath
from typing import TYPE_CHECKING

import duckdb

from meshlake.errors import LandingError
from meshlake.formats import refuse_other_formats
from meshlake.formats.failures import explained_files
from meshlake.formats.format import Format, HiveLayout, UnfaithfulError
from meshlake.formats.reader import (
    compression_sql,
    grouped,
    hive_options_sql,
    paths_sql,
    selected_sql,
    text_columns_sql,
)
from meshlake.formats.samples import head, is_compressed, last_byte
from meshlake.names import quote_identifier, quote_literal
from meshlake.stores import duckdb_reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meshlake.formats.format import Keyed
    from meshlake.stores import StoredFile
    from meshlake.types.tree import Type

# What DuckDB's errors of its JSON reader begin with; the file and the line follow.
_MALFORMED = "Malformed JSON"
_FAULTS = (_MALFORMED, "JSON transform error")
_LINE = re.compile(r",(?: at byte \d+)? in (line|record/value) (\d+): ([^\n]*)")
_LINES, _ARRAY, _OBJECTS = "newline_delimited", "array", "unstructured"
_SAYS_LINES = re.compile(r"\.(?:jsonl|ndjson)(?:\.\w+)?$", re.IGNORECASE)
# Numbers of over 15 digits with a point or an exponent: a double, as DuckDB keeps them, may be another one.
_LONG = "[0-9]{16,}[.eE]|" + "|".join(f"[0-9]{{{whole}}}[.][0-9]{{{16 - whole},}}" for whole in range(1, 16))
_NUMBERS = "regexp_extract_all(json, '-?[0-9]+(?:[.][0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)')"
_CHANGED = "len(text) > 16 AND CAST(TRY_CAST(text AS DOUBLE) AS VARCHAR) IS DISTINCT FROM text"
_HAS_LONG = (
    f"CASE WHEN regexp_matches(json, '(?:{_LONG})') "
    f"THEN len(list_filter({_NUMBERS}, lambda text: {_CHANGED})) > 0 ELSE false END"
)
# Each number as a text that begins with a character that JSON's texts cannot hold as it is: strings are passed over.
_TOKENS = r"""("(?:[^"\\]|\\.)*")|(-?[0-9][0-9.eE+-]*)"""
_MARKED = (
    f"replace(replace(replace(regexp_replace(json::VARCHAR, '{_TOKENS}', '\\1' || chr(1) || '\\2' || chr(2), 'g'), "
    "chr(1) || chr(2), ''), chr(1), '\"\\u0001'), chr(2), '\"')::JSON"
)
_SPACE = b" \t\r\n"
_IS_UTF8 = "from_utf8(to_utf8(line)) = line"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_ -]+")
_TEXT = r'"[^"\\\x00-\x1f]*"'
# Numbers that both readers give back as they are written: 1.50 and 1e3 are not among them.
_NUMBER = r"0|-?[1-9][0-9]*|-?[1-9][0-9]{0,8}\.(?:0|[0-9]{0,5}[1-9])|0\.0|-?0\.[0-9]{0,3}[1-9]"
_MEMBER = rf"{_TEXT}\s*:\s*(?:{_TEXT}|true|false|null|{_NUMBER})"
_OBJECT = rf"^\s*\{{\s*(?:{_MEMBER}(?:\s*,\s*{_MEMBER})*\s*)?\}}\s*$"
_KEYS = r"""regexp_extract_all(line, '"([^"]*)"\s*:', 1)"""
# Every line one flat object without a key twice, its values written in the one way that both give back.
_LINE_CONDITION = (
    f"{_IS_UTF8} AND regexp_like(line, {quote_literal(_OBJECT)}) "
    f"AND cardinality(array_distinct({_KEYS})) = cardinality({_KEYS})"
)


class _JsonLines(Format):
    name = "json"
    title = "JSON"
    endings = (".jsonl", ".ndjson", ".json")
    compressions = (".gz",)

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        for file in files:
            _layout(file)
        columns = _columns(tuple(among))
        if not columns.names:
            return []
        groups = grouped(files, lambda file: (files[file], _layout(file), is_compressed(file)))
        return [_select(columns, group, keys, layout) for (keys, layout, _), group in groups]

    def has_columns(self, file: StoredFile) -> bool:
        return bool(_columns((file,)).names)

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        if not isinstance(error, duckdb.InvalidInputException):
            return None
        return next(
            (told for file in files for kind in _FAULTS if (told := _fault(kind, message, file))), None
        )

    def hive_layout(
        self, connection: duckdb.DuckDBPyConnection, files: Keyed, columns: Mapping[str, Type]
    ) -> HiveLayout:
        if any(_layout(file) != _LINES for file in files):
            raise UnfaithfulError("its JSON is not an object in each line")
        if not _columns(tuple(files)).are_plain:
            raise UnfaithfulError("it writes a JSON key in different cases, or has numbers of many digits")
        if not all(_PLAIN_NAME.fullmatch(name) for name in columns):
            raise UnfaithfulError("a JSON key is not made of plain letters, digits, spaces, _ and -")
        return HiveLayout("OPENX_JSON", tuple(columns), line_condition=_LINE_CONDITION)


JSON_LINES = _JsonLines()


@dataclass(frozen=True)
class _Columns:
    """The ways that each column's key is written, by its first.

    `has_long_numbers` when DuckDB may make another number of one; `twice` is a key that an object has twice.
    """

    names: dict[str, tuple[str, ...]]
    has_long_numbers: bool
    twice: str | None

    @property
    def are_plain(self) -> bool:
        """Whether DuckDB's reader gives every value as it is written."""
        return not self.has_long_numbers and all(len(keys) == 1 for keys in self.names.values())


def _select(columns: _Columns, files: Sequence[StoredFile], keys: Sequence[str], layout: str) -> str:
    options = f"format = '{layout}', compression = {compression_sql(files)}{hive_options_sql(keys)}"
    names = list(columns.names)
    if columns.are_plain:
        # Without `records`, a line that is no object can become a value of the first column.
        options += f", records = true, columns = {text_columns_sql(names)}"
        return f"SELECT {selected_sql(names, keys)} FROM read_json({paths_sql(files)}, {options})"
    if columns.twice is not None:
        raise LandingError(
            f"{files[0].name}: an object has the key '{columns.twice}' twice", "Remove one of them."
        )
    taken = {name.lower() for name in names}
    selected = [f"{_cell(written)} AS {quote_identifier(name)}" for name, written in columns.names.items()]
    selected += [quote_identifier(key) for key in keys if key.lower() not in taken]
    objects = f"SELECT * REPLACE ({_MARKED} AS json) FROM read_json_objects({paths_sql(files)}, {options})"
    return f"SELECT {', '.join(selected)} FROM ({objects})"


def _cell(written: Sequence[str]) -> str:
    """The value under the first of the keys that has one: numbers as they are written, in what is nested too."""
    cells = []
    for key in written:
        text = f"json_extract_string(json, {_pointer(key)})"
        unmarked = f"regexp_replace({text}, '\"\\\\u0001([^\"]*)\"', '\\1', 'g')"
        is_nested = f"json_type(json, {_pointer(key)}) IN ('OBJECT', 'ARRAY')"
        cells.append(f"CASE WHEN {is_nested} THEN {unmarked} ELSE ltrim({text}, chr(1)) END")
    return f"coalesce({', '.join(cells)})"


def _pointer(key: str) -> str:
    return quote_literal("/" + key.replace("~", "~0").replace("/", "~1"))


@lru_cache(maxsize=10_000)
def _layout(file: StoredFile) -> str:
    """How the objects of `file` stand in it, as DuckDB calls that.

    Raises:
        LandingError: it is no JSON, or an array that is cut off.
    """
    sample, _ = head(file)
    refuse_other_formats(file.name, sample)
    if sample.startswith(b"\xef\xbb\xbf"):
        raise LandingError(
            f"{file.name}: it begins with a byte order mark", "Save the file as UTF-8 without one."
        )
    text = sample.lstrip(_SPACE)
    if text.startswith(b"["):
        return _array(file)
    return _OBJECTS if _begins_an_object_of_lines(text) else _LINES


def _array(file: StoredFile) -> str:
    short = file.name.rpartition("/")[2]
    if _SAYS_LINES.search(short):
        raise LandingError(
            f"{file.name}: it is one JSON array, not JSON lines",
            f"Call it .json; or write one object per line: jq -c '.[]' {short} > lines.jsonl",
        )
    if last_byte(file, _SPACE) != b"]":  # DuckDB takes the objects before a break for all there are
        raise LandingError(f"{file.name}: its JSON array is cut off", "Land the whole file again.")
    return _ARRAY


def _begins_an_object_of_lines(text: bytes) -> bool:
    """Whether the first object goes on in the next line; one that cannot be read, which is told, is a line."""
    first, _, more = text.partition(b"\n")
    if not more.strip():
        return False
    try:
        json.loads(first)
    except ValueError:
        decoded = text.decode(errors="replace")
        try:
            _, end = json.JSONDecoder().raw_decode(decoded)
        except ValueError:
            return first.rstrip().endswith((b"{", b"[", b","))
        return "\n" in decoded[:end]
    return False


@lru_cache(maxsize=1_000)
def _columns(files: tuple[StoredFile, ...]) -> _Columns:
    """The keys of all objects, in the order objects hold them; every line is read, once per process."""
    groups = grouped(files, lambda file: (_layout(file), is_compressed(file)))
    objects = " UNION ALL ".join(
        f"SELECT json_keys(json) AS keys, {_HAS_LONG} AS is_long "
        f"FROM read_json_objects({paths_sql(group)}, format = '{layout}', compression = {compression_sql(group)})"
        for (layout, _), group in groups
    )
    query = f"""
        WITH objects AS MATERIALIZED (SELECT keys, bool_or(is_long) AS is_long FROM ({objects}) GROUP BY keys),
        clashing AS (
            SELECT unnest(keys) AS key FROM objects
            WHERE len(keys) > len(list_distinct(list_transform(keys, lambda key: lower(key))))
        )
        SELECT key, min(position), bool_or(key IN (FROM clashing)), bool_or(is_long) FROM (
            SELECT unnest(keys) AS key, generate_subscripts(keys, 1) AS position, is_long FROM objects
        ) GROUP BY key ORDER BY min(position), key"""
    with explained_files(JSON_LINES, files), duckdb_reader(files[0]) as connection:
        rows = connection.execute(query).fetchall()
    where = commonpath(file.name for file in files)
    _refuse_unusable([row[0] for row in rows], [row[0] for row in rows if row[2]], where)
    names: dict[str, list[str]] = {}
    for key, *_ in rows:
        names.setdefault(key.lower(), []).append(key)
    twice = next((row[0] for row in rows if row[2]), None)
    return _Columns({keys[0]: tuple(keys) for keys in names.values()}, any(row[3] for row in rows), twice)


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


def _fault(kind: str, message: str, file: StoredFile) -> LandingError | None:
    start = f'{kind} in file "{file.path}"'
    if not message.startswith(start) or not (told := _LINE.match(message, len(start))):
        return None
    reason = told[3].strip()
    if told[1] != "line":  # the number that DuckDB gives is not the object's
        return LandingError(
            f"{file.name}: {reason}",
            "It must be one array of JSON objects, or objects in UTF-8, with no key twice.",
        )
    # For text that is no JSON, DuckDB 1.5 names the record after the bad one.
    record = int(told[2]) - (kind == _MALFORMED)
    return LandingError(
        f"{file.name}, record {record}: {reason}",
        "Each line must be one whole JSON object in UTF-8, with no key twice.",
    )
