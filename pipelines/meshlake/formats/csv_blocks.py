"""Lines of a text file in blocks, so that runs of them that are plainly rows are taken at once.

A line is plainly a row if it has as many delimiters as a row and nothing else that means something, or is quoted as
CSV is quoted. Whatever else a line is `csv_lines` finds out, of that line alone.
"""

from __future__ import annotations

import io
import re
from typing import IO, TYPE_CHECKING

from meshlake.formats.csv_lines import MARK, MOST_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.formats.csv_lines import Form, Line

_BLOCK_CHARACTERS = 1 << 20
# Bytes that are no characters, as Python reads them on (`surrogateescape`).
_DAMAGED = "\ud800-\udfff"


class PlainRows:
    """Which lines are plainly rows of `form`, `width` cells wide: no line of `names`, none that begins with `comment`.

    `others` are further characters that mean something where the rows go.
    """

    def __init__(
        self, form: Form, width: int, names: Sequence[str], others: str = "", comment: str = ""
    ) -> None:
        self.delimiter, self._count = form.delimiter, width - 1
        self._names = form.delimiter.join(names).replace('"', "").lower()
        first = self._names[:1]
        # Before a page, what printed it writes a form feed.
        self._comments = (MARK, "\f", *filter(None, [comment]))
        self._suspects = (*self._comments, '"', *({first, first.upper()} - {""}))
        special = sorted({'"', MARK, form.quote, form.escape, *others} - {""})
        single = re.escape("".join(each for each in special if len(each) == 1))
        longer = "".join(f"|{re.escape(each)}" for each in special if len(each) > 1)
        self.special = re.compile(f"[{single}{_DAMAGED}]{longer}")
        self._row: re.Pattern[str] | None = None
        if (form.quote, form.escape) == ('"', '"') and not others:
            delimiter = re.escape(form.delimiter)
            is_single = len(form.delimiter) == 1
            other = rf"[^\"\r\n{_DAMAGED}{delimiter if is_single else ''}]"
            plain = f"{other}*+" if is_single else f"(?:(?!{delimiter}){other})*+"
            cell = rf"(?:\"(?:[^\"\r\n{_DAMAGED}]|\"\")*+\"|{plain})"
            self._row = re.compile(rf"{cell}(?:{delimiter}{cell}){{{width - 1}}}[\r\n]+")

    def end(self, lines: Sequence[str], begin: int, *, is_special: bool) -> int:
        """How far `lines` from `begin` on are plainly rows; `is_special` where any character of them is."""
        # Few calls a line: this is what reading such a file takes.
        delimiter, count, suspects = self.delimiter, self._count, self._suspects
        search = self.special.search
        for at in range(begin, len(lines)):
            line = lines[at]
            if is_special and search(line):
                if not self._is_quoted_row(line):
                    return at
            elif (
                line.count(delimiter) != count
                or (line.startswith(suspects) and self._is_other(line))
                or len(line) >= MOST_CHARACTERS
                or (not count and not line.strip("\r\n"))
            ):
                return at
        return len(lines)

    def _is_quoted_row(self, line: str) -> bool:
        if self._is_other(line):
            return False
        return self._row is not None and len(line) < MOST_CHARACTERS and bool(self._row.fullmatch(line))

    def _is_other(self, line: str) -> bool:
        """Whether a line is one of comment, or begins as the names do."""
        if line.startswith(self._comments):
            return True
        begin = line.replace('"', "") if '"' in line else line
        return bool(self._names) and begin[: len(self._names)].lower() == self._names


class LineBlocks:
    """The numbered lines of `text`, one by one as an iterator, or as many as are plainly rows."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._lines: Sequence[str] = ()
        self._block = ""
        self._is_special: bool | None = None  # not asked yet
        self._at, self.number = 0, 1
        self.marked_lines: list[int] = []

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        if self._at == len(self._lines) and not self._fill():
            raise StopIteration
        line = self._lines[self._at]
        self._at += 1
        self.number += 1
        if line.startswith(MARK):
            self.marked_lines.append(self.number - 1)
            line = line.removeprefix(MARK)
        return self.number - 1, line

    def rows(self, plain: PlainRows) -> Iterator[tuple[int, str]]:
        r"""The next lines that are plainly rows: how many, and their text, each with `\n`. The one behind is none."""
        while self._at < len(self._lines) or self._fill():
            if self._is_special is None:
                self._is_special, self._block = plain.special.search(self._block) is not None, ""
            end = plain.end(self._lines, self._at, is_special=self._is_special)
            if end > self._at:
                text = "".join(self._lines[self._at : end])
                if "\r" in text:
                    text = text.replace("\r\n", "\n").replace("\r", "\n")
                yield end - self._at, text if text.endswith("\n") else f"{text}\n"
            self.number += end - self._at
            self._at = end
            if end < len(self._lines):
                return

    def _fill(self) -> bool:
        """Read the next block, of whole lines; of a line that is far too long the beginning."""
        block = self._text.read(_BLOCK_CHARACTERS)
        rest = self._text.readline(MOST_CHARACTERS + 1) if block else ""
        lines = io.StringIO(block + rest, newline="").readlines()
        while len(rest) > MOST_CHARACTERS and not rest.endswith(("\n", "\r")):
            rest = self._text.readline(MOST_CHARACTERS + 1)
        if lines:
            lines[-1] = lines[-1][: MOST_CHARACTERS + 1]
            if self.number == 1:
                lines[0] = lines[0].removeprefix(MARK)
        self._lines, self._at, self._block, self._is_special = lines, 0, block + rest, None
        return bool(lines)
