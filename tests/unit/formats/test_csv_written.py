"""Any text written into a CSV in any dialect comes back exactly, or is kept aside, or the guess is told."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pytest

from meshlake.formats.unreadable import ReadAgainError
from meshlake.landing.relation import relation_sql, unreadable
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName


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
