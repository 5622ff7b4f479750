"""Lines of CSV that no row can be made of: each is told by file, line, bytes and reason, and all others are read."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.formats import samples
from meshlake.formats.unreadable import ReadAgainError
from meshlake.landing.relation import relation_sql, unreadable
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName

OPEN = "has a quote that is never closed, or text after a closing quote"
FEW = "has 1 values where the header has 2 columns"


def kept_aside(dataset, **options):
    """The rows of `dataset`, and of each line kept aside number, bytes and reason."""
    with duckdb.connect(config=options) as connection:
        while True:
            try:
                found = unreadable(connection, dataset)
                lines = [(line.line, line.content, line.reason) for line in found.lines()]
                break
            except ReadAgainError:
                continue
        assert found.count == len(lines)
        return connection.execute(f"SELECT * FROM {relation_sql(dataset)}").fetchall(), lines


@pytest.mark.parametrize(
    ("content", "rows", "lines"),
    [
        ("id,n\n1,a\n2\n", 1, [(3, b"2", FEW)]),
        ("id,n\n1,a\n2,b,c\n3,c\n", 2, [(3, b"2,b,c", "has 3 values where the header has 2 columns")]),
        ("id,n\n1,a\n2,b,c,d\n", 1, [(3, b"2,b,c,d", "has 4 values where the header has 2 columns")]),
        ("id,n\r\n1,a\r\n2\r\n3,c\r\n", 2, [(3, b"2", FEW)]),
        ("id,n\r1,a\r2\r3,c\r", 2, [(3, b"2", FEW)]),
        ('id,n\n1,"a\nb"\n2\n', 1, [(4, b"2", FEW)]),
        ('id,n\n1,a\n2,"b" c\n3,c\n', 3, []),
        ('id,n\n1,a\n2,"b" c,d\n3,c\n', 2, [(3, b'2,"b" c,d', OPEN)]),
        ('id,n\n1,"a\n2,b\n3,"c"\n4,d\n', 3, [(2, b'1,"a', OPEN)]),
        ('id,n\n1,a\n2,"b\n', 1, [(3, b'2,"b', OPEN)]),
        ('id,n\n1,"a\n2,"b\n3,c\n4\n', 1, [(2, b'1,"a', OPEN), (3, b'2,"b', OPEN), (5, b"4", FEW)]),
        ("id,n\n1,ü\n2\n".encode("latin-1"), 1, [(3, b"2", FEW)]),
        ("id,n\n1,ü\nü\n".encode("latin-1"), 1, [(3, b"\xfc", FEW)]),
        ("\ufeffid,n\n1,ü\nü\n", 1, [(3, "ü".encode(), FEW)]),
        ("id,n\n1,ü\nü\n".encode("utf-16"), 1, [(3, "ü".encode("utf-16-le"), FEW)]),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_lines_are_kept_aside(put, ending, content, rows, lines):
    content = content.encode() if isinstance(content, str) else content
    dataset = put({f"a.{ending}": content if ending == "csv" else gzip.compress(content, mtime=0)})
    read, found = kept_aside(dataset)
    assert (len(read), found) == (rows, lines)


BELOW = "stands below the table, and is none of its rows"


@pytest.mark.parametrize(
    ("rows", "footer", "count"),
    [
        (["1,a,b", "2,c,d"], ["Total,3"], 1),
        (["1,a,b", "2,c,d"], ["(2 rows)"], 1),
        (["x,a,b", "y,c,d"], ["-- end of report"], 1),
        (["x,a,b", "y,c,d"], ["", "Printed by Ann,Berlin"], 1),
        (["1,a,b", "2,c,d"], ["", "Summe,2", "", "2 rows"], 2),
        # Cut off, or short among rows: damaged, and none of them below the table.
        (["1,a,b", "2,c,d"], ["3"], 0),
        (["x,a,b", "y,c,d"], ["z"], 0),
        (["1,a,b"], ["Total", "2,c,d"], 0),
        (["1,a,b"], ["Total", "(1 row)"], 0),
    ],
)
def test_lines_below_a_table_are_kept_aside_as_such(put, rows, footer, count):
    dataset = put({"a.csv": "\n".join(["id,n,m", *rows, *footer, ""])})
    with duckdb.connect() as connection:
        found = unreadable(connection, dataset)
        read = connection.execute(f"SELECT * FROM {relation_sql(dataset)}").fetchall()
    below = [line.content.decode() for line in found.lines() if line.reason == BELOW]
    assert (found.footer_count, below) == (count, [line for line in footer if line] if count else [])
    assert len(read) + found.count == len(rows) + sum(map(bool, footer))


def test_a_line_that_is_too_long_is_kept_with_its_beginning(put):
    dataset = put({"a.csv": b"id,n\n1," + b"x" * 5_000_000 + b"\n2,b\n"})
    read, [(line, content, reason)] = kept_aside(dataset)
    assert read == [("2", "b")]
    assert (line, reason) == (2, "is over 2 MB long, of which the beginning is kept")
    assert content.startswith(b"1,xxx")


def test_each_file_tells_its_own_lines(put):
    files = {
        "dt=1/a.csv": "id,n\n1,a\n2\n",
        "dt=2/a.csv": 'id,n\n1,"a\n2,b\n',
        "dt=3/a.csv": "n,id\na,1\nb\n",
    }
    read, found = kept_aside(put(files))
    assert sorted(row[2] for row in read) == ["1", "2", "3"]
    assert [(line, content) for line, content, _ in found] == [(3, b"2"), (2, b'1,"a'), (3, b"b")]


@pytest.mark.slow
def test_what_stands_after_an_open_quote_is_read_in_a_large_file(put):
    """DuckDB 1.5.5 drops up to 8 MB after such a line without a word."""
    lines = [f"{n},a text that makes lines long: {n:09}" for n in range(400_000)]
    for broken in (1000, 250_000):
        lines[broken] = f'{broken},"never closed'
    lines[300_000] = "300000"
    read, found = kept_aside(put({"a.csv": "\n".join(["id,n", *lines, ""])}), threads=2)
    assert len(read) == len({row[0] for row in read}) == 400_000 - 3
    assert [line for line, _, _ in found] == [1002, 250_002, 300_002]


CELL = st.text(alphabet="ab,\"' \nü", max_size=4)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELL, max_size=4), min_size=1, max_size=6))
def test_every_line_is_a_row_or_kept_aside(cells):
    """Cells are written as they are, with no thought of quotes: some lines are rows, the others are not."""
    text = "\n".join(",".join(row) for row in cells)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "crm" / "people"
        place.mkdir(parents=True)
        (place / "a.csv").write_text(f"id,n\n{text}\n", newline="")
        dataset = LandingZone(folder).dataset(DatasetName("crm", "people"))
        read, found = kept_aside(dataset)
    in_rows = sum(1 + sum((value or "").count("\n") for value in row) for row in read)
    blank = sum(not line for line in text.split("\n"))
    in_lines = sum(1 + content.count(b"\n") for _, content, _ in found)
    assert text.count("\n") + 1 - blank <= in_rows + in_lines <= text.count("\n") + 1


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_lines_that_duckdb_leaves_out_without_a_word_are_kept_aside(put, monkeypatch, ending):
    """Those over its buffer, which here are those over 100,000 bytes."""
    monkeypatch.setattr(samples, "_LONG_LINE_BYTES", 100_000)
    monkeypatch.setattr(samples, "_GLANCE_BYTES", 100)
    content = b"id,n\n" + b"1,a\n" * 50_000 + b"2," + b"x" * 2_100_000 + b"\n" + b"3,c\n" * 50_000
    dataset = put({f"a.{ending}": gzip.compress(content) if ending.endswith("gz") else content})
    assert samples.has_long_line(dataset.files[0])
    found, lines = kept_aside(dataset)
    assert [(line, reason) for line, _, reason in lines] == [
        (50_002, "is over 2 MB long, of which the beginning is kept")
    ]
    assert len(found) == 100_000


@pytest.mark.parametrize("size", [99_000, 3_000_000])
@pytest.mark.parametrize("at", [0, 30_000, 99_999])
def test_long_lines_are_seen_wherever_they_stand(put, monkeypatch, at, size):
    monkeypatch.setattr(samples, "_LONG_LINE_BYTES", 200_000)
    dataset = put({"a.csv": b"i\n" + b"1\n" * at + b"x" * size + b"\n" + b"2\n" * 200_000})
    assert samples.has_long_line(dataset.files[0]) == (size > 200_000)
