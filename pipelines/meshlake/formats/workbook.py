"""The sheets of an Excel workbook and their cells, each as Excel has it or named as what cannot be kept.

A workbook is a ZIP archive of XML (ECMA-376). Sheets are streamed; texts that cells share are held in memory.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeAlias
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from meshlake.errors import LandingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from typing import BinaryIO
    from xml.etree.ElementTree import Element

# What Python's libraries raise, and what is made of their answers here, when the bytes are not a workbook's.
_DAMAGED = (BadZipFile, ElementTree.ParseError, zlib.error, EOFError, LookupError, ValueError, RuntimeError)
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
# Characters that XML cannot hold; halves of a pair of UTF-16 stay as they are written.
_ESCAPED = re.compile(r"_x([0-9A-Ca-cE-Fe-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2})_")
_SURE_CHARACTERS = 15  # a number of so many digits is another for every double
MOST_WHOLE = 2**53
# Excel counts days from 1900, and takes that for a leap year: its first sixty days are one off.
DAY_ZERO, _LEAP_DAY, DAY_ZERO_OF_1904 = date(1899, 12, 30), 60, date(1904, 1, 1)
_DAY_MILLISECONDS = 24 * 3600 * 1000
_DATE, _CLOCK, _DURATION = "date", "clock", "duration"
# Number formats that are known without being told.
BUILT_IN_KINDS = (
    dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58), _DATE)
    | dict.fromkeys((*range(18, 22), *range(32, 36), 45, 47, 55, 56), _CLOCK)
    | {46: _DURATION}
)
_DURATIONS = re.compile(r"\[(?:h+|m+|s+)\]")
_NO_LETTERS = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]')


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be kept as it is: it `reason`."""

    reason: str


Value: TypeAlias = "bool | int | float | str | date | datetime | time | Fault"


@contextmanager
def open_workbook(name: str, opening: AbstractContextManager[BinaryIO]) -> Iterator[Workbook]:
    """The workbook in the bytes of `opening`, called `name` in errors.

    Raises:
        LandingError: it is damaged, locked by a password, or of another format.
    """
    again = "Land the file again, whole; or remove it."
    with opening as stream:
        start = stream.read(len(OLD_OR_LOCKED))
        stream.seek(0)
        if not start:
            raise LandingError(f"{name}: it is empty", again)
        if start == OLD_OR_LOCKED:
            raise LandingError(
                f"{name}: it is locked by a password, or as Excel wrote it before 2007",
                "Save it as .xlsx, without a password; or call it .xls, if it is that.",
            )
        try:
            with ZipFile(stream) as archive:
                yield Workbook(archive)
        except _DAMAGED as error:
            raise LandingError(f"{name}: it is cut off, damaged, or no Excel workbook", again) from error


