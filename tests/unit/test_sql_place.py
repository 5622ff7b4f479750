"""Places in an author's file, found from what DuckDB really says of the SQL wrapped around it."""

import duckdb
import pytest

from meshlake.sql_place import sql_place, sql_reason

WRAPPED = "COPY (SELECT *\nFROM (\n{}\n)) TO 'nowhere.parquet'"


def _message(sql):
    with pytest.raises(duckdb.Error) as raised:
        duckdb.execute(sql)
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT one", (1, 8)),
        ("\n\nSELECT\n  two", (4, 3)),
        ("-- höhe\nSELECT 'é' AS e, two", (2, 18)),
        ("SELECT 1 AS a,\n  1 AS a,\n  1 AS b,\n  one", (4, 3)),
        ("SELECT " + "1 + " * 100 + "one", (1, 408)),
    ],
)
def test_place_of_an_unknown_column_is_that_in_the_authors_file(text, place):
    assert sql_place(_message(WRAPPED.format(text)), text) == place


def test_of_equal_lines_the_one_with_the_number_told_is_meant():
    text = "SELECT a FROM (SELECT 1 AS a)\nUNION ALL\nSELECT a FROM (SELECT 1 AS b)\nUNION ALL\nSELECT 1"
    assert sql_place(_message(text), text) == (3, 8)


def test_no_place_where_the_sql_is_not_the_authors_or_none_is_told():
    assert sql_place(_message("SELECT one"), "SELECT two") is None
    assert sql_place("IO Error: no file", "SELECT one") is None


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ('Binder Error: Referenced column "a" not found!\n\nLINE 1: a', 'Referenced column "a" not found'),
        ("Invalid Input Error: it is: wrong", "it is: wrong"),
        ("INTERRUPT Error: Interrupted!", "Interrupted"),
        ("plain text", "plain text"),
    ],
)
def test_reason_is_the_first_line_without_the_kind_of_error(message, reason):
    assert sql_reason(message) == reason
