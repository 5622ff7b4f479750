"""The sheets of an Excel workbook and their cells, each as Excel has it or named as what cannot be kept.

A workbook is a ZIP archive of XML (ECMA-376). Sheets are streamed; texts that cells share are held in memory.
"""

from __future__ import annotations

import posixpath
import zlib
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats.bombs import refuse_times
from meshlake.formats.cells import (
    BUILT_IN_KINDS,
    DAY_ZERO,
    DAY_ZERO_OF_1904,
    Fault,
    Hidden,
    as_shown,
    marked_value,
    number_kind,
    number_of,
    unescaped,
)
from meshlake.memory import limit_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from typing import Any, BinaryIO
    from xml.etree.ElementTree import Element

    from meshlake.formats.cells import Value

# What Python's libraries raise, and what is made of their answers here, when the bytes are not a workbook's.
_DAMAGED = (BadZipFile, ElementTree.ParseError, zlib.error, EOFError, LookupError, ValueError, RuntimeError)
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
# What Excel itself can have in a sheet.
_MOST_COLUMNS, _MOST_ROWS = 16_384, 1_048_576
# Of the memory that may be taken: what a part that is read whole may unpack to, texts of cells, and one row.
_PART_SHARE, _TEXTS_SHARE, _ROW_SHARE = 20, 4, 16
_BLOCK_BYTES = 1024 * 1024
_TRUE = ("1", "true")


class TooLargeError(Exception):
    """A part of a workbook is larger than memory or Excel allows; the text says which."""


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
            raise DamagedFileError(f"{name}: it is empty", again)
        if start == OLD_OR_LOCKED:
            raise DamagedFileError(
                f"{name}: it is locked by a password, or as Excel wrote it before 2007",
                "Save it as .xlsx, without a password; or call it .xls, if it is that.",
            )
        try:
            with ZipFile(stream) as archive:
                parts = archive.infolist()
                packed_bytes = sum(part.compress_size for part in parts)
                refuse_times(name, packed_bytes, sum(part.file_size for part in parts))
                yield Workbook(archive)
        except TooLargeError as error:
            raise LandingError(f"{name}: {error}", "Save its table as .csv or Parquet.") from error
        except _DAMAGED as error:
            raise DamagedFileError(f"{name}: it is cut off, damaged, or no Excel workbook", again) from error


