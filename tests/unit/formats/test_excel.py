"""Excel workbooks: values as Excel has them, a dataset per sheet, and what cannot be kept named by its cell."""

from __future__ import annotations

import datetime as dt
import math
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meshlake.errors import LandingError
from meshlake.formats import sheet
from meshlake.formats.cells import cell_name
from meshlake.formats.excel import EXCEL
from meshlake.formats.format import FILE_COLUMN, ROW_COLUMN
from meshlake.formats.workbook import open_workbook
from meshlake.landing.arrival import land
from meshlake.landing.relation import columns, lineage_sql, relation_sql
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName
from support.workbooks import Raw, styled, workbook

DAY, MOMENT, CLOCK, DURATION, TEXT_DAY, GERMAN, ZIP = range(1, 8)
FORMATS = [
    "yyyy\\-mm\\-dd",
    'dd/mm/yy hh:mm:ss "o\'clock"',
    "[$-409]h:mm:ss AM/PM;@",
    "[h]:mm:ss",
    "[Red]mmm-yy",
    '#,##0.00 "days"',
    "00000",
]
FAULT = Raw('t="e"><v>#N/A</v>')
UNKNOWN = Raw("><f>A1*2</f>")


def at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # noqa: DTZ001 - Excel has no zones


def kinds_of(connection, dataset) -> dict[str, str]:
    return {name: str(kind) for name, kind in columns(connection, dataset).items()}


def rows_of(connection, dataset):
    return connection.execute(f"SELECT * FROM {relation_sql(dataset)}").fetchall()


def one_sheet(*rows, **options) -> dict[str, bytes]:
    return {"a.xlsx": workbook({"Sheet1": rows}, number_formats=FORMATS, **options)}


# --- types and values ---


