import csv
import io
import json
import os
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.engines.answer import ParsedQuery
from meshlake.engines.duckdb.answer import DuckDBAnswer
from meshlake.engines.duckdb.confined import open_mesh_file
from meshlake.errors import UsageError
from meshlake.query.guard import check_select
from meshlake.query.output import FORMATS, destination, write_answer

VALUES = """SELECT 1.10::DECIMAL(5,2) AS money, 0.5::DECIMAL(1,1) AS fraction, .25::DECIMAL(38,38) AS tiny,
12345678901234567890.123456789::DECIMAL(38,9) AS large, DATE '2024-01-02' AS day,
TIMESTAMP '2024-01-02 03:04:05.5' AS at, 'nan'::DOUBLE AS nan, '-inf'::FLOAT AS infinite, NULL AS nothing,
'' AS empty, 'NULL' AS word, 'é"x,' || chr(10) || 'y' AS text, [1, NULL] AS list, {'a': DATE '2024-01-02'} AS
struct,
true AS flag -- a comment at the end"""


def written(query: str, format_name: str) -> bytes:
    stream = io.BytesIO()
    with destination(stream) as path, duckdb.connect() as connection:
        write_answer(DuckDBAnswer(connection, check_select(query)), format_name, path)
    return stream.getvalue()


def test_csv_is_exact_and_tells_null_from_empty():
    text = written(VALUES, "csv").decode()
    assert next(csv.DictReader(io.StringIO(text))) == {
        "money": "1.10",
        "fraction": ".5",
        "tiny": "." + "25".ljust(38, "0"),
        "large": "12345678901234567890.123456789",
        "day": "2024-01-02",
        "at": "2024-01-02 03:04:05.5",
        "nan": "nan",
        "infinite": "-inf",
        "nothing": "",
        "empty": "",
        "word": "NULL",
        "text": 'é"x,\ny',
        "list": "[1, NULL]",
        "struct": "{'a': 2024-01-02}",
        "flag": "true",
    }
    assert ',-inf,,"",NULL,' in text


@pytest.mark.parametrize("format_name", ["json", "jsonl"])
def test_json_is_valid_and_exact(format_name):
    content = json.loads(written(VALUES, format_name), parse_float=Decimal, parse_constant=pytest.fail)
    assert (content[0] if format_name == "json" else content) == {
        "money": Decimal("1.1"),
        "fraction": Decimal("0.5"),
        "tiny": Decimal("0.25"),
        "large": Decimal("12345678901234567890.123456789"),
        "day": "2024-01-02",
        "at": "2024-01-02 03:04:05.5",
        "nan": "NaN",
        "infinite": "-Infinity",
        "nothing": None,
        "empty": "",
        "word": "NULL",
        "text": 'é"x,\ny',
        "list": [1, None],
        "struct": {"a": "2024-01-02"},
        "flag": True,
    }


def test_parquet_keeps_types():
    content = written("SELECT 1.10::DECIMAL(5,2) AS money, DATE '2024-01-02' AS day", "parquet")
    table = pq.read_table(io.BytesIO(content))
    assert table.schema == pa.schema([("money", pa.decimal128(5, 2)), ("day", pa.date32())])
    assert table.num_rows == 1


@pytest.mark.parametrize(
    ("format_name", "empty"), [("csv", b"a\n"), ("json", []), ("jsonl", b""), ("parquet", None)]
)
def test_an_answer_without_rows_is_a_whole_file(format_name, empty):
    content = written("SELECT 1 AS a WHERE false", format_name)
    if format_name == "json":
        assert json.loads(content) == empty
    elif format_name == "parquet":
        assert pq.read_table(io.BytesIO(content)).column_names == ["a"]
    else:
        assert content == empty


@pytest.mark.parametrize(
    "query", ["VALUES (1)", "DESCRIBE SELECT 1", "FROM range(1)", "WITH a AS (SELECT 1) FROM a"]
)
def test_every_kind_of_reading_statement_can_be_written(query):
    assert len(json.loads(written(query, "json"))) == 1


