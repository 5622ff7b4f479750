"""Text of fixed width, in a folder with a `schema.ini` that says where each column stands; without one it is none.

`schema.ini` is the file that Microsoft's text driver reads (Schema.ini File, in the documentation of ODBC): a section
for each file, `[people.txt]` or a pattern, `[*.txt]`, with `Format=FixedLength` and `Col1=id Text Width 8`. Blanks
around a value fill its place and are none of it. Types it names are left to the contract: landed text is text.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING

from meshlake.formats.format import ROW_COLUMN, Format
from meshlake.formats.reader import folder_value_sql
from meshlake.formats.schema_ini import Layout, layout_of
from meshlake.formats.scratch import scratch_file
from meshlake.formats.unreadable import Unreadable, keep_aside, kept_aside
from meshlake.names import quote_identifier, quote_literal
from meshlake.stores import open_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO, Any

    import duckdb
    import pyarrow as pa

    from meshlake.errors import LandingError
    from meshlake.formats.format import Keyed
    from meshlake.stores import StoredFile

_SCHEMA = re.compile(r"(?:(.*)/)?schema\.ini$", re.IGNORECASE)
_BLOCK_CHARACTERS = 1 << 20
_END_OF_FILE = "\x1a"  # as DOS marks it


@dataclass(frozen=True)
class _Copy:
    """The rows of a file as Parquet, and its lines that are none; `short_count` rows end before the last column."""

    path: str
    aside: str
    aside_count: int
    short_count: int


class _FixedWidth(Format):
    name = "fixed_width"
    title = "text of fixed width (with a schema.ini)"
    endings = ()

    def table_folder(self, file_name: str) -> str | None:
        found = _SCHEMA.match(file_name)
        return (found[1] or "") if found else None

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        return [
            _select(file, keys, _copied(file, _schema(among)).path)
            for file, keys in files.items()
            if not _is_schema(file)
        ]

    def selects_of_one(
        self, file: StoredFile, keys: tuple[str, ...], among: Sequence[StoredFile]
    ) -> list[str]:
        return self.selects({file: keys}, among)

    def numbered(self, file: StoredFile, keys: tuple[str, ...], among: Sequence[StoredFile]) -> list[str]:
        if _is_schema(file):
            return []
        numbered = f", file_row_number + 1 AS {ROW_COLUMN}"
        return [_select(file, keys, _copied(file, _schema(among)).path, numbered)]

    def has_columns(self, file: StoredFile) -> bool:
        return not _is_schema(file)

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        return None  # DuckDB reads what was written here, and what is wrong with a file is told before

    def unreadable(self, connection: duckdb.DuckDBPyConnection, files: Sequence[StoredFile]) -> Unreadable:
        copies = {file.name: _copied(file, _schema(files)) for file in files if not _is_schema(file)}
        count = sum(copy.aside_count for copy in copies.values())
        return Unreadable(
            count, lambda: chain.from_iterable(kept_aside(copy.aside, name) for name, copy in copies.items())
        )

    def notes(self, files: Sequence[StoredFile]) -> list[str]:
        schema = _schema(files)
        data = [file for file in files if not _is_schema(file)]
        notes = dict.fromkeys(chain.from_iterable(layout_of(schema, file).notes for file in data))
        short = sum(_copied(file, schema).short_count for file in data)
        if short:
            notes[f"{short:,} lines end before their last column begins: what is behind them is empty"] = None
        return list(notes)


FIXED_WIDTH = _FixedWidth()


def _is_schema(file: StoredFile) -> bool:
    return _SCHEMA.match(file.name) is not None


def _schema(files: Sequence[StoredFile]) -> StoredFile:
    return next(filter(_is_schema, files))


def _select(file: StoredFile, keys: Sequence[str], path: str, also: str = "") -> str:
    folders = "".join(f", {folder_value_sql(file, key)} AS {quote_identifier(key)}" for key in keys)
    return f"SELECT *{folders}{also} FROM read_parquet({quote_literal(path)})"


@lru_cache(maxsize=10_000)
def _copied(file: StoredFile, schema: StoredFile) -> _Copy:
    """The rows of `file` as `schema` cuts them.

    Raises:
        LandingError: the schema says nothing of the file, or nothing that can be followed.
    """
    from pyarrow import parquet

    layout = layout_of(schema, file)
    path, aside = scratch_file(".parquet"), scratch_file(".csv")
    counts = [0, 0]
    with (
        open_file(file) as stream,
        io.TextIOWrapper(stream, layout.encoding, errors="surrogateescape") as text,
        parquet.ParquetWriter(path, layout.arrow, compression="zstd") as writer,
        aside.open("w", encoding="utf-8", newline="") as sink,
    ):
        for first, lines in _blocks(text, has_names=layout.has_names):
            rows, unfit, short = _cut(layout, lines)
            writer.write_batch(rows)
            for number, reason in sorted(unfit.items()):
                content = lines[number].encode(layout.encoding, "surrogateescape")
                keep_aside(sink, first + number, reason, content)
            counts[0] += len(unfit)
            counts[1] += short
    return _Copy(str(path), str(aside), *counts)


def _blocks(text: IO[str], *, has_names: bool) -> Iterator[tuple[int, list[str]]]:
    """The lines, without their ends, in blocks; each with the number of its first line."""
    number = 1
    if has_names:
        text.readline()
        number = 2
    while block := text.read(_BLOCK_CHARACTERS):
        lines = (block + text.readline()).removesuffix("\n").split("\n")
        yield number, lines
        number += len(lines)


def _cut(layout: Layout, lines: Sequence[str]) -> tuple[pa.RecordBatch, dict[int, str], int]:
    """The rows in `lines`; which of these are none, and why; how many end before their last column begins."""
    import pyarrow as pa
    from pyarrow import compute

    unfit = _undecoded(lines, layout.encoding)
    array: Any = pa.array([None if n in unfit else line for n, line in enumerate(lines)], pa.string())
    length = compute.utf8_length(compute.utf8_rtrim(array, f" {_END_OF_FILE}"))
    is_long = compute.greater(length, layout.width)
    for number in compute.indices_nonzero(is_long).to_pylist():
        reason = f"is longer than its columns, which end at {layout.width}"
        unfit[number] = reason
    is_row = compute.and_(compute.greater(length, 0), compute.invert(is_long))
    rows = array.filter(is_row)
    starts = [0, *accumulate(layout.widths)]
    columns = [_value(compute.utf8_slice_codeunits(rows, start, stop)) for start, stop in pairwise(starts)]
    short = compute.sum(compute.less_equal(length.filter(is_row), starts[-2])).as_py() or 0
    return pa.record_batch(columns, layout.arrow), unfit, short


def _undecoded(lines: Sequence[str], encoding: str) -> dict[int, str]:
    """The lines with bytes that are no characters."""
    if "\n".join(lines).isascii():
        return {}
    return {
        number: f"is not text in {encoding}"
        for number, line in enumerate(lines)
        if not line.isascii() and re.search("[\ud800-\udfff]", line)
    }


def _value(cells: Any) -> Any:
    """What stands in its place without the blanks that fill it; null where nothing does."""
    from pyarrow import compute

    trimmed = compute.utf8_trim(cells, f" {_END_OF_FILE}")
    return compute.if_else(compute.equal(trimmed, ""), None, trimmed)