@pytest.mark.parametrize(
    ("cells", "kind", "expected"),
    [
        (["007", " 12 "], "VARCHAR", ["007", " 12 "]),
        ([1, 2], "BIGINT", [1, 2]),
        ([Raw("><v>1E3</v>"), Raw("><v>2.0</v>")], "BIGINT", [1000, 2]),
        ([1, 0.1], "DOUBLE", [1.0, 0.1]),
        ([Raw("><v>0.30000000000000004</v>"), Raw("><v>1.1000000000000001</v>")], "DOUBLE", [0.1 + 0.2, 1.1]),
        ([9007199254740993, 1], "BIGINT", [9007199254740993, 1]),
        ([9007199254740993, 0.5], "VARCHAR", ["9007199254740993", "0.5"]),
        ([9223372036854775808, 1], "VARCHAR", ["9223372036854775808", "1"]),
        ([1e300, 5e-324], "DOUBLE", [1e300, 5e-324]),
        ([True, False], "BOOLEAN", [True, False]),
        ([True, 1], "VARCHAR", ["true", "1"]),
        ([styled(45296, DAY), styled(1, DAY)], "DATE", [dt.date(2024, 1, 5), dt.date(1900, 1, 1)]),
        ([styled(59, DAY), styled(61, DAY)], "DATE", [dt.date(1900, 2, 28), dt.date(1900, 3, 1)]),
        ([styled(45296, TEXT_DAY)], "DATE", [dt.date(2024, 1, 5)]),
        ([styled(2958465, DAY)], "DATE", [dt.date(9999, 12, 31)]),
        (
            [styled(45296.5515625, MOMENT), styled(45296, DAY)],
            "TIMESTAMP",
            [at(2024, 1, 5, 13, 14, 15), at(2024, 1, 5)],
        ),
        ([styled(45296.99999999, MOMENT)], "TIMESTAMP", [at(2024, 1, 5, 23, 59, 59, 999000)]),
        ([styled(0.75, CLOCK), styled(0, CLOCK)], "TIME", [dt.time(18), dt.time(0)]),
        ([styled(1.25, DURATION), styled(-0.5, DURATION)], "VARCHAR", ["30:00:00", "-12:00:00"]),
        ([styled(45296, GERMAN)], "BIGINT", [45296]),
        ([styled(1067, ZIP), styled(80331, ZIP)], "VARCHAR", ["01067", "80331"]),
        ([5, FAULT, Raw('t="e"><v>#DIV/0!</v>')], "VARCHAR", ["5", "#N/A", "#DIV/0!"]),
        (
            [styled(0, DAY), styled(60, DAY), styled(60.5, MOMENT), styled(45296, DAY)],
            "VARCHAR",
            ["1900-01-00", "1900-02-29", "1900-02-29 12:00:00", "2024-01-05"],
        ),
        ([styled(-1, DAY), styled(2958466, DAY)], "VARCHAR", ["-1", "2958466"]),
        (
            [Raw("><v>1234567890123456.789</v>"), Raw('t="d"><v>2024-01-05T00:00:00Z</v>'), 0.5],
            "VARCHAR",
            ["1234567890123456.789", "2024-01-05T00:00:00Z", "0.5"],
        ),
        ([styled(45296, DAY), "soon"], "VARCHAR", ["2024-01-05", "soon"]),
        ([styled(45296.5, MOMENT), 1.5], "VARCHAR", ["2024-01-05 12:00:00", "1.5"]),
        ([Raw('t="str"><f>A1</f><v>x</v>'), Raw('t="str"><f>A1</f><v></v>')], "VARCHAR", ["x", None]),
        ([Raw("><f>A1*2</f><v>7</v>")], "BIGINT", [7]),
        ([Raw('t="d"><v>2024-01-05</v>')], "DATE", [dt.date(2024, 1, 5)]),
        (
            [Raw('t="inlineStr"><is><r><t>a</t></r><rPh><t>no</t></rPh><r><t>b</t></r></is>')],
            "VARCHAR",
            ["ab"],
        ),
        (["x_x000D_\ny", "_x005F_x0041_", "_xD83D_"], "VARCHAR", ["x\r\ny", "_x0041_", "_xD83D_"]),
        (
            ["HTTP 404", "No space left on device", "#N/A"],
            "VARCHAR",
            ["HTTP 404", "No space left on device", "#N/A"],
        ),
    ],
)
def test_cells_are_as_excel_has_them(connection, put, cells, kind, expected):
    dataset = put(one_sheet(["id", "value"], *([number, cell] for number, cell in enumerate(cells))))
    assert kinds_of(connection, dataset) == {"id": "BIGINT", "value": kind}
    found = connection.execute(f"SELECT value FROM {relation_sql(dataset)} ORDER BY id").fetchall()
    assert [row[0] for row in found] == expected


def test_days_may_be_counted_from_1904(connection, put):
    dataset = put(one_sheet(["d"], [styled(0, DAY)], [styled(43834, DAY)], is_1904=True))
    assert rows_of(connection, dataset) == [(dt.date(1904, 1, 1),), (dt.date(2024, 1, 5),)]


@pytest.mark.parametrize("program", ["openpyxl", "xlsxwriter"])
def test_what_other_programs_write(connection, put, program):
    content = (Path(__file__).parent / "written_by" / f"{program}.xlsx").read_bytes()
    dataset = put({"a.xlsx": content})
    assert list(kinds_of(connection, dataset).items()) == [
        ("id", "BIGINT"),
        ("code", "VARCHAR"),
        ("day", "DATE"),
        ("moment", "TIMESTAMP"),
        ("clock", "TIME"),
        ("amount", "DOUBLE"),
        ("is_open", "BOOLEAN"),
        ("note", "VARCHAR"),
    ]
    first, second, third = sorted(rows_of(connection, dataset))
    moment = at(2024, 2, 29, 13, 14, 15, 250000)
    note = "Grüße & <co>\nsecond line"
    assert first == (1, "007", dt.date(2024, 1, 5), moment, dt.time(23, 59, 59), 0.1, True, note)
    assert second[3:] == (at(9999, 12, 31, 0, 0, 1), dt.time(0), -1234567.89, False, None)
    assert third[:4] == (9007199254740991, " 0 ", dt.date(1970, 1, 1), at(1900, 1, 2, 12))


