"""Lines of landed text that no row can be made of: the reader leaves them out, and tells of each what it was.

Where a copy of a file is read, they stand in a file of their own beside it. DuckDB's CSV reader puts them into two
temporary tables of the connection, after the statement that scanned. Measured on DuckDB 1.5.5: that costs nothing where
there are none; several faults of a line are rows of their own; `line` counts records, so is off after a line break in
quotes; `line_byte_position` counts from 1, in UTF-8 and unpacked, whatever the file is in; bytes that are not UTF-8 are
replaced in `csv_line`, one for one; with strict_mode = false a quote that is never closed is not told at all.
"""

from __future__ import annotations

import csv
import sys
from codecs import getincrementaldecoder
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar

from meshlake.counting import counted
from meshlake.errors import LandingError
from meshlake.formats.samples import open_text
from meshlake.names import quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO

    import duckdb

    from meshlake.errors import DamagedFileError
    from meshlake.stores import StoredFile

_VALUES, _SCANS = "unreadable_values", "unreadable_scans"
# More options of `read_csv`, after others.
READ_ON_SQL = (
    ", ignore_errors = true, store_rejects = true, rejects_limit = 0, "
    f"rejects_table = {quote_literal(_VALUES)}, rejects_scan = {quote_literal(_SCANS)}"
)
# Faults after which DuckDB does not find the next line: what follows, up to 8 MB, can be lost without a word.
_LOSING = ("UNQUOTED VALUE", "LINE SIZE OVER MAXIMUM")
_SHOWN_CHARACTERS = 80
_FETCHED_ROWS = 10_000
_CHUNK_BYTES = 1 << 20
_KEPT_BYTES = 4 << 20  # more than DuckDB takes for a line


@dataclass(frozen=True)
class UnreadableLine:
    """A line kept aside: `line` counts lines of `file` from 1, `content` is what stands there, without its end.

    Of a file that is kept aside whole both are empty, for it lies where it landed, and the reason names the file.
    """

    file: str
    line: int | None
    content: bytes
    reason: str

    @property
    def told(self) -> str:
        """Where it is, why it cannot be read, and how it begins, for people."""
        if self.line is None:
            return f"{self.reason} (the whole file is kept aside)"
        shown = self.content.decode(errors="replace")[:_SHOWN_CHARACTERS]
        return f"{self.file}, line {self.line}: it {self.reason}: {shown}"


class ReadAgainError(LandingError):
    """What a statement read of these files is not all: they were mended meanwhile, and their SELECTs are others now."""

    def __init__(self, files: Iterable[str]) -> None:
        super().__init__(
            f"{', '.join(sorted(files))}: a quote is never closed, and what follows was not read",
            "Correct that line; `mesh discover` and the quarantine of a build have it.",
        )


class FoundBrokenError(ReadAgainError):
    """A file was found broken while it was read: read again the others are, and it is kept aside."""

    def __init__(self, damage: DamagedFileError) -> None:
        LandingError.__init__(self, damage.message, damage.hint)


@dataclass(frozen=True)
class Unreadable:
    """The lines that statements left out: how many, and each of them, by file and line.

    `footer_count` of them stand below a table, and are no rows that are missing. `files` are kept aside whole, each of
    them counted as one and told by one; they are `file_share` of the bytes that landed.
    """

    count: int = 0
    lines: Callable[[], Iterator[UnreadableLine]] = lambda: iter(())
    footer_count: int = 0
    files: tuple[UnreadableLine, ...] = ()
    file_share: float = 0.0

    NONE: ClassVar[Unreadable]

    @property
    def told(self) -> str:
        """How much it is, for people."""
        lines = self.count - len(self.files)
        counts = {"file": len(self.files), "line": lines}
        return " and ".join(counted(n, what) for what, n in counts.items() if n)

    def with_files(self, files: Sequence[UnreadableLine], share: float) -> Unreadable:
        """These, and `files` before them."""
        lines = self.lines
        return Unreadable(
            self.count + len(files),
            lambda: chain(files, lines()),
            self.footer_count,
            tuple(files),
            share,
        )

    def first(self, count: int) -> list[str]:
        """The first of them, for people."""
        return [each.told for each in islice(self.lines(), count)]


Unreadable.NONE = Unreadable()


def keep_aside(sink: IO[str], line: int, reason: str, content: bytes) -> None:
    """Write a line that is not in the copy of a file into `sink`, which is read by `kept_aside`."""
    csv.writer(sink).writerow((line, reason, content.hex()))


