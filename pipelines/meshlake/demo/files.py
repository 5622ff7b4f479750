"""How demo rows become landing files: numbered parts, written whole or not at all.

No rows are made here; `telco` and `cdnow` say what is in the files.
"""

from __future__ import annotations

import filecmp
from typing import TYPE_CHECKING, TypeAlias

import duckdb

from meshlake.errors import LandingError
from meshlake.names import quote_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

Progress: TypeAlias = "Callable[[float, str], None]"
"""Called with the share done (0 to 1) and a plain line saying what has just been done."""

_COPY_OPTIONS = {
    "csv": "FORMAT csv, HEADER",
    "csv.gz": "FORMAT csv, HEADER, COMPRESSION gzip",
    "jsonl.gz": "FORMAT json, COMPRESSION gzip",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
}


def part_path(folder: Path, dataset: str, part: int, extension: str) -> Path:
    """Where part `part` (from 1) of a dataset lies in `folder`."""
    return folder / f"{dataset}_{part:04d}.{extension}"


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


def remove_other_parts(folder: Path, written: Collection[Path]) -> None:
    """Remove the parts of a dataset that are not among `written`, left by an earlier and larger landing."""
    for path in sorted(folder.rglob(f"{folder.name}_[0-9][0-9][0-9][0-9].*")):
        if path not in written:
            path.unlink()
            if path.parent != folder and not any(path.parent.iterdir()):
                path.parent.rmdir()
