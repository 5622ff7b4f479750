"""How a CSV file is written - encoding, delimiter, quoting, where its table is, its names - found from samples of it.

DuckDB's own detection changes its mind on broken files (a ragged file becomes one column), which loses errors. A file
whose sample is a plain table is read by DuckDB where it lies; any other from a copy (`csv_copy`). What was guessed is
told by notes (docs/adr/0033).
"""

from __future__ import annotations

import io
import re
import string
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats.csv_alike import known_dialect, remember
from meshlake.formats.csv_begin import csv_head
from meshlake.formats.csv_drawn import DRAWN, undrawn
from meshlake.formats.csv_dump import has_dumped
from meshlake.formats.csv_fields import MARK as MARK_OF_COMMENTS
from meshlake.formats.csv_fields import NOTE as NAMED
from meshlake.formats.csv_fields import fields_form, named_by_fields
from meshlake.formats.csv_footer import is_rule
from meshlake.formats.csv_form import CsvDialect, form_of
from meshlake.formats.csv_lines import MARK, Form, Record, RecordReader, numbered_lines
from meshlake.formats.csv_names import are_names
from meshlake.formats.csv_notes import NAMES_UNSURE, NO_NAMES, SHOWN_CHARACTERS, form_notes, last_line_notes
from meshlake.formats.csv_table import Table, after_comments, are_those_names, find_table
from meshlake.formats.reader import unique_names
from meshlake.formats.samples import MOST_FILES, ending, is_alike_throughout
from meshlake.formats.text_encoding import encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from meshlake.formats.text_encoding import TextEncoding
    from meshlake.stores import StoredFile

_TOLD_DELIMITER = re.compile(r"\ufeff?[\"']?sep=(.)[\"']?[,;\t|]*(?:\r\n|\r|\n)", re.IGNORECASE)
_FIRST_LINE = "its first line says the delimiter"
_LOOKED_AT = 20


@lru_cache(maxsize=MOST_FILES)
def detect_dialect(file: StoredFile) -> CsvDialect | None:
    """The dialect of `file` alone; None when it is empty or blank, so has neither columns nor rows.

    Raises:
        LandingError: the file is damaged, is no CSV, or is in an encoding that cannot be read.
    """
    sample, is_whole = csv_head(file)
    if not sample:
        return None
    if is_whole and (known := known_dialect(sample)):
        return known
    encoding = encoding_of(file, sample)
    text = encoding.decoded(sample)
    if is_whole and not text.strip(f"{MARK}{string.whitespace}"):
        return None
    drawn = undrawn(text) if is_whole else None
    if drawn:
        text = drawn[0]
    first = _TOLD_DELIMITER.match(text)
    fields = None if drawn else fields_form(text)
    told = drawn[1] if drawn else _FIRST_LINE if first else NAMED if fields else ""
    form = DRAWN if drawn else fields or _form_of(text, first, is_whole)
    records = _records(text, form, is_whole)
    if not any(record.cells for record in records) and any(record.cells is None for record in records):
        form = replace(form, quote="", escape="")  # of no line its quotes can be followed: they are text
        records = _records(text, form, is_whole)
    if first:
        records = records[1:]
    if fields:
        records = named_by_fields(records)
    records, has_rule = _without_rule(records)
    table = find_table(records)
    if table is None:
        return None
    dialect = _dialect(encoding, form, table, records, told)
    if fields:
        dialect = replace(dialect, comment=MARK_OF_COMMENTS, is_comment_sure=True, is_plain=False)
    last = [row for row in records if row.cells][-1:] if is_whole else _last_records(file, encoding, form)
    notes = (*dialect.notes, *last_line_notes(last, table.width))
    is_plain = dialect.is_plain and not has_rule and not drawn
    dialect = replace(dialect, is_plain=is_plain, is_drawn=bool(drawn), notes=notes)
    remember(sample, dialect)
    if is_whole or not dialect.is_plain:
        return dialect
    if dialect.is_comment_sure:
        return replace(dialect, is_plain=False)
    names = table.header[-1].text.encode(encoding.name) if table.header else b""
    is_alike = is_alike_throughout(file, dialect.line_end.encode(), names, dialect.encoding)
    return replace(dialect, is_plain=is_alike)


