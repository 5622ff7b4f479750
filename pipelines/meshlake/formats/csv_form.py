"""How a CSV file is written, and how its cells are told apart - delimiter, quote, escape - found from its beginning.

A file whose rows are all as wide as its first with one of the four usual delimiters is taken so. For any other, every
character that stands in most lines is tried: the likeliest gives many rows of one width, whose cells look like values
(the idea is CleverCSV's: van den Burg, Nazábal, Sutton, "Wrangling messy CSV files", 2019).
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import dropwhile, islice

from meshlake.formats.csv_dump import is_dumped
from meshlake.formats.csv_lines import Form, RecordReader

USUAL = (",", ";", "\t", "|")
_SAMPLE_ROWS = 1000
_TRIED_LINES, _TRIED_CHARACTERS = 200, 64 * 1024
_MOST_DELIMITER_BYTES = 4
_LEAST_SHARE = 0.5
_RARE_IN_WORDS = 0.9
# What stands in words, too, is three times in a row nearly always.
_MOST_RUNS = 0.8
# What a table of one column scores: another has to be better.
_ONE_COLUMN = 0.2
# Characters that are a delimiter, how likely before anything is seen; all that are not named here never are.
_PRIORS = dict.fromkeys((*USUAL, "\x01", "\x02", "\x07", "\x1e", "\x1f", "¦", "§", "¬"), 1.0) | {
    **dict.fromkeys("^~", 0.9),
    **dict.fromkeys(" :#&*=!$@þ\xa0", 0.6),
}
# Of several of these a delimiter may be made.
_WHOLE = frozenset("|~^¦,;\t")
_VALUE = re.compile(
    r"""\s*(?:
        [+-]?[$€£¥]?\s?\d[\d.,'\u00a0]*(?:[eE][+-]?\d+)?\s?[%€$£¥]?      # a number, an amount
        | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?
        | \d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?
        | [^\s@,;|]+@[^\s@,;|]+\.\w+ | https?://[^\s,;|]+
        | [\w.'’/+&()$%#-]+(?:\ [\w.'’/+&()$%#:-]+)*                         # a name, words
        | (?:NULL|N/A|n/a|NA|-|\?)
    )?\s*""",
    re.VERBOSE,
)

_DECIMAL = re.compile(r"[+-]?[$€£]?\s?(?:\d+|\d{1,3}(?:[.'\s]\d{3})+)(?:,\d+)?\s?[%€$£]?")


@dataclass(frozen=True)
class CsvDialect:
    """How to read one CSV file. `encoding` is a name that Python and DuckDB know.

    The first row stands in line `first_line`; where `has_names`, names in the line before. Rows from line `end_line` on
    are of another table; what begins with `comment` is no row: surely, or unless it has all cells. `is_plain` where
    DuckDB reads the file as it lies, as far as is known; where it `is_drawn` for people, cells are those without the
    drawing. `are_names_sure` where values below tell so; `kinds` are those of each column's values.
    """

    encoding: str
    form: Form
    columns: tuple[str, ...]
    first_line: int = 2
    has_names: bool = True
    are_names_sure: bool = True
    end_line: int | None = None
    comment: str = ""
    is_comment_sure: bool = False
    is_drawn: bool = False
    line_end: str = "\n"
    kinds: tuple[str | None, ...] = field(default=(), compare=False)
    is_plain: bool = True
    notes: tuple[str, ...] = field(default=(), compare=False)


def form_of(text: str, *, is_whole: bool) -> Form:
    """The form of a file that begins with `text`; `is_whole` when that is all."""
    form = _likeliest(text, is_whole=is_whole)
    is_dump = form.escape != "\\" and "\\" in text and is_dumped(text, form.delimiter)
    return replace(form, escape="\\") if is_dump else form


def _likeliest(text: str, *, is_whole: bool) -> Form:
    tried = {form: _rows(text, form, is_whole) for form in _usual(text)}
    plain = max(tried, key=lambda form: _fit(tried[form]))
    is_wide, share, is_unquoted, _ = _fit(tried[plain])
    if is_wide and share == 1 and is_unquoted:
        whole = _whole(tried[plain], plain.delimiter)
        between = _between_quotes(text, whole) if len(whole) > 1 else None
        return Form(between, whole, whole) if between else replace(plain, delimiter=whole)
    lines = list(islice(io.StringIO(text[:_TRIED_CHARACTERS], newline=""), _TRIED_LINES))
    filled = [line for line in lines if line.strip()]
    scores = {form: _score(filled, form) for form in _tried(text, filled)} if filled else {}
    best = max(
        scores, key=lambda form: (scores[form], len(form.delimiter), form.quote in text), default=plain
    )
    is_named = bool(filled) and best.delimiter in filled[0] and _PRIORS.get(best.delimiter, 1.0) == 1
    between = re.escape(best.delimiter)
    is_told = bool(filled) and best.delimiter in filled[0]
    is_told = (
        is_told or re.search(rf"(?m)(?:^|{between})[\d.,:/-]+(?:{between}|$)", "".join(filled)) is not None
    )
    is_table = (is_told or _is_table(filled, best)) and not (best.delimiter == "," and _are_decimals(filled))
    if is_table and scores.get(best, 0.0) > (0 if is_named else _ONE_COLUMN):
        return best
    # A comma in the sentences of the one column there is parts no cells.
    absent = next((each for each in (*USUAL, "\x1f") if each not in text), ",")
    return Form(absent, '"', '"')


def left_whole(lines: list[str]) -> str | None:
    """What may part the cells of many lines, where they are read as one cell each; None of blank lines."""
    filled = [line for line in lines if line.strip()]
    # A comma before a blank, and what stands in times, addresses and between words once, is of sentences.
    rare = {each for each, prior in _PRIORS.items() if prior >= _RARE_IN_WORDS}
    found = {each: re.escape(each if each in rare else each * 2) for each in _PRIORS} | {",": ",(?! )"}
    counts = {
        each: sum(re.search(f".{pattern}", line) is not None for line in filled)
        for each, pattern in found.items()
    }
    return next((each for each, count in counts.items() if 2 * count >= len(filled) > 0), None)


def _usual(text: str) -> list[Form]:
    escapes = ('"', "\\") if '\\"' in text else ('"',)
    # Apostrophes in text look like quotes; a file that has real ones does not quote with them.
    quotes = ('"',) if '"' in text or "'" not in text else ('"', "'")
    # With one that is not there all is one column, whichever it is.
    delimiters = [each for each in USUAL if each in text] or USUAL
    return [
        Form(delimiter, quote, "\\" if escape == "\\" else quote)
        for quote in quotes
        for escape in escapes
        for delimiter in delimiters
    ]


def _rows(text: str, form: Form, is_whole: bool) -> list[list[str]]:
    """The first rows of `text`; an unreadable row is [] and the last."""
    is_doubled = form.escape == form.quote
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=form.delimiter,
        quotechar=form.quote,
        doublequote=is_doubled,
        escapechar=None if is_doubled else form.escape,
        strict=True,
    )
    rows: list[list[str]] = []
    try:
        rows.extend(row for row in islice(reader, _SAMPLE_ROWS) if row)
    except csv.Error as error:
        is_cut_off = not is_whole and "unexpected end" in str(error)
        return rows if is_cut_off else [*rows, []]
    return rows if is_whole or len(rows) < 2 else rows[:-1]


def _fit(rows: list[list[str]]) -> tuple[bool, float, bool, int]:
    """How well `rows` were split: many columns, rows as wide as the header, names without quotes, width."""
    if not rows:
        return False, 0.0, False, 0
    width = len(rows[0])
    share = sum(len(row) == width for row in rows) / len(rows)
    is_unquoted = not any(name.lstrip()[:1] in {'"', "'"} for name in rows[0])
    return width > 1, share, is_unquoted and not _is_apostrophed(rows[1:]), width


def _is_apostrophed(rows: list[list[str]]) -> bool:
    """Whether apostrophes stand around every value of a column: they quote, though the names stand without."""
    columns = zip(*rows, strict=False) if len(rows) > 1 else ()
    return any(all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in column) for column in columns)


def _tried(text: str, lines: list[str]) -> list[Form]:
    """Every form that is worth a try."""
    forms = []
    for delimiter in _delimiters(lines):
        quotes = ['"', *_rare_quotes(text, delimiter)]
        for quote in quotes:
            escapes = [quote, *(each for each in ("\\", "\0") if _is_escaping(text, each, delimiter, quote))]
            forms += [Form(delimiter, quote, escape) for escape in escapes]
    return forms


def _is_escaping(text: str, escape: str, delimiter: str, quote: str) -> bool:
    return any(f"{escape}{each}" in text for each in (quote, delimiter, "\n", "\r"))


def _rare_quotes(text: str, delimiter: str) -> list[str]:
    """Other quotes than `"` that begin a cell, and end one."""
    between = re.escape(delimiter)
    cell = rf"(?:^|{between})(([^\w\s\"{between}])\2{{1,2}}|['`])[^\n]+?\1(?={between}|$)"
    counts = Counter(quote for quote, _ in re.findall(cell, text[:_TRIED_CHARACTERS], re.MULTILINE))
    return [quote for quote, count in counts.items() if count > 1]


def _delimiters(lines: list[str]) -> list[str]:
    """Characters that stand in most lines, and longer delimiters that those are always a part of."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(set(line.rstrip("\r\n")))
    # What also stands in times and in words parts no cells below a line without it.
    common = [
        each
        for each, prior in _PRIORS.items()
        if counts[each] >= _LEAST_SHARE * len(lines) and (prior >= _RARE_IN_WORDS or each in lines[0])
    ]
    text = "".join(lines)
    return [longer for each in common for longer in (each, *_longer(text, each))]


def _whole(rows: list[list[str]], delimiter: str) -> str:
    """`delimiter`, with the characters that are never without it and are such as delimiters are made of."""
    rows, one = [row for row in rows if row], delimiter
    for _ in range(_MOST_DELIMITER_BYTES - len(delimiter)):
        after = {cell[:1] for row in rows for cell in row[1:]}
        before = {cell[-1:] for row in rows for cell in row[:-1]}
        between = {cell for row in rows for cell in row[1::2]} if len(rows[0]) % 2 else set()
        if len(between) == 1 and _WHOLE.issuperset(held := between.pop()):
            rows, delimiter = [row[::2] for row in rows], delimiter + held + one
        elif len(after) == 1 and (each := after.pop()) in _WHOLE:
            rows, delimiter = [[row[0], *(cell[1:] for cell in row[1:])] for row in rows], delimiter + each
        elif len(before) == 1 and (each := before.pop()) in _WHOLE:
            rows, delimiter = [[*(cell[:-1] for cell in row[:-1]), row[-1]] for row in rows], each + delimiter
        else:
            break
    return delimiter


def _between_quotes(text: str, quote: str) -> str | None:
    """The delimiter of a text whose every cell stands between `quote` and `quote`."""
    cells = [line.split(quote) for line in text[:_TRIED_CHARACTERS].splitlines() if line]
    between = {each for row in cells for each in row[2:-1:2]}
    are_quoted = all(len(row) % 2 and not row[0] and not row[-1] for row in cells)
    return between.pop() if are_quoted and len(between) == 1 and between <= {*USUAL} else None


def _are_decimals(lines: list[str]) -> bool:
    """Whether each of `lines` below a name is one number, with a comma before its decimals."""
    below = list(dropwhile(lambda line: "," not in line and not _DECIMAL.fullmatch(line.strip()), lines))
    return 0 < len(below) < len(lines) and all(_DECIMAL.fullmatch(line.strip()) for line in below)


def _is_table(lines: list[str], form: Form) -> bool:
    """Whether all rows below lines of a title are of one width, and their delimiter is none of sentences."""
    records = RecordReader(form).records(enumerate(lines, start=1))
    rows = list(dropwhile(lambda cells: len(cells) < 2, (record.cells or [] for record in records)))
    spaced = sum(cell.value.startswith(" ") and not cell.is_quoted for cells in rows for cell in cells[1:])
    is_of_sentences = form.delimiter.endswith(" ") or 2 * spaced > sum(len(cells) - 1 for cells in rows)
    return (
        len(rows) > 1
        and len({len(cells) for cells in rows}) == 1
        and not (is_of_sentences and len(rows[0]) < 3)
    )


def _longer(text: str, delimiter: str) -> list[str]:
    """Longer delimiters, where one of a character never stands but before another one."""
    runs = Counter(map(len, re.findall(f"{re.escape(delimiter)}+", text)))
    length, count = max(runs.items(), key=lambda item: item[1], default=(1, 0))
    is_rare = _PRIORS.get(delimiter, 1.0) < _RARE_IN_WORDS
    if 2 < length <= _MOST_DELIMITER_BYTES and count >= (_MOST_RUNS if is_rare else 1) * runs.total():
        return [delimiter * length]
    found, least = [], 0.8 * text.count(delimiter)
    while len(delimiter.encode()) < _MOST_DELIMITER_BYTES:
        after = Counter(re.findall(re.escape(delimiter) + r"([^\w\r\n\"'])", text))
        before = Counter(re.findall(r"([^\w\s\"'])" + re.escape(delimiter), text))
        both = Counter({delimiter + each: count for each, count in after.items()})
        both.update({each + delimiter: count for each, count in before.items()})
        wider, count = max(both.items(), key=lambda item: item[1], default=("", 0))
        is_doubled = len(set(wider)) == 1
        # Empty cells are no longer delimiters: one of the same character twice never stands there once.
        if not count or (text.count(delimiter) != 2 * text.count(wider) if is_doubled else count < least):
            break
        delimiter = wider
        found.append(delimiter)
    return found


def _score(lines: list[str], form: Form) -> float:
    """How likely it is that `lines` were written in `form`, between 0 and 1."""
    reader = RecordReader(form)
    records = list(reader.records(enumerate(lines, start=1)))
    widths = Counter(len(record.cells) for record in records if record.cells is not None)
    widths = Counter({width: count for width, count in widths.items() if width > 1})
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: item[1] * (1 - 1 / item[0]))
    cells = [
        cell
        for record in records
        if record.cells is not None and len(record.cells) == width
        for cell in record.cells
    ]
    known = sum(cell.is_quoted or _VALUE.fullmatch(cell.value) is not None for cell in cells) / len(cells)
    loose = sum(form.quote in cell.value for cell in cells if not cell.is_quoted) / len(cells)
    prior = min(_PRIORS.get(each, 0.9) for each in form.delimiter) if len(form.delimiter) == 1 else 1.0
    return count / len(records) * (1 - 1 / width) * (0.3 + 0.7 * known) * (1 - loose) * prior
