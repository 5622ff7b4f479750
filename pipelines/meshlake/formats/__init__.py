"""How a landed file is written - Parquet, CSV, JSON, Excel, Avro - one object each, found by the ending of its name.

What a format is asked, `format.Format` says: the SQL that reads its files, what is wrong with one of them in plain
words, whether Trino reads it where it lies. A new format is one file here with a class like those beside it, and one
line in `FORMATS`; which files make a dataset is for `landing` (docs/adr/0020).
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats.format import PACKINGS, Format
from meshlake.plugins import Doorway

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMATS: Doorway[Format] = Doorway(
    "meshlake.formats",
    "format",
    {
        "parquet": "meshlake.formats.parquet:PARQUET",
        "csv": "meshlake.formats.csv:CSV",
        "json": "meshlake.formats.json_lines:JSON_LINES",
        "excel": "meshlake.formats.excel:EXCEL",
        "orc": "meshlake.formats.orc:ORC",
        "arrow": "meshlake.formats.arrow:ARROW",
        "avro": "meshlake.formats.avro:AVRO",
        "xml": "meshlake.formats.xml:XML",
        "delta": "meshlake.formats.delta:DELTA",
        "iceberg": "meshlake.formats.iceberg:ICEBERG",
        "hudi": "meshlake.formats.hudi:HUDI",
        "fixed_width": "meshlake.formats.fixed_width:FIXED_WIDTH",
        "zip": "meshlake.formats.zip_archive:ZIP",
    },
)

_PAGE_BYTES = 1024
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")
_DECLARATION = re.compile(rb"^<\?xml[^>]*>\s*")

_NO_TABLE = "It is a {}: ask for the data in it as .csv or .xlsx."
_TO_EXCEL = "Save it as .xlsx in Excel or LibreOffice."
_BY_PANDAS = (
    "Convert it with pandas: python -c \"import pandas as p; p.{}('FILE').to_parquet('FILE.parquet')\""
)
_BY_POSITION = (
    "Text of fixed width? Say where its columns stand in a file schema.ini beside it, and land the folder: "
    "[people.txt], Format=FixedLength, Col1=id Text Width 8, ..., a line each. With a delimiter: call it .csv."
)
_FROM_DATABASE = (
    "Write each table as Parquet, in DuckDB: ATTACH 'FILE' AS d; COPY d.TABLE TO 'TABLE.parquet'."
)
_BY_PYTHON = (
    'Convert it: python -c "import json, {0} as m; print(json.dumps(m.{1}, default=str))" > FILE.json'
)
_DOCUMENTS = (".pdf", ".doc", ".docx", ".ppt", ".pptx", ".rtf", ".odt", ".md", ".rst")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".svg", ".webp", ".bmp")
_PAGE_ENDINGS = (".htm", ".html", ".css", ".js")
# How a file of a format that is not read becomes one that is, by its ending.
_CONVERTING = {
    **dict.fromkeys((".ods", ".xlsb", ".numbers"), _TO_EXCEL),
    **dict.fromkeys((".txt", ".dat", ".fwf", ".prn", ".asc"), _BY_POSITION),
    **dict.fromkeys((".sqlite", ".sqlite3", ".db", ".duckdb"), _FROM_DATABASE),
    ".log": "Text with a delimiter, or a line of JSON each? Call it .csv or .jsonl.",
    ".sas7bdat": _BY_PANDAS.format("read_sas"),
    ".dta": _BY_PANDAS.format("read_stata"),
    ".sav": _BY_PANDAS.format("read_spss"),
    **dict.fromkeys((".yaml", ".yml"), _BY_PYTHON.format("yaml", "safe_load(open('FILE'))")),
    ".toml": _BY_PYTHON.format("tomllib", "load(open('FILE', 'rb'))"),
    **dict.fromkeys(_PAGE_ENDINGS, "It is a page: save the table in it as .csv."),
    **dict.fromkeys(_DOCUMENTS, _NO_TABLE.format("document")),
    **dict.fromkeys(_PICTURES, _NO_TABLE.format("picture")),
    "": "Its name has no ending: give it that of its format.",
}
# How files begin that are neither text nor of a format here, whatever their names say; and how that is told.
_OTHERS = {
    **{b"BZh%d1AY&SY" % level: "packed by bzip2" for level in range(1, 10)},
    b"\xfd7zXZ\x00": "packed by xz",
    b"\x28\xb5\x2f\xfd": "packed by zstd",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"%PDF-": "a PDF document",
    b"{\\rtf": "an RTF document",
    b"\x89PNG\r\n": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF89a": "a picture",
    b"\xd0\xcf\x11\xe0": "an Excel workbook as before 2007, or another old document of Office",
    b"SQLite format 3\x00": "an SQLite database",
    b"\x89HDF\r\n": "an HDF5 file",
}
_SETTINGS_LINES = 50
_DUCKDB_MARK = slice(8, 12)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19]")
# Each line of settings as programs write them, one at least in a way that rows never are.
_SETTINGS = {
    "YAML": (
        re.compile(r"\s*(?:- .*|(?:- )*[\w.-]+:(?: .*)?|---|#.*)?"),
        re.compile(r"\s*- +[\w.-]+: |---$"),
    ),
    "TOML": (re.compile(r"\s*(?:\[[^,;\t]+\]|[\w.-]+ ?= ?\S.*|[#;].*)?"), re.compile(r"\[\[?[\w. -]+\]\]?$")),
}
# What nobody calls a column: the begin of an object, or of objects in an array, over however many lines.
_JSON = re.compile(rb'\s*(?:\[\s*)?\{\s*(?:"(?:[^"\\]|\\.)*"\s*:|\}\s*$)')


def format_of(file_name: str) -> Format:
    """The format that the ending of `file_name` stands for.

    Raises:
        LandingError: it is none that can be read.

    Example:
        >>> str(format_of("calls/2024-01-05.CSV.gz"))
        'csv'
    """
    stem, dot, ending = file_name.rpartition("/")[2].rpartition(".")
    if stem and (plain := _of_endings().get(f"{dot}{ending}".lower())):
        return plain  # of a hundred thousand files, so it has to be quick
    ours = _with_ending(file_name, map(FORMATS.get, FORMATS.members))
    # Others' members are looked for only now: that takes a while.
    found = ours or _with_ending(file_name, FORMATS.all().values())
    if found is None:
        ending = PurePosixPath(file_name.lower()).suffix
        hint = _CONVERTING.get(ending) or f"What can be read: {readable()}."
        raise LandingError(f"{file_name} is of no format that can be read", hint)
    return found


@lru_cache(maxsize=1)
def _of_endings() -> dict[str, Format]:
    """Ours by their endings, but for those behind which more than one of them may be packed."""
    ours = map(FORMATS.get, FORMATS.members)
    return {ending: each for each in ours for ending in each.endings if ending not in PACKINGS}


def is_no_table(file_name: str) -> bool:
    """Whether the ending of `file_name` says that it is a document, a picture or a part of a page.

    Example:
        >>> is_no_table("d/Manual.PDF"), is_no_table("d/a.csv")
        (True, False)
    """
    return file_name.lower().endswith((*_DOCUMENTS, *_PICTURES, *_PAGE_ENDINGS))


def table_of(file_name: str) -> tuple[str, Format] | None:
    """The folder that is a table, and its format, when the file is of the log of one: such as of Delta.

    Example:
        >>> folder, format_ = table_of("crm/orders/_delta_log/00000000000000000000.json")
        >>> folder, str(format_)
        ('crm/orders', 'delta')
    """
    found = ((format_.table_folder(file_name), format_) for format_ in _of_tables())
    return next(((folder, format_) for folder, format_ in found if folder is not None), None)


@lru_cache(maxsize=1)
def _of_tables() -> tuple[Format, ...]:
    """Ours that know a folder to be a table."""
    ours = map(FORMATS.get, FORMATS.members)
    return tuple(each for each in ours if type(each).table_folder is not Format.table_folder)


def readable() -> str:
    """Every format that can be read and its endings, for people."""
    *first, last = map(_told, (each for each in FORMATS.all().values() if each.is_read))
    return f"{', '.join(first)} and {last}, also packed ({', '.join(PACKINGS)})"


def refuse_other_formats(file_name: str, sample: bytes) -> None:
    """Refuse a file of text that begins, `sample`, as one of a binary format or a page, whatever its name says.

    Raises:
        DamagedFileError: it does.
    """
    refuse_pages(file_name, sample)
    found = next((kind for magic, kind in _beginnings().items() if sample.startswith(magic)), None)
    if sample[_DUCKDB_MARK] == b"DUCK" and b"\x00" in sample:
        found = "a DuckDB database"
    if sample.startswith(b"ORC") and not _CONTROLS.search(sample[:_PAGE_BYTES]):
        found = None  # of a column such as ORCID
    if found is not None:
        hint = "Give the file its right ending, and see whether that is read."
        raise DamagedFileError(f"{file_name}: its name says text, it is {found}", hint)


@lru_cache(maxsize=1)
def _beginnings() -> dict[bytes, str]:
    ours = map(FORMATS.get, FORMATS.members)
    return {each.magic: each.title for each in ours if each.magic} | _OTHERS


def refuse_json(file_name: str, sample: bytes) -> None:
    """Refuse a file that begins, `sample`, as JSON does, and is read as other text.

    Raises:
        DamagedFileError: it does.
    """
    if _JSON.match(sample.removeprefix(b"\xef\xbb\xbf")):
        raise DamagedFileError(
            f"{file_name}: its name says text in columns, it is JSON", "Call it .json or .jsonl."
        )


def refuse_settings(file_name: str, sample: bytes) -> None:
    """Refuse a file that begins, `sample`, as YAML or TOML do, and is read as other text.

    Raises:
        DamagedFileError: it does.
    """
    lines = sample.decode(errors="replace").splitlines()[:_SETTINGS_LINES]
    for kind, (of_all, of_one) in _SETTINGS.items():
        if len(lines) > 1 and all(map(of_all.fullmatch, lines)) and any(map(of_one.match, lines)):
            raise DamagedFileError(
                f"{file_name}: its name says text in columns, it is {kind}", _CONVERTING[f".{kind.lower()}"]
            )


def refuse_pages(file_name: str, sample: bytes) -> None:
    """Refuse a file that begins, `sample`, as a page of the web: what a server says in place of a file.

    Raises:
        DamagedFileError: it does.
    """
    begin = sample[:_PAGE_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    is_xml = file_name.lower().endswith(".xml")
    if _DECLARATION.sub(b"", begin).startswith(_PAGES[:2] if is_xml else _PAGES):
        raise DamagedFileError(
            f"{file_name}: it is an HTML page, such as a server's error or a login, and no data",
            "Look at it in a browser, and fetch the file again.",
        )
    if begin.startswith(b"<?xml") and not is_xml:
        raise DamagedFileError(
            f"{file_name}: it is an XML document, such as a store's error",
            "Look at it; if it is data, call it .xml.",
        )


def _with_ending(file_name: str, formats: Iterable[Format]) -> Format | None:
    return next((each for each in formats if each.has_ending(file_name)), None)


def _told(format_: Format) -> str:
    if not format_.endings:
        return format_.title
    endings = ", ".join(format_.endings)
    return f"{format_.title} ({endings})"
