"""CSV whose columns something else than its first line tells: units, comments of logs, drawings, long delimiters."""

from __future__ import annotations

import pytest

from meshlake.formats import samples
from meshlake.landing.relation import relation_sql

JOINED = "its names are those of 2 rows, joined"
DOUBTFUL = "its first row is text above numbers: read as a row, and may be units or more of the names"
FIELDS = "its names are those that its line #Fields says"
IIS = "#Software: IIS\n#Fields: date cs-method sc-status\n"
ZEEK = "#separator \\x09\n#fields\tts\tuid\n#types\ttime\tstring\n1.5\ta b\n2.5\t-\n#close\t2024\n"
EXTF = '"EXTF";700;21;"Stapel"\n'


@pytest.mark.parametrize(
    ("content", "names", "rows", "told"),
    [
        ("n;sum;w\n;EUR;kg\na;1,5;2\nb;2;3\n", "n|sum EUR|w kg", ["a|1,5|2", "b|2|3"], JOINED),
        ("depth,temp\nm,[°C]\n1,2\n", "depth m|temp [°C]", ["1|2"], JOINED),
        ("n,sum,w\na,abc,def\nb,2,3\n", "n|sum|w", ["a|abc|def", "b|2|3"], ""),
        ("sum,w\nabc,def\n2,3\n", "sum|w", ["abc|def", "2|3"], DOUBTFUL),
        (f"{IIS}2024-01-05 GET 200\n#Date: x\n", "date|cs-method|sc-status", ["2024-01-05|GET|200"], FIELDS),
        (f"{IIS}2024-01-05\tGET x\t200\n", "date|cs-method|sc-status", ["2024-01-05|GET x|200"], FIELDS),
        (f"{IIS}#x y z\n1 2 3\n#a b c\n4 5 6\n", "date|cs-method|sc-status", ["1|2|3", "4|5|6"], FIELDS),
        (ZEEK, "ts|uid", ["1.5|a b", "2.5|-"], FIELDS),
        (f"{EXTF}Umsatz;SH;Konto;Text\n1,50;S;1000;a\n2,50;S;1001;b\n", "Umsatz|SH|Konto|Text",
         ["1,50|S|1000|a", "2,50|S|1001|b"], "a line above the table is left out"),
        ("| a | b |\n|---|:--|\n| 1 | x\\|y |\n", "a|b", ["1|x|y"], "it is a Markdown table"),
        ("+---+---+\n| a | b |\n+---+---+\n| 1 | x |\n+---+---+\n", "a|b", ["1|x"], "it is drawn in a frame"),
        ("name    age\nAnn Lee  12\nBob       7\n", "name|age", ["Ann Lee|12", "Bob|7"],
         "runs of blanks stand between its columns"),
        ("name  city      age\nAnn   New York   12\nBob               7\n", "name|city|age",
         ["Ann|New York|12", "Bob|None|7"], "by the places that are blank in all lines"),
        ("id=1;c=Rome\nid=2;c=Oslo\n", "column_1|column_2", ["id=1|c=Rome", "id=2|c=Oslo"],
         "its first line holds values, no names"),
        ("id###n###x\n1###a#b###7\n2###c###8\n", "id|n|x", ["1|a#b|7", "2|c|8"], "read with the delimiter '###'"),
        ("id|~|name|~|x\n1|~|a, b|~|2\n2|~||~|3\n", "id|name|x", ["1|a, b|2", "2|None|3"], "delimiter '|~|'"),
        ("|~|id|~|,|~|name|~|\n|~|1|~|,|~|a, b|~|\n", "id|name", ["1|a, b"], ""),
    ],
)  # fmt: skip
def test_columns_are_those_that_are_told(read_csv, content, names, rows, told):
    found_names, found, aside, notes = read_csv(content)
    assert not aside
    assert ("|".join(found_names), ["|".join(map(str, row)) for row in found]) == (names, rows)
    assert told in notes
    assert told or "first row" not in notes


def test_thai_is_known(read_csv):
    text = "id,ชื่อ,เมือง\n1,สมชาย,กรุงเทพมหานคร\n2,สมหญิง,เชียงใหม่\n"
    names, rows, aside, notes = read_csv(text.encode("cp874"))
    assert not aside
    assert (names, rows[0]) == (["id", "ชื่อ", "เมือง"], ("1", "สมชาย", "กรุงเทพมหานคร"))
    assert "read as CP874, a guess" in notes


def test_one_column_of_lines_in_several_encodings_is_read(connection, put, read_csv):
    content = "id,name\n1,Müller\n".encode() + "2,Köln\n".encode("cp1252") + "3,Zoë\n".encode()
    _, rows, aside, _ = read_csv(content)
    assert (rows, aside) == ([("1", "Müller"), ("3", "Zoë")], ["2,Köln".encode("cp1252")])
    names = connection.execute(f"SELECT name FROM {relation_sql(put({'a.csv': content}))}").fetchall()
    assert sorted(names) == [("Müller",), ("Zoë",)]


@pytest.mark.parametrize(("last", "is_alike"), [("Zoë".encode(), True), ("Köln".encode("cp1252"), False)])
def test_bytes_of_another_encoding_are_found_wherever_they_stand(put, monkeypatch, last, is_alike):
    monkeypatch.setattr(samples, "_READ_BYTES", 3)  # within a character, too
    (file,) = put({"a.csv": "id,ü\n1,Müller\n".encode() + last + b"\n"}).files
    assert samples.is_alike_throughout(file, b"\n", b"", "utf-8") is is_alike
