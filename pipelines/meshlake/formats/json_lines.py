"""JSON: objects, one per line, in an array, or one after the other over several lines; every value as text, by its key.

Keys that differ in case alone are one column, unless an object has both.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING

import duckdb

from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats.failures import explained_files
from meshlake.formats.format import Format, HiveLayout, UnfaithfulError
from meshlake.formats.json_encoding import encoding_notes
from meshlake.formats.json_keys import LINES, MAY_BE_REWRITTEN, key_sets, keys_of, layout_of, pointer, read_as
from meshlake.formats.json_records import in_objects, records_notes
from meshlake.formats.reader import (
    compression_sql,
    grouped,
    hive_options_sql,
    paths_sql,
    selected_sql,
    text_columns_sql,
    told_of_files,
)
from meshlake.formats.samples import is_compressed, open_text
from meshlake.formats.unreadable import Unreadable
from meshlake.names import quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from meshlake.formats.format import Keyed
    from meshlake.formats.json_keys import Columns
    from meshlake.stores import StoredFile
    from meshlake.types.tree import Type

# What DuckDB's errors of its JSON reader begin with; the file follows, and a number that is not the object's.
_FAULTS = ("Malformed JSON", "JSON transform error")
_TOO_LONG = '"maximum_object_size" of '
_LINE = re.compile(r",(?: at byte \d+)? in (?:line|record/value) \d+: ([^\n]*)")
# Each number as a text that begins with a character that JSON's texts cannot hold as it is: strings are passed over.
_TOKENS = r"""("(?:[^"\\]|\\.)*")|(-?[0-9][0-9.eE+-]*)"""
_MARKED = (
    f"CASE WHEN {MAY_BE_REWRITTEN} THEN replace(replace(replace("
    f"regexp_replace(json::VARCHAR, '{_TOKENS}', '\\1' || chr(1) || '\\2' || chr(2), 'g'), "
    "chr(1) || chr(2), ''), chr(1), '\"\\u0001'), chr(2), '\"')::JSON ELSE json END"
)
# Of an object the values that are asked for, and what they are; no folder is called so.
_TEXTS, _KINDS = '"\x02texts"', '"\x02kinds"'
_MOST_BYTES_LOCATED = 64 * 1024 * 1024
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
    endings = (".jsonl", ".ndjson", ".json", ".geojson")
    compressions = (".gz",)

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        files = {in_objects(file): keys for file, keys in files.items()}
        for file in files:
            layout_of(file)
        columns = _columns(_in_objects(among))
        if not columns.names:
            _refuse_no_objects(columns)
            return []
        read = {read_as(file, columns.copies): keys for file, keys in files.items()}
        groups = grouped(read, lambda file: (read[file], layout_of(file), is_compressed(file)))
        return [_select(columns, group, keys, layout) for (keys, layout, _), group in groups]

    def has_columns(self, file: StoredFile) -> bool:
        return bool(_columns(_in_objects([file])).names)

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        if not isinstance(error, duckdb.InvalidInputException):
            return None
        files = _in_objects(files)
        if message.startswith(
            _TOO_LONG
        ):  # for sure over that; one on a line of its own is read up to twice as much
            long = next((f for f in files if f' exceeded while reading file "{f.path}"' in message), files[0])
            return DamagedFileError(
                f"{long.name}: it holds an object of over 16 MB, up to which any can be read",
                "Write it in several, or take it out. Of records in a list of one object make lines: "
                "jq -c '.LIST[]' FILE > FILE.jsonl",
            )
        return next(
            (told for file in files for kind in _FAULTS if (told := _fault(kind, message, file))), None
        )

    def damaged(self, files: Sequence[StoredFile]) -> Mapping[StoredFile, DamagedFileError]:
        found: dict[StoredFile, DamagedFileError] = {}
        read: dict[StoredFile, StoredFile] = {}
        for file in files:
            try:
                read[in_objects(file)] = file
            except DamagedFileError as error:
                found[file] = error
        return found | {read[file]: error for file, error in _damaged(tuple(read)).items()}

    def notes(self, files: Sequence[StoredFile]) -> list[str]:
        return told_of_files(encoding_notes(files) | records_notes(files))

    def unreadable(self, connection: duckdb.DuckDBPyConnection, files: Sequence[StoredFile]) -> Unreadable:
        copies = _columns(_in_objects(files)).copies.values()
        return Unreadable(
            sum(copy.aside_count for copy in copies),
            lambda: (line for copy in copies for line in copy.aside()),
        )

    def numbers(self, files: Sequence[StoredFile]) -> Collection[str]:
        return _columns(_in_objects(files)).numbers

    def schema_keys(self, files: Sequence[StoredFile]) -> Mapping[StoredFile, str]:
        read = {in_objects(file): file for file in files}
        with explained_files(self, files):
            return {read[file]: keys for file, keys in key_sets(tuple(read)).items()}

    def hive_layout(
        self, connection: duckdb.DuckDBPyConnection, files: Keyed, columns: Mapping[str, Type]
    ) -> HiveLayout:
        if any(in_objects(file) is not file for file in files):
            raise UnfaithfulError("it is not in plain UTF-8, or its records stand in an object")
        if any(layout_of(file) != LINES for file in files):
            raise UnfaithfulError("its JSON is not an object in each line")
        columns_found = _columns(tuple(files))
        if columns_found.copies:
            raise UnfaithfulError("some of its lines are no JSON objects")
        if not columns_found.are_plain:
            raise UnfaithfulError("it writes a JSON key in different cases, or has numbers of many digits")
        if not all(_PLAIN_NAME.fullmatch(name) for name in columns):
            raise UnfaithfulError("a JSON key is not made of plain letters, digits, spaces, _ and -")
        return HiveLayout("OPENX_JSON", tuple(columns), line_condition=_LINE_CONDITION)


