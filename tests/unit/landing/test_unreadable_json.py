"""Lines of JSON that are no objects: each is told by file, line, bytes and reason, and all others are read."""

from __future__ import annotations

import bz2
import gzip
import json
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.errors import LandingError
from meshlake.landing.relation import relation_sql, unreadable
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName


def read(dataset):
    """The rows of `dataset`, and of each line kept aside number, bytes and reason."""
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = true")
        found = unreadable(connection, dataset)
        lines = [(line.line, line.content, line.reason) for line in found.lines()]
        assert found.count == len(lines)
        return connection.execute(f"SELECT * FROM {relation_sql(dataset)}").fetchall(), lines


GOOD = b'{"id": 1}'


@pytest.mark.parametrize("packing", [lambda content: content, gzip.compress, bz2.compress])
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": 2', "is no JSON: Expecting ',' delimiter at character 9"),
        (b'{"id": 2,', "is no JSON: Expecting property name enclosed in double quotes at character 10"),
        (b'{"id": 2}{"id": 3}', "is no JSON: Extra data at character 10"),
        (b'{"id": "\t"}', "is no JSON: Invalid control character at at character 9"),
        (b'{"id": 2}\0', "is no JSON: Extra data at character 10"),
        (b"id,name", "is no JSON: Expecting value at character 1"),
        (b'{"id": "\xfc"}', "is not UTF-8: byte 9 of it"),
        (b"5", "is no JSON object, but a number"),
        (b'"5"', "is no JSON object, but a text"),
        (b"null", "is no JSON object, but null"),
        (b'[{"id": 2}]', "is no JSON object, but an array"),
        (b'{"id": 2, "id": 3}', "has the key 'id' twice"),
        (b'{"id": 2, "ID": 3}', "has the keys 'id' and 'ID', which are the same column in SQL"),
        (b'{"id": 2, "": 3}', "has an empty key"),
        (b"[" * 10_000, "is nested too deeply"),
    ],
)
def test_a_line_that_is_no_object_is_kept_aside(put, packing, line, reason):
    ending = {gzip.compress: ".gz", bz2.compress: ".bz2"}.get(packing, "")
    dataset = put(
        {f"dt=5/a.jsonl{ending}": packing(b"\r\n".join([GOOD, b"", line, GOOD])), "dt=6/b.json": GOOD}
    )
    rows, lines = read(dataset)
    assert (rows, lines) == ([("1", "5")] * 2 + [("1", "6")], [(3, line, reason)])


@pytest.mark.parametrize("line", [b"5", b'{"id": 2,', b"{"])
def test_the_first_line_may_be_the_broken_one(put, line):
    assert read(put({"a.json": line + b"\n" + GOOD + b"\n"})) == ([("1",)], [(1, line, read_reason(line))])


def read_reason(line):
    if line == b"5":
        return "is no JSON object, but a number"
    return f"is no JSON: Expecting property name enclosed in double quotes at character {len(line) + 1}"


def test_numbers_of_many_digits_stay_as_written_beside_them(put):
    dataset = put({"a.jsonl": b'{"id": 12345678901234567890.123}\n{"ID": 2}\n{"id"\n'})
    rows, lines = read(dataset)
    assert (rows, [line for line, *_ in lines]) == ([("12345678901234567890.123",), ("2",)], [3])


def test_where_no_line_is_an_object_the_first_is_told(put):
    dataset = put({"a.jsonl": "id\n1\n"})
    with pytest.raises(LandingError, match=r"a\.jsonl, line 1: it is no JSON: Expecting value .*: id"):
        relation_sql(dataset)


@pytest.mark.slow
def test_lines_are_found_in_a_file_that_is_read_in_parts(put):
    """DuckDB reads some 32 MB at a time."""
    lines = [f'{{"id": {n}, "text": "{n:0600}"}}' for n in range(60_000)]
    for broken in (7, 50_001, 59_999):
        lines[broken] = lines[broken][:-1]
    rows, found = read(put({"a.jsonl": "\n".join(lines)}))
    assert [line for line, *_ in found] == [8, 50_002, 60_000]
    assert len(rows) == len(set(rows)) == 60_000 - 3


LINES = (
    st.dictionaries(st.sampled_from(["a", "b", "B"]), st.integers() | st.text(max_size=3), min_size=1).map(
        json.dumps
    )
    | st.text('{}[]",: ab1\\', max_size=12)
    | st.dictionaries(st.just("a"), st.text(max_size=3), min_size=1)
    .map(json.dumps)
    .map(lambda line: line[:-2])
)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.lists(LINES, max_size=40), st.sampled_from(["\n", "\r\n"]))
def test_every_line_is_a_row_or_kept_aside(lines, line_end):
    text = line_end.join(['{"a": "first"}', *lines])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "crm", "people", "a.jsonl")
        place.parent.mkdir(parents=True)
        place.write_text(text, encoding="utf-8", newline="")
        rows, found = read(LandingZone(folder).dataset(DatasetName("crm", "people")))
    written = [(number, line.encode()) for number, line in enumerate(lines, 2) if line.strip()]
    assert len(rows) + len(found) == 1 + len(written)
    assert {(number, content) for number, content, _ in found} <= set(written)
