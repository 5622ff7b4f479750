"""JSON lines: one object per line, every value as text, by its key."""

from __future__ import annotations

import re
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
from meshlake.formats.samples import head, is_compressed
from meshlake.names import quote_literal
from meshlake.stores import duckdb_reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meshlake.formats.format import Keyed
    from meshlake.stores import StoredFile
    from meshlake.types.tree import Type

# What DuckDB's errors of its JSON reader begin with; the file and the line follow.
_MALFORMED = "Malformed JSON"
_FAULTS = (_MALFORMED, "JSON transform error")
_LINE = re.compile(r",(?: at byte \d+)? in line (\d+): ([^\n]*)")
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
    title = "JSON lines"
    endings = (".jsonl", ".ndjson", ".json")
    compressions = (".gz",)

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        for file in files:
            _check(file)
        names = _keys(tuple(among))
        if not names:
            return []
        # Without `records`, a line that is no object can become a value of the first column.
        options = f"format = 'newline_delimited', records = true, columns = {text_columns_sql(names)}"
        groups = grouped(files, lambda file: (files[file], is_compressed(file)))
        return [
            f"SELECT {selected_sql(names, keys)} FROM read_json({paths_sql(group)}, {options}, "
            f"compression = {compression_sql(group)}{hive_options_sql(keys)})"
            for (keys, _), group in groups
        ]

    def has_columns(self, file: StoredFile) -> bool:
        _check(file)
        return bool(_keys((file,)))

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        if not isinstance(error, duckdb.InvalidInputException):
            return None
        return next(
            (told for file in files for kind in _FAULTS if (told := _fault(kind, message, file))), None
        )

    def hive_layout(
        self, connection: duckdb.DuckDBPyConnection, files: Keyed, columns: Mapping[str, Type]
    ) -> HiveLayout:
        if not all(_PLAIN_NAME.fullmatch(name) for name in columns):
            raise UnfaithfulError("a JSON key is not made of plain letters, digits, spaces, _ and -")
        return HiveLayout("OPENX_JSON", tuple(columns), line_condition=_LINE_CONDITION)


JSON_LINES = _JsonLines()


def _check(file: StoredFile) -> None:
    sample, _ = head(file)
    refuse_other_formats(file.name, sample)
    if sample.startswith(b"\xef\xbb\xbf"):
        raise LandingError(
            f"{file.name}: it begins with a byte order mark", "Save the file as UTF-8 without one."
        )
    if sample.lstrip().startswith(b"["):
        raise LandingError(
            f"{file.name}: it is one JSON array, not JSON lines",
            f"Write one object per line: jq -c '.[]' {file.name.rpartition('/')[2]} > lines.jsonl",
        )


@lru_cache(maxsize=1_000)
def _keys(files: tuple[StoredFile, ...]) -> tuple[str, ...]:
    """The keys of all objects, in the order objects hold them; every line is read, once per process."""
    objects = " UNION ALL ".join(
        f"SELECT json FROM read_ndjson_objects({paths_sql(group)}, compression = {compression_sql(group)})"
        for _, group in grouped(files, is_compressed)
    )
    query = f"""
        SELECT key FROM (
            SELECT unnest(keys) AS key, generate_subscripts(keys, 1) AS position FROM (
                SELECT DISTINCT json_keys(json) AS keys FROM ({objects})
            )
        ) GROUP BY key ORDER BY min(position), key"""
    with explained_files(JSON_LINES, files), duckdb_reader(files[0]) as connection:
        names = [row[0] for row in connection.execute(query).fetchall()]
    _refuse_unusable(names, commonpath(file.name for file in files))
    return tuple(names)


def _refuse_unusable(names: Sequence[str], where: str) -> None:
    seen: dict[str, str] = {}
    for name in names:
        if not name:
            raise LandingError(f"{where}: a JSON key is empty", "Name the key before the file lands.")
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
    # For text that is no JSON, DuckDB 1.5 names the record after the bad one.
    record = int(told[1]) - (kind == _MALFORMED)
    return LandingError(
        f"{file.name}, record {record}: {told[2].strip()}",
        "Each line must be one whole JSON object in UTF-8, with no key twice.",
    )