def _form_of(text: str, first: re.Match[str] | None, is_whole: bool) -> Form:
    """The form of `text`, of which the line `first` may say the delimiter."""
    form = form_of(after_comments(text[first.end() :] if first else text), is_whole=is_whole)
    is_other = first and form.delimiter != first[1] and not form.delimiter.startswith(first[1])
    return Form(first[1], '"', '"') if first and is_other else form


@lru_cache(maxsize=1_000)
def damaged_csv(files: tuple[StoredFile, ...]) -> dict[StoredFile, DamagedFileError]:
    """Those of `files` that are no CSV at all."""
    found = {}
    for file in files:
        try:
            detect_dialect(file)
        except DamagedFileError as error:
            found[file] = error
        except LandingError:
            continue  # told by who reads it
    return found


def _without_rule(records: list[Record]) -> tuple[list[Record], bool]:
    """`records` without a line drawn below their names, and whether there was one."""
    filled = [record for record in records if record.cells][:_LOOKED_AT]
    for names, rule in pairwise(filled):
        if is_rule([cell.value for cell in rule.cells or ()]):
            others = [record for record in records if record is not rule]
            table = find_table(others)
            is_below = table is not None and bool(table.header) and table.header[-1] is names
            return (others, True) if is_below else (records, False)
    return records, False


def _last_records(file: StoredFile, encoding: TextEncoding, form: Form) -> list[Record]:
    """The last line of a file, if it is a record by itself."""
    lines = [line for line in re.split(r"[\r\n]+", encoding.decoded(ending(file))) if line.strip()]
    return list(RecordReader(form).records([(1, line) for line in lines[-1:]]))


def dialects_of(files: Iterable[StoredFile], among: Sequence[StoredFile]) -> dict[StoredFile, CsvDialect]:
    """The dialects of those of `files` that have columns, files without names named by those `among` the dataset's.

    Raises:
        LandingError: as `detect_dialect`.
    """
    own = {file: dialect for file in files if (dialect := detect_dialect(file))}
    if len({dialect.columns for dialect in own.values()}) < 2 and all(d.has_names for d in own.values()):
        return own if len(own) < 2 else {file: _sure(dialect) for file, dialect in own.items()}
    others = {file: dialect for file in among if (dialect := detect_dialect(file))}
    known = Counter(name.lower() for each in others.values() if each.has_names for name in each.columns)
    headed: dict[int, dict[tuple[str, ...], StoredFile]] = {}
    for file, each in reversed(others.items()):
        if each.has_names and each.are_names_sure:
            headed.setdefault(len(each.columns), {})[each.columns] = file
    return {
        file: _named(each, others, known, headed.get(len(each.columns), {})) for file, each in own.items()
    }


def _sure(own: CsvDialect) -> CsvDialect:
    """`own`, whose names other files have too: so they are."""
    notes = tuple(note for note in own.notes if not note.startswith(NAMES_UNSURE))
    return own if notes == own.notes else replace(own, notes=notes)


def _named(
    own: CsvDialect,
    others: dict[StoredFile, CsvDialect],
    known: Counter[str],
    headed: dict[tuple[str, ...], StoredFile],
) -> CsvDialect:
    """`own`, if it has no names, by those `headed`, of its width, if they are one: found once, not for each file."""
    if len(headed) != 1 or (own.has_names and own.are_names_sure) or own.columns in headed:
        return _unnamed(own, others, known)
    ((columns, file),) = headed.items()
    if own.has_names and {name.lower() for name in own.columns} & {name.lower() for name in columns}:
        return own
    notes = (note for note in own.notes if not note.startswith((NO_NAMES, NAMES_UNSURE)))
    return replace(
        own,
        columns=columns,
        first_line=own.first_line - own.has_names,
        has_names=False,
        notes=(*notes, f"{NO_NAMES}: those of {file.name} are taken"),
    )


def _unnamed(own: CsvDialect, others: dict[StoredFile, CsvDialect], known: Counter[str]) -> CsvDialect:
    """`own`, without names if what stands first in it may be values, and in no other file as wide stands first."""
    width = len(own.columns)
    is_alone = (
        sum(other.has_names and len(other.columns) == width for other in islice(others.values(), 9)) < 2
    )
    is_of_another = any(known[each.lower()] > 1 for each in own.columns)
    if not own.has_names or own.are_names_sure or is_alone or is_of_another:
        return own
    notes = (note for note in own.notes if not note.startswith(NAMES_UNSURE))
    return replace(
        own,
        columns=unique_names([""] * width),
        first_line=own.first_line - 1,
        has_names=False,
        notes=(*notes, f"{NO_NAMES} that another file has: columns are column_1 to column_{width}"),
    )


