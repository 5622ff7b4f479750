"""CSV of any dialect and encoding: every value as it is written, and what was guessed is told."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from meshlake.errors import LandingError
from meshlake.formats.csv_dialect import detect_dialect
from meshlake.landing.relation import columns, relation_sql, unreadable
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName

PEOPLE = [("1", "ann", "Rome"), ("2", "bob", "Oslo")]


@pytest.fixture
def table(connection, put):
    """The names and rows of a dataset of files, in their order, and what is told of how it is read."""

    def read(content, *others):
        files = {f"{name}.csv": each for name, each in zip("abcdef", (content, *others), strict=False)}
        dataset = put(files)
        connection.execute("SET preserve_insertion_order = true")
        rows = connection.execute(f"SELECT * FROM {relation_sql(dataset)}").fetchall()
        return tuple(columns(connection, dataset)), rows, dataset.format.notes(dataset.files)

    return read


@pytest.mark.parametrize(
    ("content", "note"),
    [
        ("sep=;\nid;name;city\n1;ann;Rome\n2;bob;Oslo\n", "its first line says the delimiter"),
        ("\ufeffSEP=\t\r\nid\tname\tcity\r\n1\tann\tRome\r\n2\tbob\tOslo\r\n", "its first line says"),
        (
            "Customer report 2024\nid;name;city\n1;ann;Rome\n2;bob;Oslo\n",
            "a line above the table is left out: Cu",
        ),
        ("Report\n\nMade by, me\nid,name,city\n1,ann,Rome\n2,bob,Oslo\n", "2 lines above the table are left"),
        ("Report,,\n,,\nid,name,city\n1,ann,Rome\n2,bob,Oslo\n", "2 lines above the table are left out"),
        (
            "# exported 2024-01-05\nid,name,city\n1,ann,Rome\n2,bob,Oslo\n",
            "a line above the table is left out: #",
        ),
        ("# a\nid,name,city\n1,ann,Rome\n# b\n2,bob,Oslo\n", "1 line of comment left out (first: line 4)"),
        ("%% by x\n%% for y\nid,name,city\n1,ann,Rome\n2,bob,Oslo\n", "2 lines above the table are left"),
        (
            "%% a, b\nid;name;city\n1;ann;Rome\n%% d; e; f\n2;bob;Oslo\n",
            "1 line of comment left out (first: line 4)",
        ),
        ("## a\n## b\n## c\nid\tname\tcity\n1\tann\tRome\n2\tbob\tOslo\n", "3 lines above the table"),
        ("id,name,city\n%% a\n1,ann,Rome\n%% b\n2,bob,Oslo\n", "2 lines of comment left out (first: line 2)"),
        ("\ufeffid,name,city\n1,ann,Rome\n\ufeffid,name,city\n2,bob,Oslo\n", "1 line that repeat the names"),
        ('\ufeff"id",name,city\n1,ann,Rome\n\ufeff"id",name,city\n2,bob,Oslo\n', "with a byte order mark"),
        ("id,name,city\n1,ann,Rome\n\ufeff2,bob,Oslo\n", "1 line with a byte order mark"),
        ("id\1name\1city\n1\1ann\1Rome\n2\1bob\1Oslo\n", r"read with the delimiter '\x01'"),
        ("id\7name\7city\n1\7ann\7Rome\n2\7bob\7Oslo\n", r"read with the delimiter '\x07'"),
        ("id~name~city\n1~ann~Rome\n2~bob~Oslo\n", "read with the delimiter '~'"),
        ("id||name||city\n1||ann||Rome\n2||bob||Oslo\n", "read with the delimiter '||'"),
        ("id~|~name~|~city\n1~|~ann~|~Rome\n2~|~bob~|~Oslo\n", "read with the delimiter '~|~'"),
        ('id, "name", city\n1, "ann", Rome\n2, "bob", Oslo\n', "read with the delimiter ', '"),
        ("\n\nid,name,city\n1,ann,Rome\n2,bob,Oslo\n\n\n", None),
        ("id,name,city\r1,ann,Rome\r2,bob,Oslo\r", None),
        ("id,name,city\r\n1,ann,Rome\n2,bob,Oslo\r", None),
        ("id,name,city\n1,ann,Rome\nid,name,city\n2,bob,Oslo\n", "1 line that repeat the names left out"),
        ("id,name,city\n1,ann,Rome,\n2,bob,Oslo,\n", "2 lines with empty values behind the last name"),
    ],
)
def test_the_table_is_found_wherever_it_is(table, content, note):
    names, rows, notes = table(content)
    assert (names, rows) == (("id", "name", "city"), PEOPLE)
    assert not notes if note is None else note in " ".join(notes)


@pytest.mark.parametrize(
    ("content", "rows", "note"),
    [
        ('id,name\n1,a\n2,"b" c\n', [("1", "a"), ("2", '"b" c')], "taken as text (first: line 3)"),
        ('id\tname\n1\t"a\n2\tb"\n', [("1", "a\n2\tb")], None),
        ('id\tname\n1\t"a\nb"\n2\tc\n', [("1", "a\nb"), ("2", "c")], None),
        ('id\tname\n1\t"a\n\tb"\n2\tc\n', [("1", "a\n\tb"), ("2", "c")], None),
        ('id,name\n1,"say "hi", now"\n2,b\n', [("1", 'say "hi", now'), ("2", "b")], "taken as text"),
        ("id,name\n1,x\\,y\n2,z\\,\n", [("1", "x,y"), ("2", "z,")], None),
        ('id,name\r\n1,"a\nb"\r\n2,c\r\n', [("1", "a\nb"), ("2", "c")], None),
        ("id,name\n1,''x, y''\n2,''z''\n", [("1", "x, y"), ("2", "z")], None),
        ("'id'~'name'\n'1'~''\n", [("1", None)], "the delimiter '~'"),
        ("id,name\n'1','x'\n'2','it''s'\n", [("1", "x"), ("2", "it's")], None),
        ("id,name\n1,'x'\n2,y\n", [("1", "'x'"), ("2", "y")], None),
    ],
)
def test_values_come_as_they_are_written(table, content, rows, note):
    names, found, notes = table(content)
    assert (names, found) == (("id", "name"), rows)
    assert not notes if note is None else note in " ".join(notes)


def test_quotes_of_inches_in_a_file_with_tabs_join_no_rows(table):
    content = 'id\tname\tcity\n1\t"bob\tOslo\n2\tx\tParis\n3\ty"\tNice\n4\t"real\nbreak"\tUlm\n'
    _, rows, notes = table(content)
    assert rows == [
        ("1", '"bob', "Oslo"),
        ("2", "x", "Paris"),
        ("3", 'y"', "Nice"),
        ("4", "real\nbreak", "Ulm"),
    ]
    assert "1 line with quotes that begin or end no value: taken as text (first: line 2)" in " ".join(notes)


@pytest.mark.parametrize(
    "content",
    [
        "1,ann,2024-01-05\n2,bob,2024-01-06\n3,cid,2024-01-07\n",
        "1,ann,2024-01-05\n",
        "1,ann,2024-01-05\r\n2,bob,2024-01-06\r\n",
        '1,"a\nnn",2024-01-05\r\n2,bob,2024-01-06\r\n',
        '1,ann,2024-01-05\r\n2,"b\nb",2024-01-06\r\n',
        "A-17,x,10:15\nB-18,y,10:30\n",
        '"7","ann","1.5"\n"8","bob","2.5"\n',
        "v1,v2,v3\nv4,v5,v6\nv7,v8,v9\n",
    ],
)
def test_names_that_look_like_data_are_no_names(table, content):
    names, rows, notes = table(content)
    assert names == ("column_1", "column_2", "column_3")
    assert rows == [tuple(row) for row in csv.reader(io.StringIO(content))]
    assert "its first line holds values, no names: columns are column_1 to column_3" in notes[0]


@pytest.mark.parametrize(
    "content",
    [
        "country,2019,2020\nAT,1.5,2.5\nDE,3.5,4.5\n",
        "id,name\nann,bob\n",
        "name,city\nann,Rome\n",
        "id\n7\n",
        "at\n2024-01-05T10:00:00+02:00\n2024-07-05T10:00:00+03:00\n",
        "Unit Price\n1.5\n",
        "comment\nI like it, a lot\nYes, and no\n",
        "x1,x2,x3\nv7,v9,v4\nv8,v9,v1\n",
        "c1,c2,c3\nv1,v2,v3\nv2,v4,v6\n",
        "who,q8,q9,q10,q11\na1,b2,b2,b1,b4\na2,b1,b2,b2,b1\n",
    ],
)
def test_names_stay_names(table, content):
    names, _, notes = table(content)
    assert ",".join(names) == content.split("\n")[0]
    assert not notes


@pytest.mark.parametrize("blank", ["\n", "\n\n\n", "\ufeff\r\n", "  \n \n"])
def test_a_file_of_blank_lines_adds_nothing(table, blank):
    assert table("id,name\n1,ann\n", blank)[:2] == (("id", "name"), [("1", "ann")])


def test_names_of_several_rows_are_joined(table):
    rows = "".join(f"{n},{n}.5,2024-01-0{n}\n" for n in range(1, 9))
    names, found, notes = table(f"id,weight,day\nno,kg,UTC\n{rows}")
    assert names == ("id no", "weight kg", "day UTC")
    assert len(found) == 8
    assert "its names are those of 2 rows, joined" in notes[0]


@pytest.mark.parametrize(
    ("content", "names", "note"),
    [
        ("7\n8\n9\n", ("column_1",), "its column is column_1"),
        ("id,,x\n1,a,b\n", ("id", "column_2", "x"), "not all columns have a name: column_2"),
        (
            "id,n,N,n\n1,a,b,c\n",
            ("id", "n", "N_1", "n_2"),
            "columns of the same name are told apart by a number: N_1, n_2",
        ),
    ],
)
def test_names_that_are_made_are_told(table, content, names, note):
    found, _, notes = table(content)
    assert found == names
    assert [each.endswith(note) for each in notes] == [True]


def test_words_of_a_part_file_are_values_where_another_has_names(table):
    names, rows, notes = table("city,country\nRome,IT\n", "Oslo,NO\nBern,CH\n")
    assert names == ("city", "country")
    assert rows == [("Rome", "IT"), ("Oslo", "NO"), ("Bern", "CH")]
    assert notes == ["b.csv: its first line holds values, no names: those of crm/customers/a.csv are taken"]


def test_words_that_no_other_file_begins_with_are_values(table):
    names, rows, notes = table("ann,Rome\nbob,Oslo\n", "cid,Paris\ndan,Wien\n")
    assert names == ("column_1", "column_2")
    assert [row[0] for row in rows] == ["ann", "bob", "cid", "dan"]
    assert notes == [
        "a.csv and 1 more: its first line holds values, no names that another file has: "
        "columns are column_1 to column_2"
    ]


def test_words_that_all_files_begin_with_are_names(table):
    names, rows, notes = table("who,whence\nann,Rome\n", "who,whence\nbob,Oslo\n")
    assert (names, len(rows), notes) == (("who", "whence"), 2, [])


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0)])
def test_names_that_stand_in_one_part_file_are_those_of_all(table, order):
    parts = ["id,name,amount\n1,ann,10\n2,bob,20\n", "3,cid,30\n4,dan,40\n", "5,eve,50\n"]
    names, rows, notes = table(*(parts[i] for i in order))
    assert names == ("id", "name", "amount")
    assert sorted(rows) == [
        (str(n), name, f"{n}0") for n, name in enumerate(["ann", "bob", "cid", "dan", "eve"], 1)
    ]
    assert "those of crm/customers/" in notes[0]


def test_a_row_that_lacks_its_last_values_is_filled_and_told(table):
    _names, rows, notes = table("id,name,city\n1,ann,Rome\n2,bob\n3,cid,Oslo\n")
    assert rows == [("1", "ann", "Rome"), ("2", "bob", None), ("3", "cid", "Oslo")]
    assert "1 line with fewer values than there are names: the last ones are null (first: line 3)" in notes[0]


def kept_aside(connection, dataset):
    return [(line.line, line.content, line.reason) for line in unreadable(connection, dataset).lines()]


def test_another_table_in_the_file_is_told_and_none_of_its_lines_is_a_row(connection, put):
    first = "".join(f"{n},x,{n}.5\n" for n in range(20))
    second = "".join(f"{n},2024-01-05\n" for n in range(10))
    dataset = put({"a.csv": f"id,name,price\n{first}key,day\n{second}"})
    found = kept_aside(connection, dataset)
    assert [(line, content) for line, content, _ in found[:2]] == [(22, b"key,day"), (23, b"0,2024-01-05")]
    assert {reason for _, _, reason in found} == {"is of another table, which begins in line 22"}
    assert len(found) == 11
    assert connection.execute(f"SELECT count(*) FROM {relation_sql(dataset)}").fetchone() == (20,)


def test_another_table_as_wide_is_told_where_a_blank_line_and_names_part_them(connection, put):
    dataset = put({"a.csv": "id,name\n1,ann\n2,bob\n\norder,amount\nA7,2.5\nA8,3.5\n"})
    found = kept_aside(connection, dataset)
    assert [content for _, content, _ in found] == [b"order,amount", b"A7,2.5", b"A8,3.5"]
    assert {reason for _, _, reason in found} == {"is of another table, which begins in line 5"}
    assert connection.execute(f"FROM {relation_sql(dataset)} ORDER BY ALL").fetchall() == [
        ("1", "ann"),
        ("2", "bob"),
    ]


@pytest.mark.parametrize("more", ["id,name\n3,cid\n", "3,cid\n4,dan\n", "x,y\nz,w\n", ",cid\n"])
def test_what_follows_a_blank_line_is_of_the_table_where_no_other_names_stand_there(connection, put, more):
    dataset = put({"a.csv": f"id,name\n1,ann\n2,bob\n\n{more}"})
    assert kept_aside(connection, dataset) == []
    rows = [row for row in more.splitlines() if row != "id,name"]
    assert connection.execute(f"SELECT count(*) FROM {relation_sql(dataset)}").fetchone() == (2 + len(rows),)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("id|name|city\n---|---|---\n1|ann|Rome\n2|bob|Oslo\n", "---|---|---"),
        ("id|name|city\n:--|:-:|--:\n1|ann|Rome\n2|bob|Oslo\n", ":--|:-:|--:"),
        ("id,name,city\n--,----,----\n1,ann,Rome\n2,bob,Oslo\n", "--,----,----"),
        ("id;name;city\n==;====;====\n1;ann;Rome\n2;bob;Oslo\n", "==;====;===="),
        ("id|name|city\n--+----+-----\n1|ann|Rome\n2|bob|Oslo\n", "--+----+-----"),
    ],
)
def test_a_rule_below_the_names_is_no_row_and_is_kept_aside(table, put, connection, content, rule):
    names, rows, notes = table(content)
    assert (names, rows) == (("id", "name", "city"), PEOPLE)
    assert notes == ["a.csv: 1 line drawn below the names kept aside (first: line 2)"]
    found = unreadable(connection, put({"a.csv": content}))
    (line,) = found.lines()
    assert (line.line, line.content.decode(), found.footer_count) == (2, rule, 1)


@pytest.mark.parametrize("dashes", ["-|--|-", "-|-|-", "---|1|---"])
def test_dashes_that_may_stand_for_no_value_are_a_row(table, dashes):
    _, rows, _ = table(f"id|name|city\n{dashes}\n1|ann|Rome\n2|bob|Oslo\n")
    assert rows == [tuple(dashes.split("|")), *PEOPLE]


def test_a_rule_is_found_in_a_file_that_is_like_others(table):
    plain = "id,name,city\n1,ann,Rome\n2,bob,Oslo\n"
    ruled = plain.replace("\n1", "\n--,----,----\n1")
    assert table(plain, ruled)[1] == PEOPLE * 2


@pytest.mark.slow
@pytest.mark.parametrize("word", ["Total", "total:", "Grand Total", "Summe", "TOTALE"])
@pytest.mark.parametrize("many", [2, 30_000])
def test_a_last_row_that_may_be_a_total_is_told_and_read(table, word, many):
    rows = [(f"{n}", f"{n}") for n in range(many)]
    content = "plan,n\n" + "".join(f"{a},{b}\n" for a, b in rows)
    told = f"its last line begins with {word!r}: it is read as a row, and may be a total of the others"
    _, read, notes = table(content + f"{word},11\n", content)
    assert read == [*rows, (word, "11"), *rows]
    assert notes == [f"a.csv: {told}"]


@pytest.mark.parametrize("last", ["Totally,11", "11,Total", "Total sales,11"])
def test_other_last_rows_are_not_suspected(table, last):
    assert table(f"plan,n\nbasic,5\nplus,6\n{last}\n")[2] == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "utf-16-le", "gbk"])
def test_a_line_is_kept_aside_with_its_own_bytes(connection, put, encoding):
    good = "".join(f"{n},Москва\n" for n in range(9))
    dataset = put({"a.csv": f"id,name\n{good}10,Москва,Омск\n11,Тула\n".encode(encoding)})
    reason = "has 3 values where the header has 2 columns"
    assert kept_aside(connection, dataset) == [(11, "10,Москва,Омск".encode(encoding), reason)]
    assert connection.execute(f"SELECT count(*) FROM {relation_sql(dataset)}").fetchone() == (10,)


def test_bytes_that_are_no_characters_cost_their_line_alone(connection, put):
    good = "".join(f"{n},Müller\n" for n in range(20))
    dataset = put({"a.csv": f"id;name\n{good}".replace(",", ";").encode() + b"20;M\xfcller\n"})
    (found,) = kept_aside(connection, dataset)
    assert found[:2] == (22, b"20;M\xfcller")


CITIES = {
    "cp1251": "Москва Новосибирск Екатеринбург",
    "koi8-r": "Москва Новосибирск Екатеринбург",
    "iso8859-2": "Łódź Kraków Gdańsk",
    "cp1250": "Świnoujście Kraków Gdańsk",
    "cp1252": "“Zürich” Málaga Orléans",
    "gbk": "北京 上海 广州",
    "big5": "臺北 高雄 臺中",
    "shift_jis": "東京 大阪 名古屋",
    "euc_kr": "서울 부산 인천",
    "cp1253": "Αθήνα Θεσσαλονίκη Πάτρα",
}


@pytest.mark.parametrize("encoding", CITIES)
def test_an_encoding_is_guessed_and_told(table, encoding):
    cities = CITIES[encoding].split()
    text = "id,city\n" + "".join(f"{n},{city}\n" for n, city in enumerate(cities))
    names, rows, notes = table(text.encode(encoding))
    assert (names, [row[1] for row in rows]) == (("id", "city"), cities)
    assert "a guess (confidence" in notes[0]


@pytest.mark.parametrize(
    "word", ["café", "Müller", "São", "20°C", "±5", "1º", "Åsa", "Øre", "Citroën", "garçon"]
)
def test_a_few_western_letters_are_none_of_another_script(table, word):
    _, rows, notes = table(f"id,word\n1,{word}\n".encode("cp1252"))
    assert rows == [("1", word)]
    assert "a guess (confidence" in notes[0]


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        ("cp932", "東京都"),
        ("gbk", "北京"),
        ("cp949", "서울"),
        ("big5", "台北市"),
        ("cp1251", "Москва"),
        ("cp1252", "Größe"),
    ],
)
@pytest.mark.parametrize("lines", [1, 30])
def test_one_word_among_numbers_tells_the_encoding(table, encoding, word, lines):
    text = "id,name,amount\n" + "".join(f"{n},{word} {n},{n}.5\n" for n in range(lines))
    assert table(text.encode(encoding))[1][0] == ("0", f"{word} 0", "0.5")


@pytest.mark.parametrize(
    "content", [b"id,name\n1,a\x00b\n2,c\n", b"id,name\n1,\x00\n2,c\n", b"id\x00,name\n1,\n2,c\n"]
)
def test_a_byte_that_is_0_makes_no_text_one_of_two_bytes_a_character(connection, put, content):
    """All of it was read as the names of one column, in Chinese, and no row was left."""
    dataset = put({"a.csv": content})
    rows = connection.execute(f"FROM {relation_sql(dataset)}").fetchall()
    assert (len(rows), rows[1]) == (2, ("2", "c"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_unicode_of_any_width_is_certain(table, encoding):
    names, rows, _ = table("id,größe\n1,a😀\n2,ü\n".encode(encoding))
    assert (names, rows) == (("id", "größe"), [("1", "a😀"), ("2", "ü")])


def test_utf_16_that_is_damaged_is_an_error_of_its_file(put):
    dataset = put({"a.csv": "id\n1\n".encode("utf-16-le") + b"\x00\xd8\n\x00", "b.csv": "id\n1\n"})
    with pytest.raises(LandingError, match=r"a\.csv: it holds characters that are not UTF-16-LE"):
        relation_sql(dataset)


def test_folders_are_columns_of_copied_files_too(put, connection):
    dataset = put(
        {"dt=2024-01-05/a.csv": "id;name\n1;Й\n".encode("utf-16"), "dt=x%20y/b.csv": "id;name\n2;b\n"}
    )
    rows = connection.execute(f"SELECT * FROM {relation_sql(dataset)} ORDER BY ALL").fetchall()
    assert rows == [("1", "Й", "2024-01-05"), ("2", "b", "x y")]


@pytest.mark.parametrize(
    "content", ["id,name\n1,a\n", 'id;name\r\n1;"a;b"\r\n', "id\tb\n\tx\n", "id\n1\n\n2\n"]
)
def test_plain_files_are_read_where_they_lie(put, content):
    dataset = put({"a.csv": content})
    dialect = detect_dialect(dataset.files[0])
    assert dialect is not None
    assert dialect.is_plain
    assert dataset.files[0].path in relation_sql(dataset)
    assert not dataset.format.notes(dataset.files)


# --- any table in any dialect ---

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=5),
    delimiter=st.sampled_from(",;\t|~^\1"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    quoted=st.sampled_from([('"', csv.QUOTE_MINIMAL), ('"', csv.QUOTE_ALL), ("'", csv.QUOTE_ALL)]),
)
def test_any_table_in_any_dialect_comes_back_or_is_refused(rows, delimiter, line_end, encoding, quoted):
    quote, quoting = quoted
    names = ["key", "some text", "more"]
    written = [[f"k{n}", *row[1:]] for n, row in enumerate(rows)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quotechar=quote, lineterminator=line_end, quoting=quoting)
    writer.writerows([names, *written])
    # It does not quote a line end of another kind, which is then one like any other.
    assume(
        quoting == csv.QUOTE_ALL
        or not any(each in value for row in written for value in row for each in "\r\n")
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "crm", "customers", "a.csv")
        path.parent.mkdir(parents=True)
        path.write_bytes(text.getvalue().encode(encoding))
        dataset = LandingZone(folder).dataset(DatasetName("crm", "customers"))
        answer = duckdb.sql(f"SELECT * FROM {relation_sql(dataset)}")
        assert answer.columns == names
        found = [[value or "" for value in row] for row in answer.fetchall()]
    assert found == written