def kept_aside(path: str, name: str) -> Iterator[UnreadableLine]:
    """The lines of the file called `name` that stand at `path`."""
    with Path(path).open(encoding="utf-8", newline="") as stream:
        csv.field_size_limit(sys.maxsize)
        for line, reason, content in csv.reader(stream):
            yield UnreadableLine(name, int(line), bytes.fromhex(content), reason)


@dataclass(frozen=True)
class Reject:
    """What DuckDB tells of one line: the byte at which it begins, its text, and the kind and words of each fault."""

    position: int
    text: str
    faults: tuple[tuple[str, str], ...]


def forget_unreadable(connection: duckdb.DuckDBPyConnection) -> None:
    """Let what statements on `connection` left out until now not be told any more."""
    for table in (_VALUES, _SCANS):
        connection.execute(f"DROP TABLE IF EXISTS temp.{quote_identifier(table)}")


def rejects_of(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[str]
) -> tuple[dict[str, int], frozenset[str]]:
    """How many lines of each of the files at `paths` statements left out; and of which files perhaps more than that."""
    known = connection.execute(
        f"SELECT count(*) FROM duckdb_tables() WHERE temporary AND table_name = {quote_literal(_VALUES)}"
    ).fetchall()
    if known == [(0,)]:
        return {}, frozenset()
    found = connection.execute(
        f"SELECT file_path, count(*), bool_or(is_losing) FROM ("
        f"SELECT file_path, bool_or(error_type IN {_LOSING}) AS is_losing {_from(paths)}) GROUP BY file_path"
    ).fetchall()
    return {path: count for path, count, _ in found}, frozenset(path for path, _, is_lost in found if is_lost)


def rejects(connection: duckdb.DuckDBPyConnection, path: str) -> Iterator[Reject]:
    """Each line of the file at `path` that was left out, in order."""
    found = connection.execute(
        "SELECT line_byte_position - 1, any_value(csv_line), "
        f"list((error_type, error_message) ORDER BY column_idx) {_from([path])} ORDER BY 1"
    )
    while rows := found.fetchmany(_FETCHED_ROWS):
        yield from (_reject(*row) for row in rows)


def _reject(position: int, text: str, faults: list[tuple[str, str]]) -> Reject:
    begun = text.lstrip("\r\n")  # of the line end before it, where that is \r\n
    position += len(text) - len(begun)
    return Reject(position, begun.rstrip("\r\n"), tuple((kind, told) for kind, told in faults))


def _from(paths: Sequence[str]) -> str:
    named = ", ".join(map(quote_literal, paths))
    return (
        f"FROM temp.{quote_identifier(_VALUES)} JOIN temp.{quote_identifier(_SCANS)} USING (scan_id, file_id) "
        f"WHERE file_path IN ({named}) GROUP BY file_path, line_byte_position"
    )


def located(file: StoredFile, encoding: str, found: Iterable[Reject]) -> Iterator[tuple[Reject, int, bytes]]:
    """Each of `found`, in order, with its number among the lines of `file` and its bytes; the file is read once.

    `encoding` is as DuckDB names it.
    """
    with open_text(file) as stream:
        passed = _Passed(_as_utf8(stream, encoding))
        for reject in found:
            passed.take(reject.position - passed.byte_count)
            line, content = passed.line, passed.take(len(reject.text.encode()))
            yield (
                reject,
                line,
                content if encoding == "utf-8" else reject.text.encode(_codec(encoding), "replace"),
            )


class _Passed:
    """Text as it is gone through: how many bytes, and in which line the next one stands."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.line, self.byte_count = 1, 0
        self._chunks, self._ahead, self._is_after_return = chunks, b"", False

    def take(self, count: int) -> bytes:
        """The next `count` bytes, of which only the last chunk is kept where there are more than that."""
        taken = b""
        while count > 0:
            self._ahead = self._ahead or next(self._chunks, b"")
            if not self._ahead:
                break
            part, self._ahead = self._ahead[:count], self._ahead[count:]
            self._count(part)
            count -= len(part)
            taken = taken + part if len(taken) < _KEPT_BYTES else part
        return taken

    def _count(self, part: bytes) -> None:
        """Lines end in any of the three ways."""
        self.line += part.count(b"\n") + part.count(b"\r") - part.count(b"\r\n")
        self.line -= self._is_after_return and part.startswith(b"\n")
        self._is_after_return = part.endswith(b"\r")
        self.byte_count += len(part)


def _as_utf8(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    chunks = iter(lambda: stream.read(_CHUNK_BYTES), b"")
    if encoding == "utf-8":
        yield from chunks
        return
    decoder = getincrementaldecoder(_codec(encoding))(errors="replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode()


def _codec(encoding: str) -> str:
    # That of 16 bits would take the mark of byte order away, which DuckDB counts.
    return "utf-16-le" if encoding == "utf-16" else encoding
