"""Lines of CSV that no row can be made of: each is told by file, line, bytes and reason, and all others are read."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.landing.test_unreadable import kept_aside

from meshlake.formats import samples
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName


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
