"""Any text written into a CSV in any dialect comes back exactly, or is kept aside, or the guess is told."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.formats.unreadable import ReadAgainError
from meshlake.landing.relation import relation_sql, unreadable
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName

NAMES = ["key", "some text", "more", "last name"]
TITLES = ["Report", "Report of 2024", "", "made by me", "# a comment"]
DELIMITERS = [",", ";", "\t", "|", "~", "^", "\x01", "\x07", "\x1f", "||", "~|~", "::", "$$", ", ", " | "]
CELL = st.text("abcdef", min_size=1, max_size=6) | st.text("ab1é ,;\"'\n|~\\é.#\t€$", max_size=7)


@st.composite
def written(draw):
    """A table, and the bytes of a file that it is written into: names, rows, content."""
    width = draw(st.integers(2, 4))
    names = draw(st.sampled_from([NAMES[:width], NAMES[:width], None]))
    texts = draw(st.lists(st.lists(CELL, min_size=width - 1, max_size=width - 1), min_size=1, max_size=6))
    delimiter, quote = draw(st.sampled_from(DELIMITERS)), draw(st.sampled_from('"""\''))
    escape, is_all = draw(st.sampled_from([quote, quote, "\\"])), draw(st.booleans())
    is_all = is_all or quote == "'"  # one that is seldom one is a text's own
    if escape == "\\":  # one that escapes nothing is a backslash to some, and none to others
        texts = [[text.replace("\\", "") for text in row] for row in texts]
    rows = [[f"k{n}" if names else str(n), *row] for n, row in enumerate(texts)]

    def cell(value):
        must = any(each in value for each in (*delimiter, quote, "\n", "\r")) or value != value.strip()
        if not (is_all or must):
            return value
        return f"{quote}{value.replace(quote, escape + quote)}{quote}"

    titles = draw(st.lists(st.sampled_from(TITLES), max_size=3)) if len(rows) > 1 else []
    lines = [*titles, *(delimiter.join(map(cell, row)) for row in ([names] if names else []) + rows)]
    ends = draw(st.sampled_from(["\n", "\r\n", "\r", "\n\r\n", "\n\r\n\r"]))
    ends = re.findall("\r\n|\r|\n", ends)
    text = "".join(line + draw(st.sampled_from(ends)) for line in lines)
    encodings = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "cp1252"]
    return names, rows, text.encode(draw(st.sampled_from(encodings)))


def read(content):
    """The names and rows of a file, how many lines of it are kept aside, and what is told."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as connection:
        path = Path(folder, "crm", "customers", "a.csv")
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        dataset = LandingZone(folder).dataset(DatasetName("crm", "customers"))
        while True:
            try:
                aside = unreadable(connection, dataset).count
                break
            except ReadAgainError:
                continue
        connection.execute("SET preserve_insertion_order = true")
        answer = connection.execute(f"SELECT * FROM {relation_sql(dataset)}")
        names = [each[0] for each in answer.description]
        rows = [[value or "" for value in row] for row in answer.fetchall()]
        return names, rows, aside, dataset.format.notes(dataset.files)


@pytest.mark.slow
@settings(max_examples=120, deadline=None, derandomize=True)
@given(written())
def test_any_text_comes_back_or_is_kept_aside_or_told(table):
    names, rows, content = table
    found_names, found, aside, notes = read(content)
    is_exact = found == rows and names in (None, found_names)
    assert is_exact or aside or notes


@pytest.mark.parametrize(
    ("content", "names", "rows"),
    [
        ("Report\nkey;text\n0;a\n1;b\n", ["key", "text"], [["0", "a"], ["1", "b"]]),
        ("Report\n\nby me\nkey,text\nk0,ab\nk1,\n", ["key", "text"], [["k0", "ab"], ["k1", ""]]),
        ("Report\nkey^text\nk0^a\nk1^b\n", ["key", "text"], [["k0", "a"], ["k1", "b"]]),
        ('key||text\nk0||"a|"\nk1||\n', ["key", "text"], [["k0", "a|"], ["k1", ""]]),
        (
            'key~|~text~|~b\nk0~|~~|~"|"\nk1~|~x~|~y\n',
            ["key", "text", "b"],
            [["k0", "", "|"], ["k1", "x", "y"]],
        ),
    ],
)
def test_what_stands_above_a_small_table_makes_no_column_of_it(content, names, rows):
    assert read(content.encode())[:3] == (names, rows, 0)


@pytest.mark.parametrize(
    ("content", "note"),
    [
        ("Report\n0$$a\n1$$b\n", "read as one column, though most lines hold '$'"),
        ('"0";"$\\"1";"\\"2\n', "quotes of none of its lines can be followed: they are read as text"),
        ('"a\n\n"b\n', "quotes of none of its lines can be followed: they are read as text"),
    ],
)
def test_a_doubtful_form_is_told(content, note):
    assert note in " ".join(read(content.encode())[3])


# --- is the first line one of names? ---


@pytest.mark.parametrize(
    "content",
    ["ann,Rome\nbob,Oslo\n", "ann\nbob\n", "DE,AT\nFR,IT\n", "2019,2020\n1,2\n", "ann,Rome\n"],
)
def test_where_nothing_tells_that_is_told(content):
    names, _, _, (note,) = read(content.encode())
    first = content.split("\n")[0].split(",")
    assert names == first
    assert note == (
        f"a.csv: whether its first line holds names or values nothing tells: it is taken for names ({', '.join(first)})"
    )


@pytest.mark.parametrize(
    "content",
    [
        "red,blue\nred,red\nblue,blue\n",
        "yes,no\nno,no\nyes,yes\n",
        "Red Apple,Good\nPear,Bad\nRed Apple,Bad\n",
    ],
)
def test_a_value_that_stands_again_below_is_no_name(content):
    names, rows, _, notes = read(content.encode())
    assert names == ["column_1", "column_2"]
    assert [",".join(row) for row in rows] == content.split("\n")[:-1]
    assert "its first line holds values, no names" in notes[0]


@pytest.mark.parametrize(
    "content",
    [
        "name,city\nann,Rome\n",
        "Customer Name,Ort\nann,Rome\n",
        "status,x\nopen,status\nstatus,b\n",
        "orderId\nx\n",
    ],
)
def test_words_that_columns_are_called_by_are_names(content):
    names, _, _, notes = read(content.encode())
    assert (",".join(names), notes) == (content.split("\n")[0], [])


@pytest.mark.parametrize("name", ["price", "Preis in Euro"])
@pytest.mark.parametrize("values", [["1,5", "2,25"], ["1.234,50", "-3,1", "7"], ["1,50 €", "2,25 €"]])
def test_numbers_with_a_comma_below_one_name_are_one_column(name, values):
    names, rows, aside, notes = read(("\n".join([name, *values]) + "\n").encode())
    assert (names, rows, aside) == ([name], [[value] for value in values], 0)
    assert "read as one column, though most lines hold ','" in " ".join(notes)


@pytest.mark.parametrize(
    "content", ["a,b\n1,5\n2,25\n", "price\n1,5,2\n2,25,3\n", "day;price\n1;1,5\n2;2,25\n"]
)
def test_other_numbers_with_commas_are_two_columns(content):
    names, rows, *_ = read(content.encode())
    assert [len(row) for row in rows] == [len(names)] * len(rows)
    assert len(names) > 1
