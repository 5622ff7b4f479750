"""Lines of CSV that no row can be made of: each is told by file, line, bytes and reason, and all others are read."""

from __future__ import annotations

import gzip

import duckdb
import pytest

from meshlake.formats import samples
from meshlake.formats.unreadable import ReadAgainError
from meshlake.landing.relation import relation_sql, unreadable

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


@pytest.mark.parametrize("size", [99_000, 3_000_000])
@pytest.mark.parametrize("at", [0, 30_000, 99_999])
def test_long_lines_are_seen_wherever_they_stand(put, monkeypatch, at, size):
    monkeypatch.setattr(samples, "_LONG_LINE_BYTES", 200_000)
    dataset = put({"a.csv": b"i\n" + b"1\n" * at + b"x" * size + b"\n" + b"2\n" * 200_000})
    assert samples.has_long_line(dataset.files[0]) == (size > 200_000)
