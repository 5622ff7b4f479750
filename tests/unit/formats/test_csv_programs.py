"""Files as programs write them: R, Google Forms, statistical offices, pages of a report, text that is half repaired."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.formats.csv_blocks import PlainRows
from meshlake.formats.csv_lines import Form
from meshlake.formats.csv_table import are_those_names


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("above", ["", "Answers 2024\n"])
def test_the_row_below_a_name_of_two_lines_is_there(read_csv, end, above):
    content = f'{above}"When","Which days suit you?\n(pick any)"\n2024-01-05,"Mon, Tue"\n2024-01-06,Wed\n'
    names, rows, aside, _ = read_csv(content.replace("\n", end))
    assert names == ["When", f"Which days suit you?{end}(pick any)"]
    assert rows == [("2024-01-05", "Mon, Tue"), ("2024-01-06", "Wed")]
    assert not aside


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("mpg\tcyl\nMazda\t21\t6\nDatsun\t22.8\t4\nValiant\t18.1\t6\n", ["column_1", "mpg", "cyl"]),
        ('"name" "qty"\n"1" "Ann" 5\n"2" "Bob Lee" 6\n', ["column_1", "name", "qty"]),
        ("id,name\n1,ann,x\n2,bob,y\n", ["id", "name", "column_3"]),  # a key is no name of a row
        ("customerId,name\n1,ann,x\n2,bob,y\n", ["customerId", "name", "column_3"]),
        ("mpg\tcyl\nMazda\t21\tNA\nDatsun\t22.8\t4\n", ["column_1", "mpg", "cyl"]),
        ("name,city\n1,ann,Rome\n2,bob,Oslo\n", ["column_1", "name", "city"]),
        ("rank,team\n1,Ajax,50\n2,PSV,49\n", ["rank", "team", "column_3"]),
        ("item,price\n1,5,EUR\n2,6,EUR\n", ["item", "price", "column_3"]),  # no price is text
        ("name,qty\nann,5,2.5\nbob,6,3.5\n", ["name", "qty", "column_3"]),
        ("email,age\na@x.de,5,NL\nb@x.de,6,FR\n", ["email", "age", "column_3"]),
        ("day,amount\n2024-01-01,5,x\n2024-01-02,6,y\n", ["day", "amount", "column_3"]),
        ("klant,stad\nann,Rome,5\nbob,Oslo,6\n", ["klant", "stad", "column_3"]),
        ("kind,name\na,ann,x\na,bob,y\n", ["kind", "name", "column_3"]),  # nor is what stands there twice
    ],
)
def test_names_that_are_one_fewer_than_values(read_csv, content, names):
    found, rows, aside, notes = read_csv(content)
    assert found == names
    assert len(rows) + 1 == len(content.splitlines())
    assert not aside
    lacking = (
        "the first column has none" if names[0] == "column_1" else "the last column is taken for the one"
    )
    assert f"its names are one fewer than its values: {lacking}" in notes
    assert "not all columns have a name" in notes


@pytest.mark.parametrize("again", ["\fid,name,qty", "ID,Name,QTY", "ID,NAME,QTY", '"ID","NAME","QTY"'])
@pytest.mark.parametrize("many", [1, 500])
def test_names_on_each_page_are_no_rows(read_csv, again, many):
    page = "1,ann,5\n" * many
    _, rows, aside, notes = read_csv(f"id,name,qty\n{page}{again}\n{page}")
    assert rows == [("1", "ann", "5")] * (2 * many)
    assert not aside
    assert f"1 line that repeat the names left out (first: line {many + 2}" in notes


def test_one_value_like_the_name_is_a_row(read_csv):
    assert read_csv("name\nann\nName\n")[1] == [("ann",), ("Name",)]


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\ufeff", '"\ufeff'])
def test_a_byte_order_mark_is_no_part_of_a_name(read_csv, mark):
    end = '"' if mark.startswith('"') else ""
    names, rows, _, _ = read_csv(f"{mark}id{end},name\n1,ann\n2,bob\n")
    assert (names, rows) == (["id", "name"], [("1", "ann"), ("2", "bob")])


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("ctg1\tgene\t1000\tID=gene1;Name=EDEN", "ctg1\texon\t2000\tID=exon{};Parent=m3"),
        ("DG\tDeutschland\t8323\tx", "0{}\tHamburg\t1853\tx"),
    ],
)
def test_a_row_with_values_among_values_is_no_name(read_csv, first, other):
    names, rows, _, notes = read_csv("\n".join([first, *(other.format(n) for n in range(1, 6))]))
    assert names == [f"column_{n}" for n in range(1, 5)]
    assert rows[0] == tuple(first.split("\t"))
    assert "its first line holds values, no names" in notes


def test_numbers_below_a_name_of_a_key_may_be_names(read_csv):
    assert read_csv("id,1,2\nA1,5,6\nA2,7,8\n")[0] == ["id", "1", "2"]


@pytest.mark.parametrize("broken", ["3,Köln\n".encode("latin-1"), b"3,Malm\xc3"])
def test_most_text_in_utf_8_is_not_read_as_other_letters_for_the_rest(read_csv, broken):
    _, rows, aside, notes = read_csv("id,city\n1,Zürich\n2,Málaga\n".encode() + broken)
    assert rows == [("1", "Zürich"), ("2", "Málaga")]
    assert aside == [broken.rstrip()]
    assert "read as UTF-8, though some bytes of it are none" in notes


def test_letters_beside_lines_of_a_frame_are_none_of_an_encoding(read_csv):
    _, rows, _, notes = read_csv("id;city\n1;東京都\n2;大阪府\n3;京都府\n".encode("euc_jp"))
    assert "KOI8" not in notes
    assert "東京都" in notes or rows[0][1] == "東京都"


@settings(max_examples=300, deadline=None)
@given(
    names=st.lists(st.text("aB\"'", min_size=1, max_size=3), min_size=2, max_size=3),
    letters=st.lists(st.booleans(), min_size=12, max_size=12),
    page=st.sampled_from(["", "\f"]),
    is_quoted=st.booleans(),
)
def test_a_line_that_says_the_names_is_never_plainly_a_row(names, letters, page, is_quoted):
    plain = PlainRows(Form(",", '"', '"'), len(names), names)
    values = [
        "".join(c.swapcase() if swap else c for c, swap in zip(name, letters, strict=False)) for name in names
    ]
    assert are_those_names([page + values[0], *values[1:]], names)
    written = [f'"{value}"' if is_quoted and '"' not in value else value for value in values]
    line = page + ",".join(written) + "\n"
    assert plain.end([line], 0, is_special='"' in line) == 0


FOUR = "id,name,qty,price\n1,ann,5,2.5\n2,bob,6,2.5\n"
FOUR_ROWS = [("1", "ann", "5", "2.5"), ("2", "bob", "6", "2.5")]


@pytest.mark.parametrize(
    ("below", "is_told"),
    [
        ("\ncity,pop,area\nRome,10,3\nOslo,20,4\n", True),
        ("\ncity,pop,area\nRome,10,3\nOslo,20,4\nBern,30,4\nNice,40,6\nMetz,1,2\n", True),  # most of the file
        ("city,pop,area\nRome,10,3\nOslo,20,4\nBern,30,4\nNice,40,6\n", True),
        ("city,pop,area\nRome,10,3\nOslo,20,4\n", True),
        ("city,pop,area\nRome,10,3\n", False),
        ("\ncode,label,kind\nA,b,c\nB,c,d\n", True),
        ("\nCities of 2024\ncity,pop,area\nRome,10,3\nOslo,20,4\n", True),
        ("\ncity,2023,2024\nRome,10,3\nOslo,20,4\n", True),
        ("\ncity,pop\nRome,10\n\na,b,c,d,e\n1,2,3,4,5\n", True),
        ("\ncity,pop,area,land,note\nRome,10,3,IT,x\n", True),
    ],
)
def test_rows_of_a_second_table_are_kept_aside(read_csv, below, is_told):
    names, rows, aside, notes = read_csv(FOUR + below)
    assert (names, rows) == (["id", "name", "qty", "price"], FOUR_ROWS)
    assert aside == [line.encode() for line in below.splitlines() if line]
    assert ("another table begins in line" in notes) == is_told
    assert is_told or "kept aside" in notes or "no row can be made" in notes


def test_a_first_table_goes_on_below_lines_of_another(read_csv):
    _, rows, aside, _ = read_csv(f"{FOUR}Rome,10,3\n7,12,3\n8,12,3\n{FOUR}3,cid,7\n")
    assert rows == [*FOUR_ROWS, *FOUR_ROWS, ("3", "cid", "7", None)]
    assert aside == [b"Rome,10,3", b"7,12,3", b"8,12,3"]


@pytest.mark.slow
@pytest.mark.parametrize("quoted", ["", '3,"a""b",4,2.5\n'])  # read by DuckDB where it lies, or from a copy
def test_a_second_table_far_behind_the_sample_is_kept_aside(read_csv, quoted):
    more = "city,pop,area\n" + "Rome,10,3\n" * 50
    _, rows, aside, _ = read_csv(FOUR + quoted + "4,dan,7,3.5\n" * 30_000 + "\n" + more)
    assert len(rows) == 30_002 + bool(quoted)
    assert aside == more.encode().splitlines()


@pytest.mark.parametrize("below", ["\n3,cid,7\n4,dan,7,3.5\n", "3,cid,7\n4,dan,8\n5,eve,9\n6,fay,1\n"])
def test_rows_that_lack_values_are_no_second_table(read_csv, below):
    _, rows, aside, notes = read_csv(FOUR + below)
    assert (len(rows), aside) == (2 + len(below.split()), [])
    assert "with fewer values than there are names: the last ones are null" in notes
