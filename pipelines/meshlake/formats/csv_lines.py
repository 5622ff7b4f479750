"""Rows of a text file read line by line, whatever is wrong with single lines: where DuckDB's fast reader gives up.

A line whose quotes cannot be followed costs that line alone: reading goes on with the one after it. Quotes that stand
where they do not belong are text if there is one way only to take them so that the line has as many cells as others.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# DuckDB refuses longer lines; and the lines that one quoted cell may go over, before its quote counts as never closed.
MOST_CHARACTERS = 2_000_000
_MOST_LINES_OF_CELL = 1000
NULL = r"\N"  # as MySQL and PostgreSQL write it, where a backslash escapes
MARK = "\ufeff"  # of byte order
# How far is looked for what quotes may mean, where they are in doubt.
_MOST_MENDED_CELLS, _MOST_CLOSING = 500, 20
# Of two columns a cell of several lines, each with a tab, is as likely as two rows.
_LEAST_TABBED = 3


class Cell(NamedTuple):
    """A value, and whether it stood in quotes: an empty one is null only without."""

    value: str
    is_quoted: bool


Cells: TypeAlias = "list[Cell]"
Line: TypeAlias = "tuple[int, str]"


@dataclass(frozen=True, slots=True)
class Form:
    """How cells are told apart. `quote` and `escape` may be empty, `escape` is `quote` where that is doubled."""

    delimiter: str
    quote: str
    escape: str


@dataclass(frozen=True, slots=True)
class Record:
    """What stands from line `line` on, without its last line end.

    `cells` is `None` when its quotes cannot be followed. `is_mended` when some of them were taken for text. `is_cut`
    when a quote is open where the lines end. `is_doubtful` after one that is never closed: perhaps a part of its cell.
    """

    line: int
    text: str
    cells: Cells | None
    end: str = "\n"
    is_mended: bool = False
    is_cut: bool = False
    is_doubtful: bool = False


class RecordReader:
    """Reads lines as records of one form; of `width` cells each, where quotes are in doubt."""

    def __init__(self, form: Form, width: int | None = None) -> None:
        self.form = form
        self._width = width
        # Lines taken from the source that no record has yet.
        self.waiting: deque[Line] = deque()
        delimiter, quote, escape = map(re.escape, (form.delimiter, form.quote, form.escape))
        end = rf"(?={delimiter}|\Z)"
        is_escaping = bool(form.escape) and form.escape != form.quote
        escaped = rf"{escape}." if is_escaping else ""
        held = "|".join(filter(None, (escaped, f"{quote}{quote}", f"(?!{quote}).")))
        # Spaces around the quotes are not of the value, as DuckDB has it.
        self._begin = re.compile(rf" *{quote}")
        self._quoted = re.compile(rf" *{quote}((?:{held})*+){quote} *{end}", re.DOTALL)
        self._open = re.compile(rf" *{quote}(?:{held})*+\Z", re.DOTALL)
        self._closing = re.compile(rf"{quote}{end}")
        plain = "|".join(filter(None, (escaped, rf"(?!{delimiter}).")))
        self._plain = re.compile(rf"(?:{plain})*+", re.DOTALL)
        meant = "|".join(filter(None, (quote, escape, delimiter, r"\r\n|\r|\n")))
        self._unescape = re.compile(rf"{escape}({meant})") if is_escaping else None
        # Up to which line one that ends with an escape goes on with no other.
        self._ended_line = 0

    def records(self, lines: Iterable[Line]) -> Iterator[Record]:
        """The records in numbered `lines`, each with its line end; blank lines are records without cells."""
        source, waiting, is_doubtful = iter(lines), self.waiting, False
        while line := (waiting.popleft() if waiting else next(source, None)):
            if self._unescape and self._goes_on(line[1]) and line[0] > self._ended_line:
                line = self._with_escaped_ends(line, source)
            number, text = line[0], without_end(line[1])
            end = line[1][len(text) :]
            cells = self._cells(text) if text else []
            if cells is not None or len(text) >= MOST_CHARACTERS:
                yield Record(number, text, cells, end, is_doubtful=is_doubtful)
                continue
            taken: list[Line] = []
            record, is_cut = self._over_lines(line, source, waiting, taken)
            if record is None:
                waiting.extendleft(reversed(taken))
                is_doubtful = is_doubtful or bool(taken)
                # A quote that is open may begin a cell whose end is lost: that is no text of its line.
                cells = None if taken or is_cut else self._mended(text)
                record = Record(number, text, cells, end, is_mended=True, is_cut=is_cut)
            yield record

    def _goes_on(self, line: str) -> bool:
        """Whether the end of a line is escaped."""
        text = without_end(line)
        return (len(text) - len(text.rstrip(self.form.escape))) % 2 == 1

    def _with_escaped_ends(self, line: Line, source: Iterator[Line]) -> Line:
        """`line` with those after it whose line ends before them are escaped, if together they are a row."""
        taken = [line]
        length = len(line[1])
        while self._goes_on(taken[-1][1]) and length < MOST_CHARACTERS:
            following = self.waiting.popleft() if self.waiting else next(source, None)
            if following is None:
                break
            taken.append(following)
            length += len(following[1])
        whole = "".join(text for _, text in taken)
        if self._width in {None, len(self._cells(without_end(whole)) or ())}:
            return line[0], whole
        self._ended_line = taken[-1][0]
        self.waiting.extendleft(reversed(taken[1:]))
        return line

    def _over_lines(
        self, first: Line, source: Iterator[Line], waiting: deque[Line], taken: list[Line]
    ) -> tuple[Record | None, bool]:
        """The record that goes on over the lines after `first`; `None`, and whether they ended before its quote did.

        Lines that it looked at are then in `taken`.
        """
        whole = first[1]
        if not self._is_open(whole):
            return None, False
        while len(taken) < _MOST_LINES_OF_CELL and len(whole) < MOST_CHARACTERS:
            line = waiting.popleft() if waiting else next(source, None)
            if line is None:
                return None, True
            taken.append(line)
            whole += line[1]
            if self.form.quote not in line[1]:
                continue
            text = without_end(whole)
            cells = self._cells(text)
            if cells is not None:
                if self._are_rows([first, *taken], len(cells)):
                    waiting.extendleft(reversed(taken))
                    return self._of_text(first), False
                is_swallowing = len(cells) != self._width and any(map(self._is_row, taken))
                record = Record(first[0], text, cells, whole[len(text) :])
                return None if is_swallowing else record, False
            if not self._is_open(whole):
                break
        return None, False

    def _are_rows(self, lines: list[Line], width: int) -> bool:
        """Whether each of `lines` is a row by itself: a cell with tabs in it hardly has just as many in each line."""
        tab = "\t"
        is_likely = self.form.delimiter == tab and width >= _LEAST_TABBED
        return is_likely and all(
            line.count(tab) == width - 1 and not line.startswith(tab) for _, line in lines
        )

    def _of_text(self, line: Line) -> Record:
        """A line whose quotes are all text."""
        text = without_end(line[1])
        cells = [self._plain_cell(value) for value in text.split(self.form.delimiter)]
        return Record(line[0], text, cells, line[1][len(text) :], is_mended=True)

    def _is_row(self, line: Line) -> bool:
        cells = self._cells(without_end(line[1]))
        return cells is not None and len(cells) == self._width

    def _cells(self, text: str) -> Cells | None:
        """The cells of `text` if every quote that begins a cell also ends one; else `None`."""
        form = self.form
        if (not form.quote or form.quote not in text) and self._unescape is None:
            return [Cell(value, False) for value in text.split(form.delimiter)]
        return self._split(text)

    def _split(self, text: str) -> Cells | None:
        cells: Cells = []
        at, quote, delimiter = 0, self.form.quote, self.form.delimiter
        while True:
            found = self._quoted.match(text, at) if quote else None
            if found is None and quote and self._begin.match(text, at):
                return None
            end = found.end() if found else self._end_of_plain(text, at)
            cells.append(self._quoted_cell(found[1]) if found else self._plain_cell(text[at:end]))
            if end >= len(text):
                return cells
            at = end + len(delimiter)

    def _plain_cell(self, value: str) -> Cell:
        if value == NULL and self.form.escape == "\\":
            return Cell("", False)
        return Cell(self._unescape.sub(r"\1", value) if self._unescape else value, False)

    def _quoted_cell(self, held: str) -> Cell:
        value = self._unescape.sub(r"\1", held) if self._unescape else held
        return Cell(value.replace(self.form.quote * 2, self.form.quote), True)

    def _end_of_plain(self, text: str, at: int) -> int:
        found = self._plain.match(text, at)
        return found.end() if found else len(text)

    def _is_open(self, text: str) -> bool:
        """Whether a quoted cell begins that is not closed in `text`."""
        at, form = 0, self.form
        while form.quote and at <= len(text):
            if self._begin.match(text, at):
                if not (found := self._quoted.match(text, at)):
                    return self._open.match(text, at) is not None
                at = found.end()
            else:
                at = self._end_of_plain(text, at)
            at += len(form.delimiter)
        return False

    def _mended(self, text: str) -> Cells | None:
        """The one way to take quotes as text so that `text` has the cells that it should."""
        if self._width is None or self._width > _MOST_MENDED_CELLS:
            return None
        found = list(islice(self._ways(text, 0, self._width, set()), 2))
        return found[0] if len(found) == 1 else None

    def _ways(self, text: str, at: int, left: int, vain: set[tuple[int, int]]) -> Iterator[Cells]:
        """Every way to take what stands from `at` on as `left` cells: a quote ends its cell before any delimiter, or is
        text. In `vain` is what was tried before."""
        if left == 0 or (at, left) in vain:
            return
        has_any = False
        for cell, end in self._cells_at(text, at):
            if end >= len(text):
                if left == 1:
                    has_any = True
                    yield [cell]
            else:
                for following in self._ways(text, end + len(self.form.delimiter), left - 1, vain):
                    has_any = True
                    yield [cell, *following]
        if not has_any:
            vain.add((at, left))

    def _cells_at(self, text: str, at: int) -> Iterator[tuple[Cell, int]]:
        if found := self._quoted.match(text, at):
            yield self._quoted_cell(found[1]), found.end()
            return
        if begin := self._begin.match(text, at):
            for closing in islice(self._closing.finditer(text, begin.end()), _MOST_CLOSING):
                yield Cell(text[begin.end() : closing.start()], True), closing.end()
        end = self._end_of_plain(text, at)
        yield self._plain_cell(text[at:end]), end


def numbered_lines(text: IO[str]) -> Iterator[Line]:
    """The lines of `text`, from 1, each with its line end; of one that is far too long the beginning."""
    number = 0
    while line := text.readline(MOST_CHARACTERS + 1):
        number += 1
        line = line.removeprefix(MARK) if number == 1 else line
        part = line
        while len(part) > MOST_CHARACTERS and not part.endswith(("\n", "\r")):
            part = text.readline(MOST_CHARACTERS + 1)
        yield number, line


def without_end(line: str) -> str:
    """A line without its line end, of whichever kind."""
    if line.endswith("\r\n"):
        return line[:-2]
    return line[:-1] if line.endswith(("\n", "\r")) else line