def test_what_excel_wrote_before_2007(connection, put):
    content = (Path(__file__).parent / "written_by" / "xlwt.xls").read_bytes()
    dataset = put({"a#Orders.xls": content})
    assert kinds_of(connection, dataset) == {
        **{
            "code": "VARCHAR",
            "n": "BIGINT",
            "x": "DOUBLE",
            "day": "DATE",
            "at": "TIMESTAMP",
            "clock": "TIME",
        },
        **{"how long": "VARCHAR", "ok": "BOOLEAN"},
    }
    moment, midnight = at(2024, 1, 5, 10, 30), at(2024, 1, 6)
    assert sorted(rows_of(connection, dataset), key=str) == [
        ("007", 7, 1.5, dt.date(2024, 1, 5), moment, dt.time(12), "30:00:00", True),
        (None, 2**53, -0.1, dt.date(1999, 12, 31), midnight, dt.time(6), "12:00:00", False),
    ]
    with pytest.raises(LandingError, match=r"a\.xls: it holds the sheets Orders, Faults, and does not say"):
        relation_sql(put({"a.xls": content}))


def test_an_error_in_an_old_workbook_is_its_text(connection, put):
    content = (Path(__file__).parent / "written_by" / "xlwt.xls").read_bytes()
    assert ("#N/A",) in rows_of(connection, put({"a#Faults.xls": content}))


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-(10**20), 10**20),
            st.floats(allow_nan=False, allow_infinity=False),
            st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1),
        ),
        min_size=1,
        max_size=5,
    )
)
@example([2.0**-24])
def test_any_row_of_cells_comes_back(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("any") / "a.xlsx"
    path.write_bytes(workbook({"S": [cells]}))
    with open_workbook("a", path.open("rb")) as book:
        rows = list(book.rows("S"))
    found = rows[0][1] if rows else {}
    assert [found.get(column) for column in range(1, len(cells) + 1)] == cells
    same_kind = [isinstance(c, bool) == isinstance(found.get(i), bool) for i, c in enumerate(cells, start=1)]
    assert all(same_kind)


# --- the table in a sheet ---


def test_empty_rows_and_columns_are_no_part_of_the_table(connection, put):
    dataset = put(
        one_sheet([], [], [None, "id", None, "id", " "], [], [None, 1, None, 2], [], [None, 3, 4, "x"])
    )
    assert kinds_of(connection, dataset) == {
        "id": "BIGINT",
        "column_3": "BIGINT",
        "id_1": "VARCHAR",
        "column_5": "VARCHAR",
    }
    where = f"{FILE_COLUMN}, {ROW_COLUMN}"
    query = f"SELECT {where}, id, id_1 FROM {lineage_sql(dataset, dict)[0]} ORDER BY {ROW_COLUMN}"
    assert connection.execute(query).fetchall() == [
        ("crm/customers/a.xlsx", 5, 1, "2"),
        ("crm/customers/a.xlsx", 7, 3, "x"),
    ]


def test_a_header_alone_is_a_table_without_rows_and_nothing_is_none(connection, put):
    dataset = put(one_sheet(["id", 2024, True]))
    assert kinds_of(connection, dataset) == {"id": "VARCHAR", "2024": "VARCHAR", "true": "VARCHAR"}
    assert rows_of(connection, dataset) == []
    (file,) = put({"a.xlsx": workbook({"Sheet1": []})}).files
    assert not EXCEL.has_columns(file)


def test_a_column_has_one_type_in_all_files(connection, put):
    dataset = put(
        {
            "a.xlsx": workbook({"S": [["id", "x", "y"], [9007199254740993, 1, True]]}),
            "dt=2024-01-05/b.xlsx": workbook({"S": [["ID", "X", "y"], [0.5, 2.5, 1]]}),
        }
    )
    assert kinds_of(connection, dataset) == {"id": "VARCHAR", "x": "DOUBLE", "y": "VARCHAR", "dt": "VARCHAR"}
    assert sorted(rows_of(connection, dataset)) == [
        ("0.5", 2.5, "1", "2024-01-05"),
        ("9007199254740993", 1.0, "true", None),
    ]


def test_a_file_that_was_written_again_is_read_again(connection, put):
    assert rows_of(connection, put(one_sheet(["a"], [1]))) == [(1,)]
    assert rows_of(connection, put(one_sheet(["a"], [1], [22]))) == [(1,), (22,)]


# --- what cannot be kept ---


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (UNKNOWN, "cell B2 is a formula whose value was never worked out"),
        (Raw("><f>A1</f><v></v>"), "cell B2 is a formula whose value was never worked out"),
        (Raw('t="new"><v>1</v>'), "cell B2 is of a kind that is not known here, new"),
    ],
)
def test_a_row_with_a_cell_that_cannot_be_kept_is_kept_aside(connection, put, cell, words):
    dataset = put(one_sheet(["id", "value"], ["1", cell, "x"], [2, 5]))
    assert rows_of(connection, dataset) == [(2, 5)]
    found = dataset.unreadable(connection)
    assert [line.told for line in found.lines()] == [
        f"crm/customers/a.xlsx, line 2: it is a row of Excel whose {words}: 1, ?, x"
    ]
    assert found.count == 1