_LONE_BREAK = re.compile(r"\r(?!\n)|(?<!\r)\n")


def _records(text: str, form: Form, is_whole: bool) -> list[Record]:
    """The records of a sample, those left out that go on behind it."""
    records = list(RecordReader(form).records(numbered_lines(io.StringIO(text, newline=""))))
    if any(record.cells is None for record in records) and (table := find_table(_readable(records))):
        reader = RecordReader(form, table.width)
        records = list(reader.records(numbered_lines(io.StringIO(text, newline=""))))
    if is_whole:
        return records
    cut = next((i for i, record in enumerate(records) if record.is_cut), len(records))
    return records[: cut - 1 if cut == len(records) and len(records) > 1 else cut] or records


def _readable(records: Sequence[Record]) -> list[Record]:
    return [record for record in records if record.cells is not None]


def _dialect(
    encoding: TextEncoding, form: Form, table: Table, records: Sequence[Record], told: str
) -> CsvDialect:
    rows = [record for record in records if record.cells is None or record.cells]
    begin = table.above + len(table.header)
    first = rows[begin].line if begin < len(rows) else _line_after(rows[begin - 1])
    body = rows[begin:]
    names = _names(table, body)
    is_sure = bool(table.header) and (told == NAMED or are_names(rows[begin - 1 :], table.width))
    notes = form_notes(encoding, form, table, rows, told)
    if len(table.header) == 1 and not is_sure:
        shown = ", ".join(name.strip() for name in table.names)[:SHOWN_CHARACTERS]
        notes = (*notes, f"{NAMES_UNSURE}: it is taken for names ({shown})")
    found = CsvDialect(
        encoding.name,
        form,
        unique_names(name.replace("\0", "").lstrip(MARK) for name in names),  # SQL cannot say the first
        first,
        has_names=bool(table.header),
        are_names_sure=is_sure,
        end_line=table.end,
        comment=table.comment,
        is_comment_sure=len(table.comment) > 1,
        kinds=table.kinds,
        line_end=next((record.end for record in records if record.end), "\n"),
        notes=tuple(notes),
    )
    is_plain = encoding.is_read_where_it_lies and _is_plain(found, table, records, body)
    return replace(found, is_plain=is_plain)


def _names(table: Table, body: Sequence[Record]) -> list[str]:
    """A name, which may be empty, for each column; empty ones that no row has a value for are left out."""
    names = list(table.names)
    filled = [name for name in names if name.strip()]
    if len(filled) == table.width < len(names) and all(len(row.cells or ()) == table.width for row in body):
        return filled
    return names + [""] * (table.width - len(names))


def _line_after(record: Record) -> int:
    return record.line + 1 + len(re.findall(r"\r\n|\r|\n", record.text))


def _is_plain(dialect: CsvDialect, table: Table, records: Sequence[Record], body: Sequence[Record]) -> bool:
    """Whether DuckDB's strict reader takes each record of the sample, for what it is."""
    form, width = dialect.form, len(dialect.columns)
    escape = "\\" if form.escape == "\\" else None
    is_single = len(form.quote) == 1 and form.escape in {form.quote, "\\"}
    ends = {record.end for record in records if record.end}
    names = [cell.value for cell in table.header[-1].cells or ()] if table.header else None
    above = records[: table.above + 1] if not table.header and ends == {"\r\n"} else ()
    has_broken_name = any("\r" in each.text or "\n" in each.text for each in table.header)
    return (
        is_single
        and len(ends) < 2
        and not any(record.text.startswith(MARK) for record in records)
        and not table.end
        and not any(_LONE_BREAK.search(record.text) for record in above)
        and not has_broken_name
        and all(_is_row(record, width) for record in body)
        and len(table.names) <= width
        and not any(record.cells is None or record.is_mended for record in records)
        and not any(dialect.comment and record.text.startswith(dialect.comment) for record in body)
        and not (names and any(are_those_names([c.value for c in row.cells or ()], names) for row in body))
        and not (
            escape and any(f"{escape}{form.delimiter}" in each.text or has_dumped(each.text) for each in body)
        )
    )


def _is_row(record: Record, width: int) -> bool:
    # DuckDB takes empty values behind the last name, too, but of some such lines it makes no row and tells nothing.
    return record.cells is not None and len(record.cells) == width and not record.is_mended
