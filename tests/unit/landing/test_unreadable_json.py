"""Lines of JSON that are no objects: each is told by file, line, bytes and reason, and all others are read."""

from __future__ import annotations

import bz2
import gzip

import duckdb
import pytest

from meshlake.errors import LandingError
from meshlake.landing.relation import relation_sql, unreadable


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
