"""JSON that is not lines: arrays, objects over several lines, keys in different cases, and pages told as such."""

from __future__ import annotations

import gzip
import json

import pytest

from meshlake.errors import LandingError
from meshlake.landing.failures import explained
from meshlake.landing.relation import columns, lineage_sql, relation_sql, unreadable


def rows(connection, dataset, *, lineage=False):
    with explained([dataset]):
        return connection.execute(
            f"SELECT * FROM {lineage_sql(dataset, dict)[0] if lineage else relation_sql(dataset)} ORDER BY ALL"
        ).fetchall()


@pytest.mark.parametrize(
    "content",
    [
        '[{"id": 1, "o": {"k": [1, "y"]}}, {"id": "2"}]',
        '\n [\n  {"id": 1,\n   "o": {"k": [1, "y"]}},\n  {"id": "2"}\n ]\n',
        '{\n  "id": 1,\n  "o": {"k": [1, "y"]}\n}\n{"id": "2"}\n',
        '{"id": 1, "o": {"k": [1, "y"]}}\n{"id": "2"}\n',
        '{"id": 1,\n "o": {"k": [1, "y"]}} {"id": "2"}',
    ],
)
@pytest.mark.parametrize("packing", ["", ".gz"])
def test_objects_are_read_however_they_stand(connection, put, content, packing):
    written = gzip.compress(content.encode(), mtime=0) if packing else content
    dataset = put({f"a.json{packing}": written, "b.jsonl": '{"id": 3}\n'})
    assert rows(connection, dataset) == [("1", '{"k":[1,"y"]}'), ("2", None), ("3", None)]