class Workbook:
    """An open workbook. `sheets` are its worksheets in order, hidden ones too: by name, the part of the archive."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._book = next(target for kind, target in self._related("").values() if kind == "officeDocument")
        self._parts = self._related(self._book)
        root = self._parsed(self._book)
        self._day_zero = DAY_ZERO
        for properties in root.findall("{*}workbookPr"):
            if properties.get("date1904") in {"1", "true"}:
                self._day_zero = DAY_ZERO_OF_1904
        self.sheets: dict[str, str] = {}
        for sheet in root.findall("{*}sheets/{*}sheet"):
            identifier = next(value for key, value in sheet.items() if key.endswith("}id"))
            kind, target = self._parts[identifier]
            if kind == "worksheet":
                self.sheets[sheet.attrib["name"]] = target

    @property
    def filled_sheets(self) -> list[str]:
        """The sheets in which any cell holds something."""
        return [sheet for sheet in self.sheets if next(self.rows(sheet), None)]

    def rows(self, sheet: str) -> Iterator[tuple[int, dict[int, Value]]]:
        """The rows that hold something, each with its number, as values by number of column, both from 1."""
        number = 0
        for row in self._elements(self.sheets[sheet], "row"):
            number = int(row.get("r", number + 1))
            column, cells = 0, {}
            for cell in row:
                reference = cell.get("r")
                column = _column_number(reference.rstrip("0123456789")) if reference else column + 1
                value = self._value(cell)
                if value is not None:
                    cells[column] = value
            if cells:
                yield number, cells

    def _value(self, cell: Element) -> Value | None:
        kind, text, is_formula = cell.get("t", "n"), None, False
        for part in cell:
            tag = _plain(part.tag)
            if tag == "v":
                text = part.text or ""
            elif tag == "is":
                return _text_of(part) or None
            is_formula = is_formula or tag == "f"
        if not text:
            # A formula may well have empty text for its value, which is then written.
            is_unknown = is_formula and (text is None or kind != "str")
            return Fault("is a formula whose value was never worked out") if is_unknown else None
        if kind == "s":
            return self._strings[int(text)] or None
        if kind == "n":
            style = cell.get("s")
            kind_shown = self._number_kinds[int(style)] if style else None
            value = _number(text)
            return (
                value
                if kind_shown is None or isinstance(value, Fault)
                else moment(value, kind_shown, self._day_zero)
            )
        return _marked_value(kind, text)

    @cached_property
    def _strings(self) -> list[str]:
        parts = [target for kind, target in self._parts.values() if kind == "sharedStrings"]
        return [_text_of(item) for part in parts for item in self._elements(part, "si")]

    @cached_property
    def _number_kinds(self) -> list[str | None]:
        """What the numbers of each style are: a date, a clock's time, a duration, or numbers."""
        kinds: list[str | None] = []
        for part in (target for kind, target in self._parts.values() if kind == "styles"):
            root = self._parsed(part)
            known: dict[int, str | None] = dict(BUILT_IN_KINDS)
            for given in root.findall("{*}numFmts/{*}numFmt"):
                known[int(given.attrib["numFmtId"])] = number_kind(given.attrib["formatCode"])
            kinds += [known.get(int(style.get("numFmtId", 0))) for style in root.findall("{*}cellXfs/{*}xf")]
        return kinds

    def _elements(self, part: str, name: str) -> Iterator[Element]:
        """The elements called `name`, each as long as it is looked at."""
        with self._archive.open(part) as stream:
            for _, element in ElementTree.iterparse(stream):  # noqa: S314 - expat limits what entities expand to
                if element.tag.endswith(name) and _plain(element.tag) == name:
                    yield element
                    element.clear()

    def _parsed(self, part: str) -> Element:
        return ElementTree.fromstring(self._archive.read(part))  # noqa: S314 - as above

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and place of what `part` refers to, by identifier."""
        folder, name = posixpath.split(part)
        related = {}
        for each in self._parsed(posixpath.join(folder, "_rels", f"{name}.rels")):
            place = posixpath.normpath(posixpath.join("/", folder, each.attrib["Target"])).lstrip("/")
            related[each.attrib["Id"]] = (each.attrib["Type"].rpartition("/")[2], place)
        return related


def cell_name(column: int, row: int) -> str:
    """A cell as Excel calls it.

    Example:
        >>> cell_name(28, 3)
        'AB3'
    """
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


@lru_cache(maxsize=20_000)
def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _number(text: str) -> int | float | Fault:
    """A number as it is written: whole ones of any length, others if a double tells them apart."""
    try:
        return int(text)
    except ValueError:
        found = float(text)
    if len(text) > _SURE_CHARACTERS:
        written = Decimal(text)
        digits = len(written.normalize().as_tuple().digits)
        if Decimal(f"{found:.{digits - 1}e}") != written:
            return Fault(f"has more digits than Excel keeps: {text}")
    return int(found) if found.is_integer() and abs(found) <= MOST_WHOLE else found


def _marked_value(kind: str, text: str) -> Value:
    """The value of a cell that is marked as something else than a number or a shared text."""
    if kind == "str":
        return _unescaped(text)
    if kind == "b":
        return text in {"1", "true"}
    if kind == "e":
        return Fault(f"is {text}")
    if kind == "d" and (found := datetime.fromisoformat(text)).tzinfo is None:
        return found if "T" in text else found.date()
    return Fault(f"is of a kind that is not known here, {kind}")


def moment(days: float, kind: str, day_zero: date) -> Value:
    """A number of days as the moment or the time that Excel shows; to the millisecond, the finest it has."""
    milliseconds = round(days * _DAY_MILLISECONDS)
    if kind == _DURATION:
        return _duration(milliseconds)
    day, rest = divmod(milliseconds, _DAY_MILLISECONDS)
    clock = (datetime.min + timedelta(milliseconds=rest)).time()  # noqa: DTZ901 - only its time is used
    if day == 0 and kind == _CLOCK:
        return clock
    is_1904 = day_zero == DAY_ZERO_OF_1904
    if day < 0 or (not is_1904 and day in {0, _LEAP_DAY}):
        return Fault(f"is the day {day}, which no calendar has")
    try:
        found = day_zero + timedelta(days=day + (not is_1904 and day < _LEAP_DAY))
    except OverflowError:
        return Fault(f"is the day {day}, which is after the year 9999")
    return datetime.combine(found, clock) if rest else found


def _duration(milliseconds: int) -> str:
    seconds, rest = divmod(abs(milliseconds), 1000)
    sign, fraction = "-" if milliseconds < 0 else "", f".{rest:03}" if rest else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"


def number_kind(code: str) -> str | None:
    """What numbers that are shown by the format `code` are: a date, a clock's time, a duration; `None` for numbers."""
    letters = _NO_LETTERS.sub("", code.lower()).partition(";")[0]
    if _DURATIONS.search(letters):
        return _DURATION
    has_clock = "h" in letters or "s" in letters
    if "y" in letters or "d" in letters or ("m" in letters and not has_clock):
        return _DATE
    return _CLOCK if has_clock else None


def _text_of(element: Element) -> str:
    """The text of a cell, however it is formatted, without how it is pronounced."""
    runs = [run for part in element for run in (part if _plain(part.tag) == "r" else [part])]
    return _unescaped("".join(run.text or "" for run in runs if _plain(run.tag) == "t"))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]