class Workbook:
    """An open workbook. `sheets` are its worksheets in order, hidden ones too: by name, the part of the archive.

    `merged` are the ranges of merged cells in the sheet whose rows were last gone through to their end, and `hidden`
    what of it Excel does not show: rows that hold something by number, columns, and the sheet.
    """

    def __init__(self, archive: ZipFile) -> None:
        self.merged: list[str] = []
        self.hidden = Hidden()
        self._archive = archive
        self._book = next(target for kind, target in self._related("").values() if kind == "officeDocument")
        self._parts = self._related(self._book)
        root = self._parsed(self._book)
        self._day_zero = DAY_ZERO
        for properties in root.findall("{*}workbookPr"):
            if properties.get("date1904") in {"1", "true"}:
                self._day_zero = DAY_ZERO_OF_1904
        self.sheets: dict[str, str] = {}
        self._hidden_sheets: set[str] = set()
        for sheet in root.findall("{*}sheets/{*}sheet"):
            identifier = next(value for key, value in sheet.items() if key.endswith("}id"))
            kind, target = self._parts[identifier]
            if kind == "worksheet":
                self.sheets[sheet.attrib["name"]] = target
                if sheet.get("state", "visible") != "visible":
                    self._hidden_sheets.add(sheet.attrib["name"])

    @property
    def filled_sheets(self) -> list[str]:
        """The sheets in which any cell holds something."""
        return [sheet for sheet in self.sheets if next(self.rows(sheet), None)]

    def rows(self, sheet: str) -> Iterator[tuple[int, dict[int, Value]]]:
        """The rows that hold something, each with its number, as values by number of column, both from 1."""
        number = count = 0
        self.merged = []
        self.hidden = Hidden(is_sheet=sheet in self._hidden_sheets)
        for row in self._elements(self.sheets[sheet], "row", "mergeCell", "col"):
            if _plain(row.tag) == "mergeCell":
                self.merged.append(row.get("ref", ""))
                continue
            if _plain(row.tag) == "col":
                if row.get("hidden") in _TRUE:
                    self.hidden.columns.append(range(int(row.attrib["min"]), int(row.attrib["max"]) + 1))
                continue
            count += 1
            if count > _MOST_ROWS:
                raise TooLargeError(f"its sheet '{sheet}' has more rows than Excel has, {_MOST_ROWS:,}")
            number = int(row.get("r", number + 1))
            column, cells = 0, {}
            for cell in row:
                reference = cell.get("r")
                column = _column_number(reference.rstrip("0123456789")) if reference else column + 1
                value = self._value(cell)
                if value is not None:
                    cells[column] = value
            if cells:
                if row.get("hidden") in _TRUE:
                    self.hidden.rows.append(number)
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
            value = number_of(text)
            return (
                value
                if kind_shown is None or isinstance(value, str)
                else as_shown(value, kind_shown, self._day_zero)
            )
        return marked_value(kind, text)

    @cached_property
    def _strings(self) -> list[str]:
        parts = [target for kind, target in self._parts.values() if kind == "sharedStrings"]
        for part in parts:
            self._refuse_large(part, _TEXTS_SHARE)
        return [_text_of(item) for part in parts for item in self._elements(part, "si")]

    @cached_property
    def _number_kinds(self) -> list[str | None]:
        """What the numbers of each style are, as `number_kind` says."""
        kinds: list[str | None] = []
        for part in (target for kind, target in self._parts.values() if kind == "styles"):
            root = self._parsed(part)
            known: dict[int, str | None] = dict(BUILT_IN_KINDS)
            for given in root.findall("{*}numFmts/{*}numFmt"):
                known[int(given.attrib["numFmtId"])] = number_kind(given.attrib["formatCode"])
            kinds += [known.get(int(style.get("numFmtId", 0))) for style in root.findall("{*}cellXfs/{*}xf")]
        return kinds

    def _elements(self, part: str, *names: str) -> Iterator[Element]:
        """The elements called one of `names`, each as long as it is looked at."""
        most = limit_bytes() // _ROW_SHARE
        parser: Any = ElementTree.XMLPullParser()  # expat limits what entities expand to
        since = 0
        with self._archive.open(part) as stream:
            while block := stream.read(_BLOCK_BYTES):
                parser.feed(block)
                since += len(block)
                for _, element in parser.read_events():
                    if element.tag.endswith(names) and _plain(element.tag) in names:
                        since = 0
                        yield element
                        element.clear()
                if since > most:
                    raise TooLargeError(f"a {names[0]} of {part} is over {most:,} bytes long")
            parser.close()

    def _parsed(self, part: str) -> Element:
        self._refuse_large(part, _PART_SHARE)
        return ElementTree.fromstring(self._archive.read(part))  # noqa: S314 - as above

    def _refuse_large(self, part: str, share: int) -> None:
        """Refuse a part that unpacks to more than this share of the memory."""
        most = limit_bytes() // share
        if (size := self._archive.getinfo(part).file_size) > most:
            raise TooLargeError(
                f"{part} in it unpacks to {size:,} bytes, and at most {most:,} are held in memory"
            )

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and place of what `part` refers to, by identifier."""
        folder, name = posixpath.split(part)
        related = {}
        for each in self._parsed(posixpath.join(folder, "_rels", f"{name}.rels")):
            place = posixpath.normpath(posixpath.join("/", folder, each.attrib["Target"])).lstrip("/")
            related[each.attrib["Id"]] = (each.attrib["Type"].rpartition("/")[2], place)
        return related


@lru_cache(maxsize=20_000)
def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    if number > _MOST_COLUMNS:
        raise TooLargeError(f"it has a cell in the column {letters}, and Excel none after XFD")
    return number


def _text_of(element: Element) -> str:
    """The text of a cell, however it is formatted, without how it is pronounced."""
    runs = [run for part in element for run in (part if _plain(part.tag) == "r" else [part])]
    return unescaped("".join(run.text or "" for run in runs if _plain(run.tag) == "t"))


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]
