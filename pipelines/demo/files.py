"""How demo rows become landing files: numbered parts, written whole or not at all.

No rows are made here; `telco` and `cdnow` say what is in the files.
"""

from __future__ import annotations

import filecmp
from typing import TYPE_CHECKING, TypeAlias

import duckdb

from pipelines.errors import LandingError
from pipelines.names import quote_literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Progress: TypeAlias = "Callable[[float, str], None]"
"""Called with the share done (0 to 1) and a plain line saying what has just been done."""

_COPY_OPTIONS = {
    "csv": "FORMAT csv, HEADER",
    "csv.gz": "FORMAT csv, HEADER, COMPRESSION gzip",
    "jsonl.gz": "FORMAT json, COMPRESSION gzip",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
}


def part_path(landing: Path, domain: str, dataset: str, part: int, extension: str) -> Path:
    """Where part `part` (from 1) of a dataset lies."""
    return landing / domain / dataset / f"{dataset}_{part:04d}.{extension}"


def write_part(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write what `query` gives to `path`, in the format its extension names.

    A reader sees the whole file or none: it is written under a hidden name and moved. A file that already
    holds the same bytes keeps its modification time.

    Raises:
        LandingError: the folder cannot be written.
    """
    extension = path.name.partition(".")[2]
    hidden = path.with_name(f".{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(f"COPY ({query}) TO {quote_literal(str(hidden))} ({_COPY_OPTIONS[extension]})")
        if path.exists() and filecmp.cmp(hidden, path, shallow=False):
            hidden.unlink()
        else:
            hidden.replace(path)
    except (OSError, duckdb.IOException) as error:
        if hidden.exists():
            hidden.unlink()
        raise LandingError(
            f"{path}: the demo file cannot be written ({str(error).splitlines()[0]})",
            "Check the folder's permissions and free space, or name another landing folder.",
        ) from error


def remove_later_parts(landing: Path, domain: str, dataset: str, last_part: int) -> None:
    """Remove the parts numbered over `last_part`, left by an earlier and larger landing."""
    for path in (landing / domain / dataset).glob(f"{dataset}_[0-9][0-9][0-9][0-9].*"):
        if int(path.name.removeprefix(f"{dataset}_")[:4]) > last_part:
            path.unlink()