def test_some_of_many_cells_are_named_and_the_others_counted(connection, put):
    dataset = put(one_sheet(["id", "a", "b", "c", "d"], [1, *[UNKNOWN] * 4], *[[UNKNOWN]] * 5, [2]))
    assert rows_of(connection, dataset) == [(2, None, None, None, None)]
    first, *others = dataset.unreadable(connection).lines()
    assert "cell B2 is a formula" in first.reason
    assert first.reason.endswith("; and 1 more")
    assert [line.line for line in others] == [3, 4, 5, 6, 7]


def test_a_name_that_cannot_be_kept_is_named(put):
    with pytest.raises(LandingError, match=r"a\.xlsx, sheet 'Sheet1': cell B1 is a formula") as caught:
        relation_sql(put(one_sheet(["id", UNKNOWN], [1, 2])))
    assert caught.value.hint


def test_rows_are_kept_aside_of_a_sheet_that_is_too_large_to_be_held(connection, put, monkeypatch):
    monkeypatch.setattr(sheet, "_MOST_HELD_CELLS", 3)
    dataset = put(one_sheet(["id"], [1], [UNKNOWN], [2]))
    assert rows_of(connection, dataset) == [(1,), (2,)]
    assert dataset.unreadable(connection).count == 1


def test_empty_rows_between_others_are_told(connection, put):
    dataset = put(one_sheet(["id"], [1], [], [], ["x"], ["p"]))
    assert rows_of(connection, dataset) == [("1",), ("x",), ("p",)]
    assert EXCEL.notes(dataset.files) == [
        "a.xlsx: empty, between others that may be tables of their own: row 3"
    ]


def test_a_first_row_without_text_has_no_names_and_is_told(connection, put):
    dataset = put(one_sheet([1, styled(45296, DAY)], [2, styled(45297, DAY)]))
    assert kinds_of(connection, dataset) == {"column_1": "BIGINT", "column_2": "DATE"}
    assert rows_of(connection, dataset) == [(1, dt.date(2024, 1, 5)), (2, dt.date(2024, 1, 6))]
    told = "its first row is taken for values, since no text is in it; columns have no names"
    assert EXCEL.notes(dataset.files) == [f"a.xlsx: {told}: A is column_1, B is column_2"]