WRITTEN = {"lines": '{"id": 1, "o": "é"}\n{"id": 2}\n', "array": '[{"id": 1, "o": "é"},\n {"id": 2}]\n'}


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("ending", [".jsonl", ".ndjson", ".json", ".json.gz"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_content_says_how_objects_stand_and_are_encoded_and_no_name(
    connection, put, written, ending, encoding
):
    content = WRITTEN[written].encode(encoding)
    content = gzip.compress(content, mtime=0) if ending.endswith(".gz") else content
    dataset = put({f"k=v/a{ending}": content, "k=w/b.jsonl": '{"id": 3}\n'})
    assert rows(connection, dataset) == [("1", "é", "v"), ("2", None, "v"), ("3", None, "w")]
    told = {"utf-8": [], "utf-8-sig": [f"a{ending}: a byte order mark at its beginning is left out"]}
    shown = encoding.upper()
    assert dataset.format.notes(dataset.files) == told.get(encoding, [f"a{ending}: read as {shown}"])


def test_lines_of_arrays_are_kept_aside_and_those_of_objects_read(connection, put):
    dataset = put({"a.jsonl": '[1, 2]\n{"id": 1}\n[3]\n'})
    assert [line.line for line in unreadable(connection, dataset).lines()] == [1, 3]
    assert rows(connection, dataset) == [("1",)]


def test_broken_utf_16_is_kept_aside_whole(connection, put):
    broken = '{"id": 1}\n'.encode("utf-16")[:-1]
    dataset = put({"a.json": broken, "b.json": '{"id": 2}\n'})
    assert [line.told for line in unreadable(connection, dataset).lines()] == [
        "crm/customers/a.json: it is no UTF-16, as which it begins (the whole file is kept aside)"
    ]
    assert rows(connection, dataset) == [("2",)]


def test_rows_of_an_array_are_numbered(connection, put):
    dataset = put({"a.json": '[{"id": 7}, {"id": 8}]'})
    assert rows(connection, dataset, lineage=True) == [
        ("7", 1, "crm/customers/a.json"),
        ("8", 2, "crm/customers/a.json"),
    ]


def test_keys_in_different_cases_are_one_column(connection, put):
    dataset = put({"a.jsonl": '{"ID": 1, "a/b~c": 1.5}\n{"id": 2}\n', "k=v/b.json": '[{"Id": null}]'})
    assert list(columns(connection, dataset)) == ["ID", "a/b~c", "k"]
    assert rows(connection, dataset) == [("1", "1.5", None), ("2", None, None), (None, None, "v")]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12345678901234567890.123", "12345678901234567890.123"),
        ("9007199254740993.0", "9007199254740993.0"),
        ("0.12345678901234567", "0.12345678901234567"),
        ("-1234567890123456789e-5", "-1234567890123456789e-5"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ('[1.50, {"x": 12345678901234567890.123, "1.5": "2.50"}]', None),
        ('{"q\\"1": "a \\" 5", "n": -0.12345678901234567}', None),
        ('"12345678901234567890.123"', "12345678901234567890.123"),
        ('"\\u00e9 1.5, 0.12345678901234567"', "é 1.5, 0.12345678901234567"),
        ("0.30000000000000004", "0.30000000000000004"),
    ],
)
@pytest.mark.parametrize("key", ["n", 'a/b~"c'])
def test_long_numbers_are_as_they_are_written(connection, put, written, expected, key):
    content = json.dumps({key: 0}).replace(": 0", f": {written}") + '\n{"id": 1.5}\n'
    dataset = put({"a.jsonl": content})
    position = list(columns(connection, dataset)).index(key)
    (found,) = [row[position] for row in rows(connection, dataset) if row[position] is not None]
    assert found.replace(" ", "") == (expected or written).replace(" ", "")


OTHERS = ['"x"', "true", '{"b": 2}', "[]", '"2.50"']


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("written", ["1.10", "1e3", "-0.50", "12E+2"])
def test_numbers_beside_what_is_none_stay_as_they_are_written(connection, put, written, other):
    """The column is text, in which 1.10 is a version, and not 1.1."""
    dataset = put(
        {"a.jsonl": f'{{"v": {written}, "n": 2.50}}\n{{"v": 7}}\n', "b.json": f'[{{"v": {other}}}]'}
    )
    found = [row[0] for row in rows(connection, dataset)]
    assert {written, "7"} < set(found)


def test_numbers_alone_stay_as_they_are_written(connection, put):
    dataset = put({"a.jsonl": '{"v": 1.10, "t": "a"}\n{"v": 1e3, "t": "b"}\n{"v": null, "t": "c"}\n'})
    assert rows(connection, dataset) == [("1.10", "a"), ("1e3", "b"), (None, "c")]
    assert dataset.format.numbers(dataset.files) == {"v"}


def test_a_key_twice_is_told_beside_a_long_number(connection, put):
    with pytest.raises(LandingError, match=r"a\.json: an object has the key 'n' twice"):
        relation_sql(put({"a.json": '[{"n": 12345678901234567890.123, "n": 1}]\n'}))


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.json.gz", "a.json.zst"])
def test_an_empty_file_adds_nothing(connection, put, name):
    packed = gzip.compress(b'{"id": 1}\n')
    assert rows(connection, put({name: b"", "b.jsonl.gz": packed})) == [("1",)]


@pytest.mark.parametrize("content", ["[]", "[ ]\n"])
def test_an_empty_array_adds_nothing(connection, put, content):
    assert rows(connection, put({"a.json": content, "b.json": '{"id": 1}'})) == [("1",)]
    with pytest.raises(LandingError, match="is empty: no file of it has columns"):
        relation_sql(put({"b.json": content}))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'[{"id": 1},', "its JSON array is cut off"),
        (b'[{"id": 1}, {"id"', "its JSON array is cut off"),
        (b'[{"id": 1}, [2]', "Expected OBJECT|unexpected"),
        (b'[{"id": 1}, 5]', "Expected OBJECT"),
        (b'[{"id": 1},\n {"id": 2} {"id": 3}]', "line 2, column 12: unexpected character"),
        (b'[{"id": 1},\n {"id": "\xff"}]', "line 2: invalid UTF-8"),
        (b'[{"id": 1, "id": 2}]', "duplicate key"),
        (b'[{"": 1}]', "a JSON key is empty"),
        (b'[{"id": 1, "ID": 2}]', "the JSON keys '(id|ID)' and '(id|ID)' are the same column"),
        (b'{\n"id": 1,\n"n": }', r"line 3, column 6: unexpected character"),
        (b" <!DOCTYPE html>\n<html>", "it is an HTML page, such as a server's error"),
        (b'<?xml version="1.0"?><Error/>', "it is an XML document"),
    ],
)
def test_broken_json_is_told(connection, put, content, words):
    with pytest.raises(LandingError, match=rf"a\.json.*{words}|crm/customers: {words}|{words}"):
        rows(connection, put({"a.json": content}))


@pytest.mark.parametrize(
    "name", ["a.csv", "a.parquet", "a.jsonl", "a.xlsx", "a.xls", "a.orc", "a.avro", "a.xml"]
)
@pytest.mark.parametrize("page", [b"<!doctype HTML><p>Sign in", b"\xef\xbb\xbf\r\n<html lang=en><body>404"])
def test_a_page_in_place_of_a_file_is_told(connection, put, name, page):
    with pytest.raises(LandingError, match=rf"{name}: it is an HTML page"):
        rows(connection, put({name: page}))


def test_an_object_too_large_to_be_read_is_told(put):
    dataset = put({"a.jsonl": '{"id": 1}\n{"id": 2, "text": "' + "x" * 40_000_000 + '"}\n{"id": 3}\n'})
    with pytest.raises(LandingError, match=r"customers/a\.jsonl: it holds an object of over 16 MB") as caught:
        relation_sql(dataset)
    assert "jq -c '.LIST[]' FILE > FILE.jsonl" in caught.value.hint


