"""A clean copy of a CSV file that DuckDB's strict reader does not take as it lies: every row of it, as it is written.

The copy is UTF-8 with one kind of line end, every row as wide as the names. A line of which no row can be made is not
in it but kept aside, with its number, bytes and reason; what landed is never touched. Memory is that of a block.
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, TYPE_CHECKING

from meshlake.counting import counted
from meshlake.errors import LandingError
from meshlake.formats.csv_blocks import LineBlocks, PlainRows
from meshlake.formats.csv_drawn import undrawn
from meshlake.formats.csv_footer import FOOTER, RULE, Ending, is_rule
from meshlake.formats.csv_kinds import is_text_among
from meshlake.formats.csv_lines import MOST_CHARACTERS, Cell, Form, RecordReader
from meshlake.formats.csv_table import are_those_names
from meshlake.formats.samples import open_text
from meshlake.formats.scratch import scratch_file
from meshlake.formats.unreadable import keep_aside, kept_aside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from meshlake.formats.csv_form import CsvDialect
    from meshlake.formats.csv_lines import Record
    from meshlake.formats.unreadable import UnreadableLine
    from meshlake.stores import StoredFile

# What no table holds that somebody wrote.
_PLAIN = Form("\x1f", '"', '"')
_TOO_LONG = "is over 2 MB long, of which the beginning is kept"
_NO_CELLS = "has a quote that is never closed, or text after a closing quote"
# What happened to rows and lines, in the words of its note; the first line of each is named.
_TOLD = {
    "padded": "{} with fewer values than there are names: the last ones are null",
    "mended": "{} with quotes that begin or end no value: taken as text",
    "trimmed": "{} with empty values behind the last name, which are left out",
    "comment": "{} of comment left out",
    "mark": "{} with a byte order mark, as files that were put together have, which is left out",
    "footer": "{} below the table kept aside",
    "rule": "{} drawn below the names kept aside",
    "names": "{} that repeat the names left out",
    "aside": "{} of which no row can be made",
}


@dataclass(frozen=True)
class Copy:
    """The copy at `path`, in `form`, and at `aside_path` the lines that are not in it: number, reason, bytes as hex.

    `footer_count` of the `aside_count` lines stand beside the table, and are no rows that are missing.
    """

    path: str
    form: Form
    row_count: int
    aside_path: str
    aside_count: int
    footer_count: int
    notes: tuple[str, ...]

    def aside(self, file: StoredFile) -> Iterator[UnreadableLine]:
        """The lines that are not in the copy of `file`."""
        return kept_aside(self.aside_path, file.name)


@lru_cache(maxsize=10_000)
def copy_of(file: StoredFile, dialect: CsvDialect) -> Copy:
    """The copy of `file`, made once per process.

    Raises:
        LandingError: its bytes are not of the encoding it is said to be in.
    """
    copying = _Copying(dialect)
    path, aside_path = scratch_file(".csv"), scratch_file(".aside.csv")
    errors = "strict" if dialect.encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    with (
        open_text(file) as stream,
        path.open("w", encoding="utf-8", newline="") as rows,
        aside_path.open("w", encoding="utf-8", newline="") as aside,
    ):
        text = io.TextIOWrapper(stream, encoding=dialect.encoding, errors=errors, newline="")
        try:
            drawn = undrawn(text.read()) if dialect.is_drawn else None
            copying.copy(io.StringIO(drawn[0]) if drawn else text, rows, aside)
        except UnicodeDecodeError:
            raise LandingError(
                f"{file.name}: it holds characters that are not {dialect.encoding.upper()}",
                "Save the file as UTF-8.",
            ) from None
        finally:
            text.detach()
    return Copy(
        str(path),
        copying.form,
        copying.row_count,
        str(aside_path),
        copying.counts["aside"] + copying.beside_count,
        copying.beside_count,
        copying.notes,
    )


class _Copying:
    """One file on its way into a copy."""

    def __init__(self, dialect: CsvDialect) -> None:
        self._dialect = dialect
        self._width = len(dialect.columns)
        own = dialect.form
        self._is_as_written = (own.quote, own.escape) == ('"', '"') and len(own.delimiter.encode()) <= 4
        self.form = own if self._is_as_written else _PLAIN
        self._names: Sequence[str] | None = None
        # Of rows whose values are no values of these columns; what is as wide below it is of their table.
        self._other_width: int | None = None
        self.row_count = 0
        self.counts: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        # Where another table follows, lines of other widths are its own.
        self._ending = Ending(self._width, dialect.comment) if not dialect.end_line else Ending(0, "")

    @property
    def beside_count(self) -> int:
        """How many lines were kept aside that are no rows."""
        return self.counts["footer"] + self.counts["rule"]

    @property
    def notes(self) -> tuple[str, ...]:
        """What happened to lines on the way."""
        return tuple(
            _TOLD[kind].format(counted(count, "line")) + f" (first: line {self._first[kind]:,})"
            for kind, count in self.counts.items()
        )

    def copy(self, text: IO[str], rows: IO[str], aside: IO[str]) -> None:
        """Write every record of `text` that is a row to `rows`, and what is none to `aside`."""
        rows.write(self.form.delimiter.join(f"c{i}" for i in range(self._width)) + "\n")
        reader, lines = RecordReader(self._dialect.form, self._width), LineBlocks(text)
        plain: PlainRows | None = None
        for record in reader.records(lines):
            if record.line < self._dialect.first_line:
                self._take_names(record, aside)
            elif self._ending.may_begin_with(record):
                self._ending.records.append(record)
            else:
                self._take_all([*self._ending.taken(), record], rows, aside)
            if not reader.waiting and lines.number >= self._dialect.first_line and not self._dialect.end_line:
                plain = plain or self._plain_rows()
                for count, taken in lines.rows(plain):
                    self._take_all(self._ending.taken(), rows, aside)
                    rows.write(
                        taken if self._is_as_written else taken.replace(plain.delimiter, _PLAIN.delimiter)
                    )
                    self.row_count += count
                    self._other_width = None
        at = self._ending.footer_at(self._dialect.kinds, self.row_count)
        records = self._ending.taken()
        self._take_all(records[:at], rows, aside)
        for record in filter(lambda each: each.cells, records[at:]):
            self._keep_aside("footer", record, FOOTER, aside)
        if marked := lines.marked_lines:
            self.counts["mark"], self._first["mark"] = len(marked), marked[0]

    def _take_names(self, record: Record, aside: IO[str]) -> None:
        cells = [cell.value for cell in record.cells or ()]
        if self._names and is_rule(cells):
            self._keep_aside("rule", record, RULE, aside)
        elif self._dialect.has_names:
            self._names = cells

    def _plain_rows(self) -> PlainRows:
        others, comment = "" if self._is_as_written else _PLAIN.delimiter, self._dialect.comment
        # A mark of one character is that of a value, too, where the line has all cells.
        named = comment if self._dialect.is_comment_sure else ""
        return PlainRows(self._dialect.form, self._width, self._names or (), others, named)

    def _take_all(self, records: Iterable[Record], rows: IO[str], aside: IO[str]) -> None:
        for record in records:
            if (row := self._row(record)) is not None:
                rows.write(f"{row}\n")
                self.row_count += 1
            elif reason := self._reason(record):
                self._keep_aside("aside", record, reason, aside)

    def _keep_aside(self, kind: str, record: Record, reason: str, aside: IO[str]) -> None:
        self._count(kind, record.line)
        content = record.text.encode(self._dialect.encoding, "surrogateescape")
        keep_aside(aside, record.line, reason, content)

    def _row(self, record: Record) -> str | None:
        """The row that a record is, as the copy has it."""
        cells, width = record.cells, self._width
        if cells == []:
            return "" if width == 1 else None
        if cells is None or self._is_none(record):
            return None
        if len(cells) < width:
            if 2 * len(cells) <= width or record.is_doubtful or self._is_of_another(cells):
                return None
            self._count("padded", record.line)
            return self._written(record, [*cells, *[Cell("", False)] * (width - len(cells))])
        if len(cells) > width:
            if any(cell.value or cell.is_quoted for cell in cells[width:]):
                return None
            self._count("trimmed", record.line)
            return self._written(record, cells[:width])
        if record.is_mended:
            self._count("mended", record.line)
        self._other_width = None
        is_as_written = self._is_as_written and '"' not in record.text
        return record.text if is_as_written else self._written(record, cells)

    def _is_of_another(self, cells: Sequence[Cell]) -> bool:
        """Whether a row that lacks cells is, as far as can be told, one of another table: or cells are out of place."""
        kinds = self._dialect.kinds
        if any(is_text_among(cell.value.strip(), kind) for cell, kind in zip(cells, kinds, strict=False)):
            self._other_width = len(cells)
        return len(cells) == self._other_width

    def _is_none(self, record: Record) -> bool:
        """Whether a record is no row, however many cells it has."""
        cells, dialect = record.cells or (), self._dialect
        if (dialect.end_line and record.line >= dialect.end_line) or len(record.text) >= MOST_CHARACTERS:
            return True
        return not _is_encoded(record.text) or self._left_out(record, cells) is not None

    def _left_out(self, record: Record, cells: Sequence[Cell]) -> str | None:
        """As what a line is left out that no row is missing for."""
        if self._names and are_those_names([cell.value for cell in cells], self._names):
            return "names"
        comment = self._dialect.comment
        if not comment or not record.text.startswith(comment):
            return None
        return "comment" if self._dialect.is_comment_sure or len(cells) != self._width else None

    def _reason(self, record: Record) -> str | None:
        """Why a record is no row; `None` where nothing is missing without it."""
        cells, dialect = record.cells, self._dialect
        if cells == []:
            return None
        if dialect.end_line and record.line >= dialect.end_line:
            return f"is of another table, which begins in line {dialect.end_line}"
        if kind := self._left_out(record, cells or ()):
            self._count(kind, record.line)
            return None
        if len(record.text) >= MOST_CHARACTERS:
            return _TOO_LONG
        if not _is_encoded(record.text):
            return f"is not {dialect.encoding.upper()}, as the rest of the file is"
        if cells is None:
            return _NO_CELLS
        return f"has {len(cells)} values where the header has {self._width} columns"

    def _written(self, record: Record, cells: Sequence[Cell]) -> str:
        return self.form.delimiter.join(map(self._cell, cells))

    def _cell(self, cell: Cell) -> str:
        value = cell.value
        is_special = any(each in value for each in (self.form.delimiter, '"', "\n", "\r"))
        return '"' + value.replace('"', '""') + '"' if cell.is_quoted or is_special else value

    def _count(self, kind: str, line: int) -> None:
        self.counts[kind] += 1
        self._first.setdefault(kind, line)


def _is_encoded(text: str) -> bool:
    """Whether no byte of a line was left that is no character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
