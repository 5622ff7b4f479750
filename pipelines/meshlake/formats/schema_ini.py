"""What a `schema.ini` says of a text file of fixed width: its columns, their widths, and how it is encoded."""

from __future__ import annotations

import codecs
import configparser
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

from meshlake.errors import LandingError
from meshlake.stores import open_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from meshlake.stores import StoredFile

_COLUMN = re.compile(r'(?:"([^"]+)"|(\S+))(?:\s+(?!width\b)(\w+))?(?:\s+width\s+([0-9]+))?', re.IGNORECASE)
_NUMBERED = re.compile(r"col([0-9]+)")
_ENCODINGS = {"ansi": "cp1252", "oem": "cp437", "unicode": "utf-16", "65001": "utf-8"}
_EXAMPLE = "Write it so:\n[people.txt]\nFormat=FixedLength\nCol1=id Text Width 8\nCol2=name Text Width 20"
# What is text to every reader; other types are the contract's to say.
_TEXT = {"", "text", "char", "longchar", "memo"}


@dataclass(frozen=True)
class Layout:
    """The columns of a file, in order, each so many characters wide; `notes` say what of the schema is not followed."""

    names: tuple[str, ...]
    widths: tuple[int, ...]
    encoding: str
    has_names: bool
    notes: tuple[str, ...]

    @property
    def width(self) -> int:
        """How long a whole line is."""
        return sum(self.widths)

    @property
    def arrow(self) -> pa.Schema:
        """The columns for Arrow: text, all of them."""
        import pyarrow as pa

        return pa.schema([(name, pa.string()) for name in self.names])


@lru_cache(maxsize=10_000)
def layout_of(schema: StoredFile, file: StoredFile) -> Layout:
    """How `schema` says that `file` is written.

    Raises:
        LandingError: it says nothing of it, or nothing that can be followed.
    """
    section = _section(schema, file)
    if section.get("format", "").lower() != "fixedlength":
        raise LandingError(
            f"{schema.name}: it does not say Format=FixedLength of {file.name}",
            "Text with a delimiter needs no schema.ini: call it .csv and take schema.ini away.",
        )
    numbered = {int(found[1]): text for key, text in section.items() if (found := _NUMBERED.fullmatch(key))}
    columns = [_column(schema, number, numbered[number]) for number in sorted(numbered)]
    if not columns:
        raise LandingError(f"{schema.name}: it names no columns of {file.name}", _EXAMPLE)
    names = tuple(name for name, _, _ in columns)
    if twice := next((name for name in names if [n.lower() for n in names].count(name.lower()) > 1), None):
        raise LandingError(f"{schema.name}: it names the column {twice} twice", "Name each once.")
    return Layout(
        names,
        tuple(width for _, _, width in columns),
        _encoding(schema, section),
        section.get("colnameheader", "false").lower() == "true",
        tuple(_notes(columns, section)),
    )


def _section(schema: StoredFile, file: StoredFile) -> Mapping[str, str]:
    short = file.name.rpartition("/")[2].lower()
    sections = _sections(schema)
    pattern = next((each for each in sections if fnmatchcase(short, each)), short)
    found = sections.get(short, sections.get(pattern))
    if found is None:
        raise LandingError(
            f"{schema.name}: it says nothing of {file.name}",
            f"Give it a section [{short}], or [*]. {_EXAMPLE}",
        )
    return found


@lru_cache(maxsize=1_000)
def _sections(schema: StoredFile) -> Mapping[str, Mapping[str, str]]:
    """What is said below each heading, which is in small letters; read once for all files that it is of."""
    parser = configparser.RawConfigParser(
        strict=False, delimiters=("=",), comment_prefixes=(";", "#"), interpolation=None
    )
    with open_file(schema) as stream:
        text = stream.read().decode("utf-8-sig", errors="replace")
    try:
        parser.read_string(text)
    except configparser.Error as error:
        told = " ".join(str(error).split())
        raise LandingError(f"{schema.name}: it cannot be read: {told}", _EXAMPLE) from error
    return {name.lower(): dict(parser.items(name)) for name in parser.sections()}


def _column(schema: StoredFile, number: int, text: str) -> tuple[str, str, int]:
    """The name, the type and the width of a column."""
    found = _COLUMN.fullmatch(text.strip())
    if found is None or not int(found[4] or 0):
        raise LandingError(f"{schema.name}: Col{number}={text} says no width", _EXAMPLE)
    return found[1] or found[2], (found[3] or "").lower(), int(found[4])


def _encoding(schema: StoredFile, section: Mapping[str, str]) -> str:
    said = section.get("characterset", "65001").lower()
    encoding = _ENCODINGS.get(said, f"cp{said}" if said.isdigit() else said)
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise LandingError(
            f"{schema.name}: there is no CharacterSet={said}",
            "Say ANSI, OEM, Unicode, or the number of a code page such as 1252 or 65001 (UTF-8).",
        ) from None


def _notes(columns: list[tuple[str, str, int]], section: Mapping[str, str]) -> list[str]:
    widths = ", ".join(f"{name} {width}" for name, _, width in columns)
    notes = [f"cut by schema.ini into {widths} characters; blanks around a value are none of it"]
    typed = [f"{name} {kind}" for name, kind, _ in columns if kind not in _TEXT]
    if typed:
        notes.append(f"schema.ini's types are not followed, the contract's are: {', '.join(typed)}")
    known = {"format", "colnameheader", "characterset"}
    if others := [key for key in section if key not in known and not _NUMBERED.fullmatch(key)]:
        notes.append(f"schema.ini says more that is not followed: {', '.join(others)}")
    return notes
