"""Workbooks that claim or hold more than Excel, or memory, can have: read some rows at a time, or refused by name."""

from __future__ import annotations

import io
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from meshlake import memory
from meshlake.errors import LandingError
from meshlake.formats import bombs, sheet
from meshlake.formats import workbook as workbook_module
from meshlake.landing.relation import relation_sql
from support.workbooks import Raw, workbook

FEW_BYTES = 40_000


def rows_of(connection, dataset):
    return connection.execute(f"SELECT * FROM {relation_sql(dataset)} ORDER BY ALL").fetchall()


@pytest.mark.parametrize("most", [0, 3, 1_000])
def test_a_sheet_too_large_to_be_held_gives_the_same_rows(connection, put, monkeypatch, most):
    monkeypatch.setattr(sheet, "_MOST_HELD_CELLS", most)
    monkeypatch.setattr("meshlake.formats.excel._CELLS_OF_A_BATCH", 4)
    rows = [["id", None, "x", "t"], [1, 5, None, "a"], [2, None, 0.5, 3], [3, None, 1, "b"]]
    dataset = put({"a.xlsx": workbook({"S": rows})})
    assert rows_of(connection, dataset) == [(1, 5, None, "a"), (2, None, 0.5, "3"), (3, None, 1.0, "b")]
    other = put({"b.xlsx": workbook({"S": [["id"], ["text"]]})})
    assert [row[0] for row in rows_of(connection, other)] == ["1", "2", "3", "text"]


def test_columns_far_apart_cost_no_more_than_they_hold(connection, put):
    names = ["id", *[None] * 16_382, "last"]
    dataset = put({"a.xlsx": workbook({"S": [names, *([n] for n in range(50))]})})
    assert rows_of(connection, dataset)[-1] == (49, None)


@pytest.mark.parametrize(
    ("name", "value", "rows", "words"),
    [
        ("_MOST_ROWS", 3, [["id"], [1], [2], [3]], "its sheet 'S' has more rows than Excel has, 3"),
        ("_MOST_COLUMNS", 2, [["id", "b", "c"]], "it has a cell in the column C, and Excel none after XFD"),
        ("_BLOCK_BYTES", 64, [["id"], [Raw(f't="str"><v>{"x" * 9_000}</v>')]], "a row of .* is over 2,500 bytes"),
        ("_TEXTS_SHARE", 1_000, [["id"], ["x"]], r"xl/sharedStrings\.xml in it unpacks to"),
        ("_PART_SHARE", 1_000, [["id"], [1]], r"_rels/.* in it unpacks to .* at most 40 are held in memory"),
    ],
)  # fmt: skip
def test_more_than_excel_or_memory_holds_is_refused(put, monkeypatch, name, value, rows, words):
    workbook_module._column_number.cache_clear()
    monkeypatch.setattr(workbook_module, name, value)
    dataset = put({"a.xlsx": workbook({"S": rows})})
    monkeypatch.setattr(memory, "_limits", [FEW_BYTES])
    with pytest.raises(LandingError, match=rf"customers/a\.xlsx: {words}"):
        relation_sql(dataset)


def test_a_workbook_that_unpacks_a_thousandfold_is_refused(put, monkeypatch):
    monkeypatch.setattr(bombs, "_ALWAYS_BYTES", 1_000_000)
    monkeypatch.setattr(bombs, "_MOST_TIMES", 100)
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", " " * 2_000_000)
    with pytest.raises(LandingError, match=r"customers/a\.xlsx: it unpacks to over 100 times its size"):
        relation_sql(put({"a.xlsx": packed.getvalue()}))
