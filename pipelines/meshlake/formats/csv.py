"""CSV: every cell as text, by name of its column. How one file is written `csv_dialect` finds out."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import duckdb

from meshlake.errors import LandingError
from meshlake.formats.csv_copy import copy_of
from meshlake.formats.csv_dialect import damaged_csv, detect_dialect, dialects_of
from meshlake.formats.format import Format, HiveLayout, UnfaithfulError
from meshlake.formats.reader import (
    compression_sql,
    folder_columns_sql,
    grouped,
    hive_options_sql,
    paths_sql,
    selected_sql,
    text_columns_sql,
    told_of_files,
)
from meshlake.formats.samples import has_long_line, is_compressed
from meshlake.formats.unreadable import (
    READ_ON_SQL,
    ReadAgainError,
    Unreadable,
    UnreadableLine,
    located,
    rejects,
    rejects_of,
)
from meshlake.names import quote_literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from meshlake.errors import DamagedFileError
    from meshlake.formats.csv_form import CsvDialect
    from meshlake.formats.csv_lines import Form
    from meshlake.formats.format import Keyed
    from meshlake.formats.unreadable import Reject
    from meshlake.stores import StoredFile
    from meshlake.types.tree import Type

# What DuckDB's errors of its CSV reader begin with.
_INVALID_STATE = "The CSV Parser state machine reached an invalid state"
_NOT_ENCODED = "File is not "
# The types of errors that DuckDB tells in the table of rejected lines.
_CAUSES = {
    "UNQUOTED VALUE": "has a quote that is never closed, or text after a closing quote",
    "INVALID ENCODING": "is not UTF-8, though the samples taken from the file were",
    "LINE SIZE OVER MAXIMUM": "is over 2 MB long, most likely since a quote is never closed",
}
_COUNTS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
_LINE_ENDS = {"\n": "\\n", "\r": "\\r"}
_IS_UTF8 = "from_utf8(to_utf8(line)) = line"
# Files in which a quote was found open where DuckDB read them: it loses lines behind it, so a copy is read.
_COPIED: set[StoredFile] = set()


class _Csv(Format):
    name = "csv"
    title = "CSV"
    endings = (".csv", ".tsv", ".tab", ".psv")
    compressions = (".gz",)
    # Hive reads an empty cell as empty text, and does not tell it from a quoted one.
    hive_value = "nullif({}, '')"
    is_empty_null = True

    def __init__(self, *, is_empty_told: bool = False) -> None:
        self._is_empty_told = is_empty_told

    @property
    def telling_empty(self) -> Format:
        return _TELLING_EMPTY

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        # An empty cell is null, quoted or not: not every engine's reader tells them apart.
        nulls = {"nullstr": "''", "allow_quoted_nulls": "false" if self._is_empty_told else "true"}
        dialects = _dialects(files, among)
        groups = grouped(
            dialects,
            lambda file: (
                dialects[file],
                files[file],
                is_compressed(file),
                None if dialects[file].is_plain else file,
            ),
        )
        return [
            _copied_select(dialect, keys, copied, nulls) if copied else _select(dialect, keys, group, nulls)
            for (dialect, keys, _, copied), group in groups
        ]

    def selects_of_one(
        self, file: StoredFile, keys: tuple[str, ...], among: Sequence[StoredFile]
    ) -> list[str]:
        return self.selects({file: keys}, among)

    def has_columns(self, file: StoredFile) -> bool:
        return detect_dialect(file) is not None

    def notes(self, files: Sequence[StoredFile]) -> list[str]:
        named: dict[str, list[StoredFile]] = {}
        for file, dialect in _dialects(files, files).items():
            for note in dialect.notes + (() if dialect.is_plain else copy_of(file, dialect).notes):
                named.setdefault(note, []).append(file)
        return told_of_files(named)

    def schema_keys(self, files: Sequence[StoredFile]) -> Mapping[StoredFile, tuple[str, ...]]:
        return {file: dialect.columns for file, dialect in _dialects(files, files).items()}

    def delimiter(self, files: Sequence[StoredFile]) -> str | None:
        dialects = (detect_dialect(file) for file in files[:1])
        return next((dialect.form.delimiter for dialect in dialects if dialect), None)

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        is_readers = message.startswith((_INVALID_STATE, _NOT_ENCODED))
        if not isinstance(error, duckdb.InvalidInputException) or not is_readers:
            return None
        faults = (_fault(file, message) for file in files if _may_be_of(file, message))
        return next(filter(None, faults), None)

    def damaged(self, files: Sequence[StoredFile]) -> Mapping[StoredFile, DamagedFileError]:
        return damaged_csv(tuple(files))

    def unreadable(self, connection: duckdb.DuckDBPyConnection, files: Sequence[StoredFile]) -> Unreadable:
        dialects = _dialects(files, files)
        plain = {file.path: file for file, dialect in dialects.items() if dialect.is_plain}
        counts, losing = rejects_of(connection, list(plain))
        if losing:
            _COPIED.update(plain[path] for path in losing)
            raise ReadAgainError(plain[path].name for path in losing)
        copies = {file: copy_of(file, dialect) for file, dialect in dialects.items() if not dialect.is_plain}
        left_out = sum(counts.values()) + sum(copy.aside_count for copy in copies.values())
        return Unreadable(
            left_out,
            lambda: (
                line
                for file, dialect in dialects.items()
                for line in (
                    copies[file].aside(file)
                    if file in copies
                    else _rejected(connection, file, dialect)
                    if file.path in counts
                    else ()
                )
            ),
            sum(copy.footer_count for copy in copies.values()),
        )

    def hive_layout(
        self, connection: duckdb.DuckDBPyConnection, files: Keyed, columns: Mapping[str, Type]
    ) -> HiveLayout:
        dialects = set(_dialects(files, tuple(files)).values())
        if len(dialects) != 1:
            raise UnfaithfulError("its CSV files differ in columns, delimiter, quotes or encoding")
        dialect = dialects.pop()
        form = dialect.form
        is_usual = (dialect.encoding, form.quote, form.escape) == ("utf-8", '"', '"')
        if not is_usual or len(form.delimiter.encode()) > 1:
            raise UnfaithfulError("it is not UTF-8 with plain double quotes")
        if not dialect.is_plain or (dialect.has_names, dialect.first_line) != (True, 2):
            raise UnfaithfulError("it is no plain table under one line of names")
        if {key for keys in files.values() for key in keys} & {name.lower() for name in dialect.columns}:
            raise UnfaithfulError("a folder and a column have the same name")
        properties = {
            "skip_header_line_count": "1",
            "csv_separator": quote_literal(form.delimiter),
            "csv_quote": quote_literal(form.quote),
        }
        return HiveLayout("CSV", dialect.columns, properties, _line_condition(dialect))


CSV = _Csv()
_TELLING_EMPTY = _Csv(is_empty_told=True)


def _dialects(files: Iterable[StoredFile], among: Sequence[StoredFile]) -> dict[StoredFile, CsvDialect]:
    return {
        file: replace(dialect, is_plain=False) if file in _COPIED or has_long_line(file) else dialect
        for file, dialect in dialects_of(files, among).items()
    }


def _select(
    dialect: CsvDialect, keys: Sequence[str], files: Sequence[StoredFile], nulls: Mapping[str, str]
) -> str:
    before, after = _around_paths(dialect, tuple(keys), compression_sql(files), tuple(nulls.items()))
    return f"{before}{paths_sql(files)}{after}"


@lru_cache(maxsize=1_000)
def _around_paths(
    dialect: CsvDialect, keys: tuple[str, ...], compression: str, nulls: tuple[tuple[str, str], ...]
) -> tuple[str, str]:
    """What a SELECT has before and behind the files: many are made of one file each, to compare."""
    options = {
        **dict(nulls),
        **_form_options(dialect.form),
        "encoding": quote_literal(dialect.encoding),
        "columns": text_columns_sql(dialect.columns),
        "compression": compression,
        "header": "true" if dialect.has_names else "false",
    }
    if skipped := dialect.first_line - 1 - dialect.has_names:
        options["skip"] = str(skipped)
    if not dialect.has_names and dialect.line_end in _LINE_ENDS:
        # Else the first break in quotes is taken for the end of every line. Told of both characters, DuckDB 1.5 takes
        # the whole file for one line: there the first line shows it.
        options["new_line"] = quote_literal(_LINE_ENDS[dialect.line_end])
    return (
        f"SELECT {selected_sql(dialect.columns, keys)} FROM read_csv(",
        f", {_given(options)}{hive_options_sql(keys)}{READ_ON_SQL})",
    )


def _copied_select(
    dialect: CsvDialect, keys: Sequence[str], file: StoredFile, nulls: Mapping[str, str]
) -> str:
    """As `_select`, from a clean copy of the file."""
    copy = copy_of(file, dialect)
    options = {
        **nulls,
        **_form_options(copy.form),
        "columns": text_columns_sql(dialect.columns),
        "header": "true",
        "new_line": quote_literal("\\n"),
    }
    selected = ", ".join(["*", *folder_columns_sql(file, keys, dialect.columns)])
    return f"SELECT {selected} FROM read_csv({quote_literal(copy.path)}, {_given(options)})"


def _form_options(form: Form) -> dict[str, str]:
    given = {"delim": form.delimiter, "quote": form.quote, "escape": form.escape}
    return {name: quote_literal(value) for name, value in given.items()}


def _given(options: Mapping[str, str]) -> str:
    fixed = "auto_detect = false, strict_mode = true"
    return ", ".join([*(f"{name} = {value}" for name, value in options.items()), fixed])


def _may_be_of(file: StoredFile, message: str) -> bool:
    """Whether an error can be of `file`. Where DuckDB names the file the text of a cell may stand, too."""
    if not message.startswith(_NOT_ENCODED):
        return f"\n  file = {file.path}\n" in message
    dialect = detect_dialect(file)
    return dialect is not None and message.startswith(f"{_NOT_ENCODED}{dialect.encoding} ")


def _fault(file: StoredFile, message: str) -> LandingError | None:
    """What is wrong with the whole of `file`."""
    if message.startswith(_INVALID_STATE):
        return LandingError(
            f"{file.name}: lines end in different ways, or a value holds a line break but no quotes",
            "Use one kind of line end, and put quotes around values with line breaks.",
        )
    dialect = detect_dialect(file)
    if dialect is not None and message.startswith(_NOT_ENCODED):
        encoding = dialect.encoding.upper()
        return LandingError(
            f"{file.name}: it holds characters that are not {encoding} as far as it can be read",
            "Save the file as UTF-8.",
        )
    return None


def _rejected(
    connection: duckdb.DuckDBPyConnection, file: StoredFile, dialect: CsvDialect
) -> Iterator[UnreadableLine]:
    found = rejects(connection, file.path)
    for reject, line, content in located(file, dialect.encoding, found):
        yield UnreadableLine(file.name, line, content, _cause(reject))


def _cause(reject: Reject) -> str:
    kind, told = reject.faults[-1 if reject.faults[0][0] == "TOO MANY COLUMNS" else 0]
    counts = _COUNTS.fullmatch(told)
    if counts:
        return f"has {counts[2]} values where the header has {counts[1]} columns"
    return _CAUSES.get(kind, "cannot be read")


def _line_condition(dialect: CsvDialect) -> str:
    r"""Every line a whole row: no quoted line break, no backslash, no cell too few."""
    width = len(dialect.columns)
    delimiter = re.escape(dialect.form.delimiter)
    cell = rf'(?:[^"\\{delimiter}\x00]*|"(?:[^"\\\x00]|"")*")'
    row = quote_literal(rf"^{cell}(?:{delimiter}{cell}){{{width - 1}}}$")
    # Most lines have no quotes, and to split one costs a fraction of matching it.
    return (
        f"line <> '' AND {_IS_UTF8} AND CASE WHEN strpos(line, '\"') > 0 THEN regexp_like(line, {row}) "
        f"ELSE strpos(line, '\\') = 0 AND strpos(line, chr(0)) = 0 "
        f"AND cardinality(split(line, {quote_literal(dialect.form.delimiter)})) = {width} END"
    )
