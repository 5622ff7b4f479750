"""Writes the answer to a query as CSV, JSON or Parquet. DuckDB streams it; no row passes through Python.

An answer of another engine comes in as an Arrow stream registered on a DuckDB connection. Answers for people
to read on a screen are `table.py`'s.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO, TYPE_CHECKING

from meshlake.errors import UsageError, is_interrupt
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import FLOATS, MAX_DECIMAL_DIGITS, Decimal, ListOf, MapOf, Scalar, Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.engines.answer import Answer
    from meshlake.types.tree import Type

# `json` is one array; `jsonl` one object a line.
FORMATS = {
    "csv": "FORMAT csv, HEADER true",
    "json": "FORMAT json, ARRAY true",
    "jsonl": "FORMAT json",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
}
_COPY_CHUNK_BYTES = 1 << 20
_STOPPED_SECONDS = 0.5


@dataclass(frozen=True)
class Written:
    """How much was written, and how long the query and the writing took together."""

    row_count: int
    seconds: float


@contextmanager
def destination(target: Path | IO[bytes]) -> Iterator[str]:
    """The path DuckDB shall write to, so that the bytes reach `target`: a file, or an open stream such as
    stdout.

    A file appears whole, when all is written, or not at all. Give the path to `open_mesh_file` as
    `output_path`.

    Raises:
        UsageError: when the file's folder is not there.
        OSError: when the stream cannot be written on; `BrokenPipeError` when its reader has gone.
    """
    if isinstance(target, Path):
        if not target.absolute().parent.is_dir():
            raise UsageError(f"{target}: there is no such folder", "Make it first, or write elsewhere.")
        partial = target.absolute().with_name(f".{target.name}.{uuid.uuid4().hex}.partial")
        try:
            yield str(partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return
    read_end, write_end = os.pipe()
    failures: list[OSError] = []
    pump = Thread(target=_pump, args=(read_end, target, failures), daemon=True)
    pump.start()
    patience_seconds = None
    try:
        yield f"/dev/fd/{write_end}"
    except BaseException as error:
        # DuckDB holds its end of the pipe open until what was stopped is forgotten, which may be after this.
        patience_seconds = (
            _STOPPED_SECONDS if isinstance(error, KeyboardInterrupt) or is_interrupt(error) else None
        )
        raise
    finally:
        os.close(write_end)
        pump.join(patience_seconds)
        if failures:
            raise failures[0]


def format_for(target: Path | IO[bytes], format_name: str | None) -> str:
    """The format to write `target` in: the one asked for, or the one that the file's name ends in.

    >>> format_for(Path("answers/risk.parquet"), None)
    'parquet'

    Raises:
        UsageError: the name says another format than the one asked for, or neither says one that there is.
    """
    ending = target.suffix.lower().removeprefix(".") if isinstance(target, Path) else ""
    if format_name is None and ending not in FORMATS:
        what = f"what '.{ending}' is" if ending else "in which format"
        raise UsageError(
            f"{target}: nothing says {what}",
            f"End the name in {', '.join(f'.{name}' for name in FORMATS)}, or give the format: --format csv",
        )
    if format_name is not None and ending in FORMATS and ending != format_name:
        raise UsageError(
            f"{target} is named as {ending}, and {format_name} is asked for",
            "Leave the format out, or name the file after it.",
        )
    return format_name or ending


def write_answer(answer: Answer, format_name: str, path: str) -> Written:
    """Write the rows of `answer` to `path`.

    Dates and times are ISO, decimals exact. JSON has no word for infinite numbers and NaN: they are the texts
    "Infinity", "-Infinity" and "NaN" there, as in protobuf's mapping to JSON, and in CSV `inf`, `-inf` and `nan`.

    Raises:
        UsageError: when the format is unknown or the query cannot run.
        MeshError: when memory, disk or a file fails.
    """
    if format_name not in FORMATS:
        raise UsageError(f"'{format_name}' is not a format", f"Formats: table, {', '.join(FORMATS)}.")
    started = time.perf_counter()
    if answer.is_plan:
        raise UsageError("a plan is text, not rows to be written as " + format_name, "Leave --format out.")
    columns = _json_columns(answer) if format_name.startswith("json") else "*"
    options = f"{FORMATS[format_name]}, USE_TMP_FILE false"
    # The line break ends a comment the query may close with.
    to = f"\n)) TO {quote_literal(path)} ({options})"
    row = answer.run(before=f"COPY (SELECT {columns} FROM (", after=to).fetchone()
    return Written(row[0] if row else 0, time.perf_counter() - started)


def _json_columns(answer: Answer) -> str:
    """The select list that makes every number of the answer one that JSON can hold."""
    names = ((quote_identifier(name), kind) for name, kind in answer.columns())
    return ", ".join(f"{_json_value(column, kind)} AS {column}" for column, kind in names)


def _json_value(value: str, kind: Type, depth: int = 0) -> str:
    """SQL of `value` with each number in it as JSON can hold it; `value` itself where all are."""
    if kind in FLOATS:
        word = f"CASE WHEN isnan({value}) THEN 'NaN' WHEN {value} > 0 THEN 'Infinity' ELSE '-Infinity' END"
        return f"CASE WHEN isfinite({value}) THEN to_json({value}) WHEN {value} IS NOT NULL THEN to_json({word}) END"
    if isinstance(kind, Decimal) and kind.precision == kind.scale:
        # DuckDB writes such a decimal without its leading zero, which JSON forbids.
        wider = Decimal(kind.scale + 1, kind.scale) if kind.scale < MAX_DECIMAL_DIGITS else Scalar.DOUBLE
        return f"CAST({value} AS {wider})"
    return _nested_json_value(value, kind, depth)


def _nested_json_value(value: str, kind: Type, depth: int) -> str:
    item = f"v{depth}"
    if isinstance(kind, ListOf):
        held = _json_value(item, kind.element, depth + 1)
        return value if held == item else f"list_transform({value}, lambda {item} : {held})"
    if isinstance(kind, MapOf):
        held = _json_value(f"{item}.value", kind.value, depth + 1)
        entries = (
            f"list_transform(map_entries({value}), lambda {item} : struct_pack(k := {item}.key, v := {held}))"
        )
        return value if held == f"{item}.value" else f"map_from_entries({entries})"
    if isinstance(kind, Struct):
        fields = {each: f"struct_extract({value}, {quote_literal(each.name)})" for each in kind.fields}
        held_fields = {each: _json_value(field, each.type, depth) for each, field in fields.items()}
        packed = ", ".join(f"{quote_identifier(each.name)} := {held}" for each, held in held_fields.items())
        return (
            value
            if held_fields == fields
            else f"CASE WHEN {value} IS NOT NULL THEN struct_pack({packed}) END"
        )
    return value


def _pump(read_end: int, stream: IO[bytes], failures: list[OSError]) -> None:
    with open(read_end, "rb", buffering=0) as source:
        try:
            shutil.copyfileobj(source, stream, _COPY_CHUNK_BYTES)
            stream.flush()
        except OSError as error:
            failures.append(error)
