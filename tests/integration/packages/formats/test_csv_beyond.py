"""What stands behind the sample by which a CSV file is judged: read, or kept aside and told; never misread."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.engines.duckdb.connection import connect
from meshlake.formats.csv_blocks import PlainRows
from meshlake.formats.csv_lines import Form, RecordReader, without_end
from meshlake.landing.relation import relation_sql, unreadable

NAMES = "id,name,amount,code\n"
ROWS = 10_000
FIRST = "".join(f"{n},name {n},{n}.25,x{n % 7}\n" for n in range(ROWS))  # more than the sample of 256 KiB
MORE = "".join(f"{n},name {n},{n}.25,x{n % 7}\n" for n in range(ROWS, ROWS + 100))


@pytest.fixture
def read(settings, put):
    """How many rows a file has, how many lines are kept aside, and what is told of it."""

    def read_(content):
        dataset = put({"a.csv": content})
        with connect(settings) as connection:
            found = f"FROM {relation_sql(dataset)}"
            count, *others = connection.execute(
                f"SELECT count(*), count(CASE WHEN id = 'id' OR code NOT LIKE 'x%' THEN 1 END) {found}"
            ).fetchone()
            aside = unreadable(connection, dataset).count
        assert others == [0]
        return count, aside, dataset.format.notes(dataset.files)

    return read_


@pytest.mark.parametrize(
    ("rest", "rows", "aside", "note"),
    [
        (NAMES + MORE, 100, 0, "1 line that repeat the names left out (first: line 10,002)"),
        (MORE.replace("\n", "\r\n"), 100, 0, None),
        (MORE.replace("\n", "\r"), 100, 0, None),
        (MORE.replace(",", ";"), 0, 100, None),
        (MORE.replace("\n", ",more\n"), 0, 100, None),
        ("Total;3\nend of file\n", 0, 2, None),
        ("\nday,count\n" + "2024-01-05,7\n" * 50, 0, 51, None),
        ('7,"open,1.5,x\n' + MORE, 100, 1, "1 line of which no row can be made (first: line 10,002)"),
        ("7,Zoë,1.5,x\n".encode("latin-1") + MORE.encode(), 101, 0, "a guess (confidence"),
        ("# comment\n\n\n" + MORE, 100, 1, None),
        ('7,"a\r\nb",1.5,x\n' + MORE, 101, 0, None),
    ],
)
def test_what_does_not_fit_is_kept_aside_or_read_as_what_it_is(read, rest, rows, aside, note):
    whole = (NAMES + FIRST).encode() + (rest if isinstance(rest, bytes) else rest.encode())
    count, kept, notes = read(whole)
    assert (count, kept) == (ROWS + rows, aside)
    assert note is None or any(note in each for each in notes)


def test_line_ends_that_change_the_other_way(read):
    assert read((NAMES + FIRST).replace("\n", "\r\n") + MORE) == (ROWS + 100, 0, [])


FORMS = [
    Form(",", '"', '"'),
    Form("||", '"', '"'),
    Form(";", "'", "'"),
    Form("\t", '"', "\\"),
    Form(";", "", ""),
]


@settings(max_examples=300, deadline=None)
@given(
    form=st.sampled_from(FORMS),
    line=st.text(st.sampled_from("aé ,;|\t\"'\\\udcff\x1f"), max_size=12),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    width=st.integers(1, 4),
)
def test_a_line_that_is_plainly_a_row_is_one_to_who_reads_it_well(form, line, end, width):
    plain = PlainRows(form, width, ["a", "é"], "" if form.quote == '"' == form.escape else "\x1f")
    if not plain.end([line + end], 0, is_special=True):
        return
    (record,) = RecordReader(form, width).records([(1, line + end)])
    cells = record.cells
    assert cells is not None
    assert (len(cells), record.is_mended, record.text) == (width, False, without_end(line + end))
    written = form.delimiter.join(
        '"' + c.value.replace('"', '""') + '"' if c.is_quoted else c.value for c in cells
    )
    assert written == line
    assert [cell.value for cell in cells] != ["a", "é"]
