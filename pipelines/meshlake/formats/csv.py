"""CSV: every cell as text, by name of its column. How one file is written `csv_dialect` finds out."""

from __future__ import annotations

import re
from heapq import merge
from typing import TYPE_CHECKING

import duckdb

from meshlake.errors import LandingError
from meshlake.formats.csv_dialect import CsvDialect, detect_dialect
from meshlake.formats.csv_mending import Mended, mend
from meshlake.formats.format import Format, HiveLayout, UnfaithfulError
from meshlake.formats.reader import (
    compression_sql,
    grouped,
    hive_options_sql,
    paths_sql,
    selected_sql,
    text_columns_sql,
)
from meshlake.formats.samples import is_compressed
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
    from collections.abc import Iterator, Mapping, Sequence

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
_OF_BYTES = ("utf-8", "latin-1")  # encodings in which a line can be told from the next by its bytes
_IS_UTF8 = "from_utf8(to_utf8(line)) = line"


class _Csv(Format):
    name = "csv"
    title = "CSV"
    endings = (".csv", ".tsv")
    compressions = (".gz",)
    # Hive reads an empty cell as empty text; quoted empty text, which is not null, is only ever read from a copy.
    hive_value = "nullif({}, '')"

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        dialects = {file: dialect for file in files if (dialect := detect_dialect(file))}
        groups = grouped(dialects, lambda file: (dialects[file], files[file], is_compressed(file)))
        return [_select(dialect, keys, group) for (dialect, keys, _), group in groups]

    def has_columns(self, file: StoredFile) -> bool:
        return detect_dialect(file) is not None

    def delimiter(self, files: Sequence[StoredFile]) -> str | None:
        dialects = (detect_dialect(file) for file in files[:1])
        return next((dialect.delimiter for dialect in dialects if dialect), None)

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        is_readers = message.startswith((_INVALID_STATE, _NOT_ENCODED))
        if not isinstance(error, duckdb.InvalidInputException) or not is_readers:
            return None
        return next(
            (told for file in files if _may_be_of(file, message) and (told := _fault(file, message))), None
        )

    def unreadable(self, connection: duckdb.DuckDBPyConnection, files: Sequence[StoredFile]) -> Unreadable:
        read = {_read(file).path: file for file in files}
        counts, losing = rejects_of(connection, list(read))
        if unmended := [read[path] for path in losing if read[path] not in _MENDED]:
            for file in unmended:
                _mend(file)
            raise ReadAgainError(file.name for file in unmended)
        left_out = sum(counts.values()) + sum(len(_MENDED[file].cut) for file in files if file in _MENDED)
        with_any = [file for file in files if _read(file).path in counts or file in _MENDED]
        return Unreadable(
            left_out, lambda: (line for file in with_any for line in _unreadable_of(connection, file))
        )

    def hive_layout(
        self, connection: duckdb.DuckDBPyConnection, files: Keyed, columns: Mapping[str, Type]
    ) -> HiveLayout:
        dialects = {dialect for file in files if (dialect := detect_dialect(file))}
        if len(dialects) != 1:
            raise UnfaithfulError("its CSV files differ in columns, delimiter, quotes or encoding")
        dialect = dialects.pop()
        if (dialect.encoding, dialect.quote, dialect.escape) != ("utf-8", '"', '"'):
            raise UnfaithfulError("it is not UTF-8 with plain double quotes")
        if {key for keys in files.values() for key in keys} & {name.lower() for name in dialect.columns}:
            raise UnfaithfulError("a folder and a column have the same name")
        properties = {
            "skip_header_line_count": "1",
            "csv_separator": quote_literal(dialect.delimiter),
            "csv_quote": quote_literal(dialect.quote),
        }
        return HiveLayout("CSV", dialect.columns, properties, _line_condition(dialect))


CSV = _Csv()


def _select(dialect: CsvDialect, keys: Sequence[str], files: Sequence[StoredFile]) -> str:
    options = {
        "delim": quote_literal(dialect.delimiter),
        "quote": quote_literal(dialect.quote),
        "escape": quote_literal(dialect.escape),
        "encoding": quote_literal(dialect.encoding),
        "columns": text_columns_sql(dialect.columns),
        "compression": compression_sql(files),
    }
    given = ", ".join(f"{name} = {value}" for name, value in options.items())
    # An empty cell is null, a quoted empty one is empty text.
    fixed = "header = true, auto_detect = false, strict_mode = true, nullstr = '', allow_quoted_nulls = false"
    return (
        f"SELECT {selected_sql(dialect.columns, keys)} "
        f"FROM read_csv({paths_sql(map(_read, files))}, {given}, {fixed}{hive_options_sql(keys)}{READ_ON_SQL})"
    )


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


# Of files in which a quote was found open; each a process goes through once.
_MENDED: dict[StoredFile, Mended] = {}


def _read(file: StoredFile) -> StoredFile:
    """What DuckDB reads as `file`."""
    return _MENDED[file].copy if file in _MENDED else file


def _mend(file: StoredFile) -> None:
    dialect = detect_dialect(file)
    if dialect is None or not dialect.quote or dialect.encoding not in _OF_BYTES:
        raise LandingError(
            f"{file.name}: a quote is never closed or a line over 2 MB long, and its lines cannot be told apart",
            "Correct that line, or save the file as UTF-8: then the line alone is kept aside.",
        )
    _MENDED[file] = mend(file, dialect)


def _unreadable_of(connection: duckdb.DuckDBPyConnection, file: StoredFile) -> Iterator[UnreadableLine]:
    mended, dialect, read = _MENDED.get(file), detect_dialect(file), _read(file)
    encoding = dialect.encoding if dialect else "utf-8"
    told = (
        UnreadableLine(file.name, mended.line_of(line) if mended else line, content, _cause(reject))
        for reject, line, content in located(read, encoding, rejects(connection, read.path))
    )
    return merge(mended.cut if mended else (), told, key=lambda each: each.line)


def _cause(reject: Reject) -> str:
    kind, told = reject.faults[-1 if reject.faults[0][0] == "TOO MANY COLUMNS" else 0]
    counts = _COUNTS.fullmatch(told)
    if counts:
        return f"has {counts[2]} values where the header has {counts[1]} columns"
    return _CAUSES.get(kind, "cannot be read")


def _line_condition(dialect: CsvDialect) -> str:
    r"""Every line a whole row: no quoted line break, no `""` for empty text, no backslash, no cell too few."""
    width = len(dialect.columns)
    delimiter = re.escape(dialect.delimiter)
    cell = rf'(?:[^"\\{delimiter}\x00]*|"(?:[^"\\\x00]|"")+")'
    row = quote_literal(rf"^{cell}(?:{delimiter}{cell}){{{width - 1}}}$")
    # Most lines have no quotes, and to split one costs a fraction of matching it.
    return (
        f"line <> '' AND {_IS_UTF8} AND CASE WHEN strpos(line, '\"') > 0 THEN regexp_like(line, {row}) "
        f"ELSE strpos(line, '\\') = 0 AND strpos(line, chr(0)) = 0 "
        f"AND cardinality(split(line, {quote_literal(dialect.delimiter)})) = {width} END"
    )
