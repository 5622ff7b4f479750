import io

import duckdb
import pytest
from rich.cells import cell_len

from meshlake.engines.duckdb.answer import DuckDBAnswer
from meshlake.errors import UsageError
from meshlake.query.guard import check_select
from meshlake.query.table import write_plan, write_table


class Screen(io.StringIO):
    def isatty(self):
        return True


def lines(sql, waited_seconds=0, **options):
    stream = options.pop("stream", io.StringIO())
    with duckdb.connect() as connection:
        answer = DuckDBAnswer(connection, check_select(sql))
        answer.asked_at -= waited_seconds
        write_table(answer, stream, **options)
    return stream.getvalue().splitlines()


def test_numbers_are_right_aligned_and_texts_left():
    sql = "SELECT * FROM (VALUES ('Ana', 7, 1.50), ('Bo', NULL, 10.25)) t(name, age, balance)"
    *table, footer = lines(sql)
    assert table == [
        " name │  age │ balance",
        "──────┼──────┼─────────",
        " Ana  │    7 │    1.50",
        " Bo   │ NULL │   10.25",
    ]
    assert footer.startswith("2 rows, 0.")
    assert footer.endswith(" s")


def test_one_row_and_no_rows():
    assert lines("SELECT 1 AS a")[-1].startswith("1 row, ")
    assert lines("SELECT 1 AS a WHERE false")[0] == " a"
    assert lines("SELECT 1 AS a WHERE false")[-1].startswith("0 rows, ")


def test_the_time_is_counted_from_when_it_was_asked():
    footer = lines("SELECT 1 AS a", waited_seconds=100)[-1]
    assert 100 <= float(footer.removeprefix("1 row, ").removesuffix(" s")) < 200


def test_nulls_differ_from_the_word_on_a_screen():
    null, word = lines("VALUES (NULL), ('NULL')", stream=Screen())[2:4]
    assert null == " \x1b[2mNULL\x1b[0m"
    assert word == " NULL"


def test_wide_characters_keep_columns_straight():
    table = lines("SELECT * FROM (VALUES ('日本', 1), ('e\u0301é', 2), ('x', 3)) t(a, b)")[:-1]
    assert {cell_len(line.partition("│")[0]) for line in table if "│" in line} == {6}


def test_what_could_steer_the_terminal_is_made_visible():
    row = lines("SELECT 'a' || chr(27) || '[31mb' || chr(10) || 'c' || chr(8238) || chr(9) || 'd' AS t")[2]
    assert row == " a\N{REPLACEMENT CHARACTER}[31mb↵c\N{REPLACEMENT CHARACTER} d"
    assert lines('SELECT 1 AS "a\nb"')[0] == " a↵b"


@pytest.mark.parametrize(("columns", "width"), [(80, 60), (61, 59), (40, 38)])
def test_long_texts_are_cut_to_the_screen_and_it_says_so(columns, width):
    *_, row, _, footer = lines("SELECT repeat('x', 200) AS t", screen_columns=columns)
    assert row == " " + "x" * (width - 1) + "…"
    assert footer == "Cut at the …: t. Whole with --format csv or jsonl."


def test_a_long_name_is_told_whole():
    name = "n" * 50
    assert lines(f"SELECT 1 AS {name}", screen_columns=40)[-1].startswith(f"Cut at the …: {name}.")


def test_long_texts_are_whole_where_there_is_no_screen():
    *_, row, footer = lines("SELECT repeat('x', 200) AS t")
    assert row == " " + "x" * 200
    assert footer.startswith("1 row, ")


def test_columns_that_do_not_fit_are_named():
    table = lines("SELECT repeat('a', 30) AS a, repeat('b', 30) AS b, 1 AS c", screen_columns=65)
    assert max(cell_len(line) for line in table[:3]) <= 65
    assert table[0].split() == ["a", "│", "b"]
    assert table[-1] == "Not shown, for the screen is too narrow: c."


def test_the_first_column_is_always_shown():
    assert lines("SELECT repeat('a', 30) AS a, 2 AS b", screen_columns=10)[0].strip() == "a"


def test_rows_are_limited_and_it_says_so():
    table = lines("SELECT range AS n FROM range(5000)")
    assert len(table) == 2 + 1000 + 2
    assert table[-2].startswith("1,000 rows, ")
    assert "--limit" in table[-1]


@pytest.mark.parametrize(("limit", "row_count"), [(3, 3), (2500, 2500), (None, 5000)])
def test_the_limit_can_be_raised_or_lifted(limit, row_count):
    table = lines("SELECT range AS n FROM range(5000)", row_limit=limit)
    assert [int(line) for line in table[2 : 2 + row_count]] == list(range(row_count))
    assert not table[2 + row_count].startswith(" ")


def test_exactly_as_many_rows_as_the_limit_are_not_called_cut():
    assert lines("SELECT range AS n FROM range(3)", row_limit=3)[-1].startswith("3 rows, ")


def test_a_mistake_is_placed_in_the_users_sql():
    with pytest.raises(UsageError, match=r"\bnope\b.*not found"):
        lines("SELECT nope FROM range(1)")


def test_the_plan_of_a_query_is_text():
    stream = io.StringIO()
    with duckdb.connect() as connection:
        query = check_select("EXPLAIN ANALYZE SELECT sum(range) FROM range(10)")
        write_plan(DuckDBAnswer(connection, query), stream)
    assert "RANGE" in stream.getvalue().upper()