JSON_LINES = _JsonLines()


def _in_objects(files: Sequence[StoredFile]) -> tuple[StoredFile, ...]:
    return tuple(map(in_objects, files))


@lru_cache(maxsize=1_000)
def _columns(files: tuple[StoredFile, ...]) -> Columns:
    with explained_files(JSON_LINES, files):
        return keys_of(files)


@lru_cache(maxsize=1_000)
def _damaged(files: tuple[StoredFile, ...]) -> dict[StoredFile, DamagedFileError]:
    """Those that are no lines and broken somewhere: looked for by halves, since all together are read anyway."""
    try:
        _columns(files)
    except DamagedFileError as error:
        if len(files) == 1:
            return {files[0]: error}
        half = len(files) // 2
        return _damaged(files[:half]) | _damaged(files[half:])
    except LandingError:
        return {}  # told when they are read
    return {}


def _refuse_no_objects(columns: Columns) -> None:
    """Refuse a dataset without one line that is an object, by the first of its lines."""
    for copy in columns.copies.values():
        raise LandingError(
            next(copy.aside()).told, "Each line must be one whole JSON object in UTF-8, with no key twice."
        )


def _select(columns: Columns, files: Sequence[StoredFile], keys: Sequence[str], layout: str) -> str:
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
    pointers = [pointer(key) for written in columns.names.values() for key in written]
    places = iter(range(1, len(pointers) + 1))
    selected = [
        f"{_cell([next(places) for _ in written])} AS {quote_identifier(name)}"
        for name, written in columns.names.items()
    ]
    selected += [quote_identifier(key) for key in keys if key.lower() not in taken]
    objects = f"SELECT * REPLACE ({_MARKED} AS json) FROM read_json_objects({paths_sql(files)}, {options})"
    # All keys at once: each call reads the whole object.
    listed = f"[{', '.join(pointers)}]"
    found = (
        f"SELECT *, json_extract_string(json, {listed}) AS {_TEXTS}, json_type(json, {listed}) AS {_KINDS} "
        f"FROM ({objects})"
    )
    return f"SELECT {', '.join(selected)} FROM ({found})"


def _cell(places: Sequence[int]) -> str:
    """The first value at `places`: numbers as they are written, in what is nested too."""
    cells = []
    for place in places:
        text = f"{_TEXTS}[{place}]"
        unmarked = f"regexp_replace({text}, '\"\\\\u0001([^\"]*)\"', '\\1', 'g')"
        is_nested = f"{_KINDS}[{place}] IN ('OBJECT', 'ARRAY')"
        cells.append(f"CASE WHEN {is_nested} THEN {unmarked} ELSE ltrim({text}, chr(1)) END")
    return f"coalesce({', '.join(cells)})"


def _fault(kind: str, message: str, file: StoredFile) -> LandingError | None:
    start = f'{kind} in file "{file.path}"'
    if not message.startswith(start) or not (told := _LINE.match(message, len(start))):
        return None
    return DamagedFileError(
        f"{file.name}{_place(file)}: {told[1].strip()}",
        "It must be one array of JSON objects, or objects in UTF-8, with no key twice.",
    )


def _place(file: StoredFile) -> str:
    """Where what is no JSON begins in a file of an array or of objects, unless it is a very large one."""
    with open_text(file) as stream:
        content = stream.read(_MOST_BYTES_LOCATED)
    if len(content) == _MOST_BYTES_LOCATED:
        return ""
    decoder, at = json.JSONDecoder(), 0
    try:
        text = content.decode()
        while at < len(text):
            _, at = decoder.raw_decode(text, at)
            at += len(text[at:]) - len(text[at:].lstrip())
    except UnicodeDecodeError as error:
        line = 1 + content.count(b"\n", 0, error.start)
        return f", line {line}"
    except json.JSONDecodeError as error:
        return f", line {error.lineno}, column {error.colno}"
    except (RecursionError, ValueError):  # nested too deeply, or a number of more digits than Python reads
        return ""
    return ""