DEEP = "[" * 10_000 + "]" * 10_000


@pytest.mark.parametrize(
    "content",
    [f'{{"a":{DEEP},"b":1}}\n{{"a":[],"b":2}}\n', f'[{{"a":{DEEP},"b":1}},{{"a":[],"b":2}}]'],
    ids=["lines", "array"],
)
def test_json_ten_thousand_deep_is_read(connection, put, content):
    dataset = put({"a.json": content})
    found = connection.execute(f"SELECT a, b FROM {relation_sql(dataset)} ORDER BY b").fetchall()
    assert [(str(a), str(b)) for a, b in found] == [(DEEP, "1"), ("[]", "2")]


IN_A_LIST = "the records are in its list '{}', and what stands beside that is not read"


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ('{"results": [{"id": 1.50, "t": "]"}, {"id": 2}], "next": null, "tags": ["a"]}', "results"),
        (
            '{\n "meta": {"page": 1},\n "response": {"docs": [{"id": 1.50, "t": "]"}, {"id": 2}]}\n}\n',
            "response.docs",
        ),
        ('{"customers": [{"id": 1.50, "t": "]"}, {"id": 2}], "count": 2}', "customers"),
        ('{"odd": [{"id": 1.50, "t": "]"}, {"id": 2}]}', "odd"),
    ],
)
@pytest.mark.parametrize("packing", ["", ".gz"])
def test_records_in_an_object_are_the_rows(connection, put, content, path, packing):
    written = gzip.compress(content.encode(), mtime=0) if packing else content
    dataset = put({f"a.json{packing}": written, "empty.json": '{"data": []}', "b.jsonl": '{"id": 3}\n'})
    assert rows(connection, dataset) == [("1.50", "]"), ("2", None), ("3", None)]
    assert f"a.json{packing}: {IN_A_LIST.format(path)}" in dataset.format.notes(dataset.files)


def test_an_object_with_a_list_that_may_be_a_record_is_a_row_and_told(connection, put):
    dataset = put({"1.json": '{"id": 1, "lines": [{"n": 1}]}', "2.json": '{"id": 2, "lines": [{"n": 7}]}'})
    assert rows(connection, dataset) == [("1", '[{"n":1}]'), ("2", '[{"n":7}]')]
    assert dataset.format.notes(dataset.files) == [
        "1.json and 1 more: read as one row, with the list 'lines' in it: to read that, "
        "jq -c '.lines[]' FILE > FILE.jsonl"
    ]


def test_records_in_the_pages_of_lines_are_the_rows(connection, put):
    pages = [
        '{"records": [{"id": 1.50, "t": "]"}, {"id": 2}], "next": "p2", "links": {"self": "/"}}',
        "",
        '{"records": [], "hasMore": true}',
        '{"records": [{"id": 3}]}',
    ]
    dataset = put({"a.jsonl": "\n".join(pages), "b.json": f'{{"odd": [{{"id": {"4" * 300_000}}}]}}\n' * 2})
    ids = [("1.50", "]"), ("2", None), ("3", None), ("4" * 300_000, None), ("4" * 300_000, None)]
    assert rows(connection, dataset) == ids
    told = "each line is a page: the records are in its list '{}', and what stands beside that is not read"
    assert dataset.format.notes(dataset.files) == [
        f"a.jsonl: {told.format('records')}",
        f"b.json: {told.format('odd')}",
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (
            '{"u": "ann", "items": [{"n": 1}]}\n' * 2,
            "each object is read as one row, with the list 'items' beside 'u'",
        ),
        ('{"data": [{"n": 1}]}\n{"data": [{', "line 1 is a page with the list 'data', and line 2 is none"),
        ('{"data": [{"n": 1}]}\n{"data": [{}], "u": 2}\n', "list 'data', and line 2 is none"),
        ('{"data":\n [{"n": 1}]\n}\n' * 2, "each object is read as one row, with the list 'data' in it"),
        ('{"id": 7, "items": [{"n": 1}]}\n' * 2, ""),
    ],
)
def test_lines_that_may_be_no_pages_are_rows_and_told(put, content, why):
    dataset = put({"a.jsonl": content})
    notes = dataset.format.notes(dataset.files)
    assert len(notes) == bool(why)
    assert all(why in note for note in notes)


@pytest.mark.parametrize("content", ['[["id", "n"], [1, "a"]]', "[\n 1,\n 2]"])
def test_an_array_without_objects_is_called_so(connection, put, content):
    with pytest.raises(LandingError, match=r"a\.json: its JSON array holds values or lists, no objects"):
        rows(connection, put({"a.json": content}))