def test_an_empty_column_between_others_is_told_since_it_may_part_tables(connection, put):
    dataset = put(one_sheet([None, "id", None, "x"], [None, 1, None, "p"]))
    assert rows_of(connection, dataset) == [(1, "p")]
    told = "a.xlsx: empty, between others that may be tables of their own: column C"
    assert EXCEL.notes(dataset.files) == [told]


def test_what_excel_hides_is_read_and_told(connection, put):
    columns = '<col min="1" max="1"/><col min="2" max="16384" hidden="1"/>'
    rows = (["id", "v"], ["a", 1], ["b", 2])
    dataset = put(one_sheet(*rows, hidden_rows=[3], hidden_columns=columns, is_hidden=True))
    assert rows_of(connection, dataset) == [("a", 1), ("b", 2)]
    assert dataset.format.notes(dataset.files) == [
        "a.xlsx: hidden in Excel, and read: the sheet; row 3; column B"
    ]


@pytest.mark.parametrize("merged", [["A2:A3"], ["A2:A3", "B2:C2"]])
def test_merged_cells_are_told_and_have_their_value_where_it_is_written(connection, put, merged):
    dataset = put(one_sheet(["id", "v"], ["a", 1], [None, 2], merged=merged))
    assert rows_of(connection, dataset) == [("a", 1), (None, 2)]
    told = f"merged cells hold their value in the first of them alone, as Excel has it: {', '.join(merged)}"
    assert EXCEL.notes(dataset.files) == [f"a.xlsx: {told}"]


@pytest.mark.parametrize(
    ("above", "told"),
    [
        ([["Report of 2024"], []], "'Report of 2024'"),
        ([[None, "Sales"], [None, 2024], ["x" * 70]], f"'Sales', '2024', '{'x' * 60}'"),
    ],
)
def test_a_title_above_the_names_is_no_part_of_the_table_and_told(connection, put, above, told):
    dataset = put(one_sheet(*above, ["id", "name", "n"], [1, "a", 5], [2, "b", 6]))
    assert rows_of(connection, dataset) == [(1, "a", 5), (2, "b", 6)]
    note = f"a.xlsx: its names stand in row {len(above) + 1}; above it, and no part of it: {told}"
    assert EXCEL.notes(dataset.files) == [note]


def test_values_right_of_the_last_name_are_a_column_and_told(connection, put):
    dataset = put(one_sheet(["id", "name"], [1, "a", None, 3], [2, "b"]))
    assert kinds_of(connection, dataset) == {"id": "BIGINT", "name": "VARCHAR", "column_4": "BIGINT"}
    assert rows_of(connection, dataset) == [(1, "a", 3), (2, "b", None)]
    assert EXCEL.notes(dataset.files) == [
        "a.xlsx: columns have values and no name in row 1: D is column_4",
        "a.xlsx: empty, between others that may be tables of their own: column C",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"id,name\n1,a\n", "it is cut off, damaged, or no Excel workbook"),
        (workbook({"S": [["a"], [1]]})[:-40], "it is cut off, damaged, or no Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "it is locked by a password, or as Excel wrote"),
        (workbook({"S": [["a"], [Raw('t="s"><v>99</v>')]]}), "it is cut off, damaged, or no Excel workbook"),
        (workbook({"S": [["a"], [Raw("><v>many</v>")]]}), "it is cut off, damaged, or no Excel workbook"),
    ],
)
def test_broken_workbooks(put, content, words):
    with pytest.raises(LandingError, match=rf"^crm/customers/a\.xlsx: {words}"):
        relation_sql(put({"a.xlsx": content}))


@given(st.data())
def test_a_workbook_cut_or_changed_anywhere_never_gives_a_defect(tmp_path_factory, data):
    whole = bytearray(workbook({"S": [["a", "b"], [1, "x"], [2.5, True]]}, number_formats=FORMATS))
    at = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        del whole[at:]
    else:
        whole[at] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("cut")
    path = folder / "crm" / "customers" / "a.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(whole)
    with suppress(LandingError):
        relation_sql(LandingZone(str(folder)).dataset(DatasetName("crm", "customers")))


