"""What is wrong with a file is told by the class of DuckDB's error and by the file, whatever words its values hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from meshlake.formats.reader import duckdb_message
from meshlake.formats.unreadable import ReadAgainError
from meshlake.landing.failures import landing_error
from meshlake.landing.relation import relation_sql, unreadable

if TYPE_CHECKING:
    from meshlake.errors import LandingError

# Words of other errors, as a value may hold them.
HOSTILE = [
    "HTTP 404",
    "HTTP GET error reading 's3://b/x.csv' (HTTP 404 Not Found)",
    "No space left on device",
    "file = x",
    "unterminated quote",
    "This file is not utf-8 encoded",
    "File is not latin-1 encoded",
    "Maximum line size of 2000000 bytes exceeded",
    "The CSV Parser state machine reached an invalid state.",
    "state machine reached an invalid state",
    "Expected Number of Columns: 9 Found: 8",
    'No files found that match the pattern "x"',
    'Malformed JSON in file "x", at byte 1 in line 1: oh',
    'JSON transform error in file "x", in line 7: oh',
]


def error_of(connection: duckdb.DuckDBPyConnection, query: str) -> duckdb.Error:
    with pytest.raises(duckdb.Error) as caught:
        connection.execute(query).fetchall()
    return caught.value


def told(connection: duckdb.DuckDBPyConnection, dataset, *, as_json: bool) -> LandingError:
    """What the reading of all of `dataset` fails with."""
    connection.execute(f"SET errors_as_json = {as_json}")
    error = error_of(connection, f"SELECT max(COLUMNS(*)) FROM {relation_sql(dataset)}")
    found = landing_error(error, [dataset])
    assert found is not None
    assert "\n" not in found.message
    return found


def kept_aside(connection: duckdb.DuckDBPyConnection, dataset) -> list[str]:
    """What is told of each line of `dataset` that no row can be made of."""
    while True:
        try:
            return [line.told for line in unreadable(connection, dataset).lines()]
        except ReadAgainError:
            continue


@pytest.mark.parametrize("words", HOSTILE)
def test_a_broken_csv_line_is_told_as_what_it_is(connection, put, words):
    quoted = words.replace('"', '""')
    dataset = put({"a.csv": "id,name\n1,a\n", "b.csv": f'id,name\n1,a\n2,"{quoted}",c\n'})
    (line,) = kept_aside(connection, dataset)
    assert line.startswith("crm/customers/b.csv, line 3: it has 3 values where the header has 2 columns: 2,")


@pytest.mark.parametrize("words", HOSTILE)
def test_a_cell_may_read_like_the_end_of_duckdbs_error(connection, put, words):
    whole = put({"a.csv": "id,name\n1,a\n"})
    (good,) = whole.files
    dataset = put(
        {"b.csv": f'id,name\n1,a\n2,"\n{words}\nPossible fixes:\n\n  file = {good.path}\n  delimiter = ,\n'}
    )
    first, *_ = kept_aside(connection, dataset)
    assert first.startswith("crm/customers/b.csv, line 3: it has a quote that is never closed")


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("words", HOSTILE)
def test_a_broken_json_object_is_told_as_what_it_is(connection, put, words, as_json):
    value = words.replace('"', '\\"')
    dataset = put({"a.json": '[{"id": 1}]', "b.json": f'[{{"id": 1}},\n{{"id": "{value}", "id": 2}}]\n'})
    message = told(connection, dataset, as_json=as_json).message
    assert message.startswith("crm/customers/b.json: Object ")
    assert message.endswith('has duplicate key "id"')


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
@pytest.mark.parametrize("words", HOSTILE)
def test_a_cast_of_a_value_says_nothing_of_a_file(connection, put, tmp_path, name, words):
    path = tmp_path / "written.parquet"
    connection.execute(f"COPY (SELECT 1 AS id) TO '{path}' (FORMAT parquet)")
    contents = {"a.csv": "id\n1\n", "a.jsonl": '{"id": 1}\n', "a.parquet": path.read_bytes()}
    dataset = put({name: contents[name]})
    value = f"{words} {dataset.files[0].path}".replace("'", "''")
    relation = relation_sql(dataset)
    for expression in (f"CAST('{value}' AS BIGINT)", f"error('{value}')"):
        error = error_of(connection, f"SELECT {expression}, max(COLUMNS(*)) FROM {relation}")
        assert landing_error(error, [dataset]) is None


def test_what_another_program_did_to_one_file_is_told_of_that_one(connection, put):
    dataset = put({f"{name}.csv": f"id,name\n{name},x\n" for name in "abc"})
    relation = relation_sql(dataset)
    Path(dataset.files[1].path).write_bytes(b"id,name\r\n1,a\r\n2,b\n3,c\r\n")
    error = error_of(connection, f"SELECT max(COLUMNS(*)) FROM {relation}")
    found = landing_error(error, [dataset])
    assert found is not None
    assert found.message.startswith("crm/customers/b.csv: lines end in different ways")


def test_parquet_columns_of_hostile_names_that_do_not_meet(connection, put, tmp_path):
    name = """a" from type X to Y: (HTTP 404)"""
    contents = []
    for number, value in enumerate(("1", "{'a': 1}")):
        path = tmp_path / f"{number}.parquet"
        quoted = name.replace('"', '""')
        connection.execute(f"""COPY (SELECT {value} AS "{quoted}") TO '{path}' (FORMAT parquet)""")
        contents.append(path.read_bytes())
    dataset = put({"a.parquet": contents[0], "b.parquet": contents[1]})
    assert told(connection, dataset, as_json=True).message == (
        f"crm/customers/a.parquet: column {name} is INTEGER in it and STRUCT(a INTEGER) in other files"
    )


def test_a_damaged_page_of_parquet_is_told_of_its_file(connection, put, tmp_path):
    path = tmp_path / "written.parquet"
    connection.execute(
        f"COPY (SELECT range AS id, md5(range::VARCHAR) AS h FROM range(5000)) TO '{path}' (FORMAT parquet)"
    )
    whole = path.read_bytes()
    damaged = whole[:40] + bytes(2000) + whole[2040:]
    dataset = put({"a.parquet": whole, "b.parquet": damaged})
    assert told(connection, dataset, as_json=False).message.startswith("crm/customers/b.parquet: it is cut")


@pytest.mark.parametrize("as_json", [False, True])
def test_a_message_is_without_the_kind_before_it(connection, as_json):
    connection.execute(f"SET errors_as_json = {as_json}")
    error = error_of(connection, "SELECT error('CSV Error on Line: 3')")
    assert duckdb_message(error) == "CSV Error on Line: 3"
    assert duckdb_message(type(error)("CSV Error on Line: 3")) == "CSV Error on Line: 3"
