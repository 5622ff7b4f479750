"""Files whose names say text and whose bytes say something else: told as what they are, never read as text."""

from __future__ import annotations

import bz2
import lzma
import sqlite3

import duckdb
import pyarrow as pa
import pytest

from meshlake.errors import LandingError
from meshlake.formats import format_of
from meshlake.landing.relation import relation_sql

CSV = b"id,name\n1,a\n2,b\n"


def _database(folder, kind) -> bytes:
    path = folder / "made"
    if kind == "sqlite":
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE t (a)")
        connection.close()
    else:
        duckdb.connect(str(path)).close()
    return path.read_bytes()


OTHERS = {
    "packed by bzip2": bz2.compress(CSV),
    "packed by xz": lzma.compress(CSV),
    "packed by zstd": pa.compress(CSV, codec="zstd", asbytes=True),
    "a PDF document": b"%PDF-1.4\n1 0 obj\n",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00",
    "an Excel workbook as before 2007": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
    "a 7z archive": b"7z\xbc\xaf\x27\x1c\x00\x04",
    "a RAR archive": b"Rar!\x1a\x07\x01\x00",
    "ORC": b"ORC\x00\x00",
    "Arrow": b"ARROW1\x00\x00",
}


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
@pytest.mark.parametrize("kind", OTHERS)
def test_bytes_that_are_no_text_are_told_as_what_they_are(put, kind, ending):
    with pytest.raises(LandingError, match=rf"a\.{ending}: its name says text, it is {kind}"):
        relation_sql(put({f"a.{ending}": OTHERS[kind]}))


@pytest.mark.parametrize(
    ("kind", "words"), [("sqlite", "an SQLite database"), ("duckdb", "a DuckDB database")]
)
def test_databases_are_told(put, tmp_path, kind, words):
    with pytest.raises(LandingError, match=rf"a\.csv: its name says text, it is {words}"):
        relation_sql(put({"a.csv": _database(tmp_path, kind)}))


@pytest.mark.parametrize(
    "content",
    [
        '[{"id": 1}, {"id": 2}]',
        '{"id": 1}\n{"id": 2}\n',
        '\ufeff[\n  {\n    "id": 1\n  }\n]\n',
        '{\n  "a \\" b": [1,\n 2]\n}',
    ],
)
def test_json_that_is_called_csv_is_told(put, content):
    with pytest.raises(LandingError, match=r"a\.csv: its name says text in columns, it is JSON") as caught:
        relation_sql(put({"a.csv": content}))
    assert caught.value.hint == "Call it .json or .jsonl."


@pytest.mark.parametrize(
    ("content", "kind"),
    [("shop: a\nitems:\n  - id: 1\n    n: 2.5\n", "YAML"), ("[tool]\na = 1\n\n# x\nb = 'y'\n", "TOML")],
)
def test_settings_that_are_called_csv_are_told(put, content, kind):
    with pytest.raises(LandingError, match=f"its name says text in columns, it is {kind}"):
        relation_sql(put({"a.csv": content}))


@pytest.mark.parametrize("content", ["[id]\nx y\nz = 1\n", "id: n\n1: a\n2: b\n", "name\n---\nAnn\n"])
def test_text_that_is_much_like_settings_is_a_table(put, content):
    assert relation_sql(put({"a.csv": content}))


@pytest.mark.parametrize(
    "header", ["ORCID,n", "{id},n", '"{""a"": 1}",n', "[id],n", "BZh,n", "GIF,n", "ARROW1,n", "{,n"]
)
def test_names_that_begin_like_other_formats_are_names(connection, put, header):
    found = connection.execute(
        f"SELECT * FROM {relation_sql(put({'a.csv': header + chr(10) + '1,2' + chr(10)}))}"
    )
    assert found.fetchall() == [("1", "2")]


def test_blank_lines_alone_are_no_table(put):
    with pytest.raises(LandingError, match="no file of it has columns"):
        relation_sql(put({"a.csv": "\n\n"}))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("a.log", "Call|call it .csv or .jsonl"),
        ("a.docx", "document: ask for the data"),
        ("a.png", "picture: ask for the data"),
        ("plain", "has no ending"),
        ("a.duckdb", "ATTACH"),
        ("a.yml", "import json, yaml"),
        ("a.txt", "fixed width"),
    ],
)
def test_a_format_that_is_not_read_is_told_with_the_way_to_convert_it(name, hint):
    with pytest.raises(LandingError, match=f"{name} is of no format that can be read") as caught:
        format_of(name)
    import re

    assert re.search(hint, caught.value.hint)


@pytest.mark.parametrize(("ending", "delimiter"), [("tab", "\t"), ("psv", "|")])
def test_text_with_other_endings_is_csv(connection, put, ending, delimiter):
    content = CSV.replace(b",", delimiter.encode())
    found = connection.execute(f"SELECT * FROM {relation_sql(put({f'a.{ending}': content}))} ORDER BY 1")
    assert found.fetchall() == [("1", "a"), ("2", "b")]
