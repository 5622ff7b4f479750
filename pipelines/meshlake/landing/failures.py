"""DuckDB's errors on landed files, in words their owner can act on: which file, which line, what to do.

Errors that are not about a file's content (unknown columns, casts) are not handled here.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from meshlake.errors import LandingError, system_failure
from meshlake.landing.csv_dialect import detect_dialect
from meshlake.landing.storage import duckdb_reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from meshlake.landing.storage import StoredFile
    from meshlake.landing.zone import Dataset

_SHOWN_CHARACTERS = 80
_PARQUET = (".parquet", ".pq")
_NOT_ABOUT_FILES = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.OutOfMemoryException,
    duckdb.ParserException,
)
_AGAIN = "Land the file again, whole; or remove it."
_CSV_CAUSES = (
    (r"Expected Number of Columns: (\d+) Found: (\d+)", "has {1} values where the header has {0} columns"),
    (r"unterminated quote", "has a quote that is never closed, or text after a closing quote"),
    (r"not utf-8 encoded", "is not UTF-8, though the samples taken from the file were"),
    (r"Maximum line size", "is over 2 MB long, most likely since a quote is never closed"),
)
_CSV_HINT = (
    "Correct that line: a value that holds a delimiter or a quote stands in quotes, its own quotes doubled."
)
_GONE = r"""No files found that match the pattern "(.*)"|reading '(.*)' .*\(HTTP 404"""
_JSON_ERROR = (
    r'(?P<kind>Malformed JSON|JSON transform error) in file "(?P<file>.*?)",'
    r".* in line (?P<line>\d+): (?P<cause>.*)"
)


@contextmanager
def explained(datasets: Iterable[Dataset]) -> Iterator[None]:
    """Raise MeshError in place of a DuckDB error that is about a file of `datasets` or the machine; pass others on."""
    try:
        yield
    except duckdb.Error as error:
        explanation = landing_error(error, datasets) or system_failure(error)
        if explanation is None:
            raise
        raise explanation from error


def landing_error(error: duckdb.Error, datasets: Iterable[Dataset]) -> LandingError | None:
    """What `error` says about a file of `datasets`; None when it is about something else."""
    message = str(error)
    files = [file for dataset in datasets for file in dataset.files]
    if re.search(r"^\s*file = ", message, re.MULTILINE):
        return _csv_error(message, files)
    if match := re.search(r"File is not (utf-16|latin-1) encoded", message):
        return _encoding_error(match[1], files)
    if match := re.search(_JSON_ERROR, message):
        return _json_error(match, files)
    if match := re.search(_GONE, message):
        return LandingError(
            f"{_name(match[1] or match[2], files)}: the file is gone",
            "Run again; files left while they were read.",
        )
    if system_failure(error):
        return None
    return _parquet_error(error, message, files)


def _csv_error(message: str, files: Sequence[StoredFile]) -> LandingError:
    path = re.search(r"^\s*file = (.*)$", message, re.MULTILINE)
    name = _name(path[1], files) if path else "a CSV file"
    if "state machine reached an invalid state" in message:
        return LandingError(
            f"{name}: lines end in different ways, or a value holds a line break but no quotes",
            "Use one kind of line end, and put quotes around values with line breaks.",
        )
    line = re.search(r"CSV Error on Line: (\d+)\n(?:Original Line: (.*))?", message)
    if line is None:
        return LandingError(f"{name}: {message.splitlines()[0]}", _AGAIN)
    cause = next(
        (
            words.format(*match.groups())
            for pattern, words in _CSV_CAUSES
            if (match := re.search(pattern, message))
        ),
        "cannot be read",
    )
    shown = (line[2] or "")[:_SHOWN_CHARACTERS]
    return LandingError(f"{name}, line {line[1]}: it {cause}: {shown}", _CSV_HINT)


def _encoding_error(encoding: str, files: Sequence[StoredFile]) -> LandingError:
    """DuckDB does not say which file; it is one of those read in this encoding."""
    names = [
        file.name for file in files if (dialect := detect_dialect(file)) and dialect.encoding == encoding
    ]
    return LandingError(
        f"{' or '.join(names)}: it holds characters that are not {encoding.upper()} as far as it can be read",
        "Save the file as UTF-8.",
    )


def _json_error(match: re.Match[str], files: Sequence[StoredFile]) -> LandingError:
    # For text that is no JSON, DuckDB 1.5 names the record after the bad one.
    record = int(match["line"]) - (match["kind"] == "Malformed JSON")
    return LandingError(
        f"{_name(match['file'], files)}, record {record}: {match['cause'].strip()}",
        "Each line must be one whole JSON object in UTF-8, with no key twice.",
    )


def _parquet_error(error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
    if match := re.search(
        r'In file "(.*)" the column "(.*)" has type (.*), but we are trying to read it as type (.*)\.',
        message,
    ):
        return LandingError(
            f"{_name(match[1], files)}: column {match[2]} is {match[3]} in it and {match[4]} in other files",
            "Land files of such different types as different datasets.",
        )
    if isinstance(error, _NOT_ABOUT_FILES):
        return None
    for file in files:
        if file.path in message or (file.name.lower().endswith(_PARQUET) and not _has_footer(file)):
            cause = "it is empty" if not file.size_bytes else "it is cut off, damaged, or no Parquet file"
            return LandingError(f"{file.name}: {cause}", _AGAIN)
    return None


def _has_footer(file: StoredFile) -> bool:
    """Whether DuckDB can read the file's Parquet footer; not all its errors name the file."""
    with duckdb_reader(file) as connection:
        try:
            connection.execute("SELECT count(*) FROM parquet_file_metadata($path)", {"path": file.path})
        except duckdb.Error:
            return False
    return True


def _name(path: str, files: Sequence[StoredFile]) -> str:
    return next((file.name for file in files if file.path == path), path)
