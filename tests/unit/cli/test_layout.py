"""What is printed fits the screen, and is all there."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from meshlake.cli.layout import fold, record_lines, table_lines

HEAD = ["product", "published (UTC)", "rows", "size", "state"]
ROWS = [
    ["retention.churn_predictions", "2026-11-24 12:00:03", "1,234,567,890", "12.3 MB", "published"],
    ["crm.people", "-", "7", "90 B", "published, its folder changed since"],
]
NUMBERS = [False, False, True, False, False]


def laid(screen_columns, head=HEAD, rows=ROWS, numbers=NUMBERS):
    return table_lines(head, rows, numbers, screen_columns)


def test_what_fits_is_a_plain_table():
    assert laid(120) == laid(None)
    assert laid(None) == [
        "product                      published (UTC)               rows  size     state",
        "retention.churn_predictions  2026-11-24 12:00:03  1,234,567,890  12.3 MB  published",
        "crm.people                   -                                7  90 B     published, its folder changed since",
    ]


def test_the_widest_columns_are_folded_first():
    assert laid(92) == [
        "product                      published (UTC)               rows  size     state",
        "retention.churn_predictions  2026-11-24 12:00:03  1,234,567,890  12.3 MB  published",
        "crm.people                   -                                7  90 B     published, its",
        "                                                                          folder changed",
        "                                                                          since",
    ]


def test_a_table_too_wide_for_its_words_is_one_record_a_row():
    assert laid(40, rows=ROWS[:1]) == [
        "product",
        "  retention.churn_predictions",
        "published (UTC)  2026-11-24 12:00:03",
        "rows             1,234,567,890",
        "size             12.3 MB",
        "state            published",
    ]


def test_records_are_apart_and_leave_out_what_is_empty():
    assert record_lines(["a", "bc", ""], [["1", "", "note"], ["", "2", ""]]) == [
        "a   1",
        "    note",
        "",
        "bc  2",
    ]


def test_a_table_longer_than_its_records_is_records():
    description = "the number by which the operator knows the customer in all of its systems, and no other"
    assert laid(30, ["column", "about"], [["customer_id", description]], [False, False]) == [
        "column  customer_id",
        "about   the number by which",
        "        the operator knows the",
        "        customer in all of its",
        "        systems, and no other",
    ]


def test_no_rows_leave_the_head():
    assert laid(None, rows=[]) == ["product  published (UTC)  rows  size  state"]


def test_what_would_steer_the_screen_is_made_visible():
    assert laid(None, ["a\nb"], [["\x1b[31mred\ttext"]], [False])[1:] == [
        "\N{REPLACEMENT CHARACTER}[31mred text"
    ]


def test_names_of_columns_alone_are_styled():
    assert table_lines(["a", "b"], [["1", "2"]], [True, True], None, lambda text: f"*{text}*") == [
        "*a  b*",
        "1  2",
    ]
    assert table_lines(["aa", "bbbb"], [["1", "2"]], [True, True], 7, lambda text: f"*{text}*") == [
        "*aa*    1",
        "*bbbb*  2",
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("  indented", ["  indented"]),
        ("one two three four", ["one two", "three four"]),
        ("4738038139076527123 and so on", ["473803813907", "6527123 and", "so on"]),
        ("日本日本日本日本", ["日本日本日本", "日本"]),
    ],
)
def test_text_is_folded_between_words(text, lines):
    assert fold(text, 12) == lines


WORDS = st.text("ab19.,_日é ", max_size=60)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=4), st.integers(15, 100))
def test_nothing_is_cut_and_nothing_is_wider_than_the_screen(rows, screen_columns):
    lines = table_lines(["id", "rows", "note"], rows, [False, True, False], screen_columns)
    assert max(map(cell_len, lines), default=0) <= screen_columns
    expected, shown = (Counter("".join(texts).replace(" ", "")) for texts in (map("".join, rows), lines))
    assert not expected - shown
