"""DuckDB's errors on files, in words their owner can act on: which file, which line, what to do.

What only one format can go wrong with is told by that; here is what all share. Errors that are not about a file's
content (unknown columns, casts) are not handled here.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from meshlake.errors import LandingError, system_failure
from meshlake.formats.reader import duckdb_message, escape_glob

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.formats.format import Format
    from meshlake.stores import StoredFile

_NOT_FOUND = 404


@contextmanager
def explained_files(format_: Format, files: Sequence[StoredFile]) -> Iterator[None]:
    """Raise MeshError in place of a DuckDB error that is about one of `files` or the machine; pass others on."""
    try:
        yield
    except duckdb.Error as error:
        explanation = file_error(error, format_, files) or system_failure(error)
        if explanation is None:
            raise
        raise explanation from error


def file_error(error: duckdb.Error, format_: Format, files: Sequence[StoredFile]) -> LandingError | None:
    """What `error` says about one of `files`, all of one format; `None` when it is about something else."""
    message = duckdb_message(error)
    if isinstance(error, duckdb.IOException) and (file := _gone(error, message, files)):
        return LandingError(f"{file.name}: the file is gone", "Run again; files left while they were read.")
    return format_.explain(error, message, files)


def _gone(error: duckdb.IOException, message: str, files: Sequence[StoredFile]) -> StoredFile | None:
    """The file that left while it was read. An error of this class holds addresses, but no values."""
    if isinstance(error, duckdb.HTTPException):
        is_not_found = getattr(error, "status_code", None) == _NOT_FOUND or "(HTTP 404" in message
        return next((f for f in files if is_not_found and f"'{f.path}'" in message), None)
    for file in files:
        pattern = f'No files found that match the pattern "{escape_glob(file.path)}"'
        if message.startswith((pattern, f'Cannot open file "{file.path}": No such file')):
            return file
    return None