def test_order_and_number_of_rows_are_kept_across_batches():
    content = written("SELECT (hash(range) % 100000)::INTEGER AS a FROM range(300000) ORDER BY a;", "csv")
    numbers = [int(line) for line in content.split()[1:]]
    assert len(numbers) == 300_000
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_confined_connection_may_write_its_output_and_nothing_else(
    mesh_file, confined_to, tmp_path, format_name
):
    target = tmp_path / "an answer's file"
    query = check_select("FROM crm.customers")
    with (
        destination(target) as path,
        open_mesh_file(mesh_file, confined_to, output_path=path) as connection,
    ):
        result = write_answer(DuckDBAnswer(connection, query), format_name, path)
        assert not target.exists()
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"COPY (SELECT 1) TO '{tmp_path}/elsewhere'")
    assert result.row_count == 3
    assert result.seconds > 0
    assert target.stat().st_size > 0
    assert {entry.name for entry in tmp_path.iterdir()} == {"an answer's file", "home", "warehouse"}


def test_a_failed_query_leaves_an_existing_file_as_it_was(tmp_path):
    target = tmp_path / "answer.csv"
    target.write_text("of yesterday")
    query = check_select("SELECT CASE range WHEN 9999 THEN error('stop') END FROM range(10000)")
    with pytest.raises(UsageError, match="stop"), destination(target) as path, duckdb.connect() as connection:
        write_answer(DuckDBAnswer(connection, query), "csv", path)
    assert target.read_text() == "of yesterday"
    assert list(tmp_path.iterdir()) == [target]


def test_a_reader_that_leaves_ends_the_writing():
    read_end, write_end = os.pipe()
    os.close(read_end)
    with (
        pytest.raises(BrokenPipeError),
        os.fdopen(write_end, "wb", buffering=0) as stream,
        destination(stream) as path,
        duckdb.connect() as connection,
    ):
        write_answer(DuckDBAnswer(connection, check_select("FROM range(1000000)")), "csv", path)


def test_an_unknown_format_is_named():
    with duckdb.connect() as connection, pytest.raises(UsageError, match="'xlsx' is not a format") as caught:
        write_answer(DuckDBAnswer(connection, check_select("SELECT 1")), "xlsx", "unused")
    assert "parquet" in caught.value.hint


def test_a_plan_is_not_written_as_rows():
    with duckdb.connect() as connection, pytest.raises(UsageError, match="a plan is text"):
        write_answer(DuckDBAnswer(connection, check_select("EXPLAIN SELECT 1")), "csv", "unused")


def test_an_answer_of_another_engine_comes_as_an_arrow_stream(tmp_path: Path):
    batches = (pa.record_batch({"a": [number]}) for number in range(3))
    stream = pa.RecordBatchReader.from_batches(pa.schema([("a", pa.int64())]), batches)
    with destination(tmp_path / "a.csv") as path, duckdb.connect() as connection:
        connection.register("answer", stream)
        assert (
            write_answer(DuckDBAnswer(connection, ParsedQuery("SELECT * FROM answer")), "csv", path).row_count
            == 3
        )
    assert (tmp_path / "a.csv").read_text() == "a\n0\n1\n2\n"


# No deadline: each example starts an engine, and how fast is the machine's.
@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)))
def test_any_text_comes_back_from_json(texts):
    with duckdb.connect() as connection:
        connection.register("answer", pa.table({"text": pa.array(texts, pa.string())}))
        stream = io.BytesIO()
        with destination(stream) as path:
            write_answer(DuckDBAnswer(connection, ParsedQuery("SELECT text FROM answer")), "json", path)
    assert [row["text"] for row in json.loads(stream.getvalue())] == texts


def test_json_names_what_is_no_number_of_it_in_nested_values_too():
    query = (
        "SELECT ['nan'::DOUBLE, 1.5, NULL] AS list, {'x': 'inf'::FLOAT, 'y': [{'z': .5::DECIMAL(2,2)}]} AS struct, "
        "MAP {'k': '-inf'::DOUBLE} AS map, NULL::STRUCT(x DOUBLE) AS nothing"
    )
    assert json.loads(written(query, "jsonl"), parse_constant=pytest.fail) == {
        "list": ["NaN", 1.5, None],
        "struct": {"x": "Infinity", "y": [{"z": 0.5}]},
        "map": {"k": "-Infinity"},
        "nothing": None,
    }