# --- a dataset per sheet ---

BOOK = {"Orders": [["id"], [1]], "Empty": [], "Größe 2": [["size"], ["XL"]]}


def landed(tmp_path: Path, name: str, sheets, **options) -> tuple[LandingZone, list[tuple[str, str]]]:
    source = tmp_path / name
    source.write_bytes(workbook(sheets))
    zone = LandingZone(str(tmp_path / "landing"))
    files = land([source], zone, "crm", **options)
    return zone, [(str(file.dataset), file.name) for file in files]


def test_a_workbook_lands_as_a_dataset_of_each_sheet(connection, tmp_path):
    zone, files = landed(tmp_path, "Book 1.xlsx", BOOK)
    assert files == [
        ("landing.crm.book_1_orders", "crm/book_1_orders/Book 1#Orders.xlsx"),
        ("landing.crm.book_1_grosse_2", "crm/book_1_grosse_2/Book 1#Größe 2.xlsx"),
    ]
    assert rows_of(connection, zone.dataset(DatasetName("crm", "book_1_grosse_2"))) == [("XL",)]
    assert landed(tmp_path, "Book 1.xlsx", BOOK)[1] == files


def test_a_workbook_of_one_sheet_is_called_as_its_file(connection, tmp_path):
    zone, files = landed(tmp_path, "book.xlsx", {"Empty": [], "Orders": [["id"], [1]]})
    assert files == [("landing.crm.book", "crm/book/book.xlsx")]
    assert rows_of(connection, zone.dataset(DatasetName("crm", "book"))) == [(1,)]


def test_one_sheet_of_several_lands_by_the_name_of_the_file(connection, tmp_path):
    zone, files = landed(tmp_path, "a#b#Größe 2.xlsx", BOOK, dataset="sizes")
    assert files == [("landing.crm.sizes", "crm/sizes/a#b#Größe 2.xlsx")]
    assert rows_of(connection, zone.dataset(DatasetName("crm", "sizes"))) == [("XL",)]


@pytest.mark.parametrize(
    ("name", "sheets", "options", "words"),
    [
        ("book.xlsx", BOOK, {"dataset": "orders"}, r"it holds several tables: Orders, Größe 2"),
        ("book#Oders.xlsx", BOOK, {}, r"it has no sheet 'Oders', as its name says behind #"),
        ("book.xlsx", {"A b": [["x"]], "A-b": [["y"]]}, {}, r"'A-b' names the same dataset as 'A b'"),
        ("book.xlsx", {"A": [["x"]], "売上": [["y"]]}, {}, r"'売上' gives no name for a dataset"),
        ("book.xlsx", {"A": [["x"]], "../../b": [["y"]]}, {}, r"'../../b' gives no name for a dataset"),
    ],
)
def test_nothing_lands_of_a_workbook_whose_sheets_have_no_place(tmp_path, name, sheets, options, words):
    with pytest.raises(LandingError, match=words) as caught:
        landed(tmp_path, name, sheets, **options)
    assert caught.value.hint
    assert not (tmp_path / "landing").exists()


def test_a_workbook_put_there_by_hand_has_to_say_which_sheet(put):
    with pytest.raises(
        LandingError, match="it holds the sheets Orders, Größe 2, and does not say which"
    ) as caught:
        relation_sql(put({"a.xlsx": workbook(BOOK)}))
    assert "a#Orders.xlsx" in (caught.value.hint or "")


@given(st.integers(1, 16384), st.integers(1, 1048576))
def test_cells_are_called_as_excel_calls_them(column, row):
    name = cell_name(column, row)
    letters = name.rstrip("0123456789")
    assert int(name[len(letters) :]) == row
    number = sum((ord(c) - 64) * 26**i for i, c in enumerate(reversed(letters)))
    assert number == column
    assert len(letters) == math.ceil(math.log(column * 25 / 26 + 1, 26) - 1e-12)
